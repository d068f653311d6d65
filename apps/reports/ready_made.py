"""Reports every installation has: definitions like those people save, and a sentence on what each is for."""

from dataclasses import dataclass
from typing import Any

from apps.reports.definition import Definition
from apps.reports.sources.base import SOURCES


@dataclass(frozen=True)
class Ready:
    key: str
    title: str
    text: str
    definition: Definition

    def is_open_to(self, user: Any) -> bool:
        """Whether the list and everything the report is made of are open to the person."""
        source = SOURCES.get(self.definition.source)
        if source is None or not source.is_open_to(user):
            return False
        names = [name.partition(":")[0] for name in (*self.definition.groups, self.definition.period_column) if name]
        figures = [name.partition(":")[2] for name in self.definition.figures if ":" in name]
        return source.columns_for(user).keys() >= {*names, *figures}


READY: dict[str, Ready] = {}


def register_ready_made(*reports: Ready) -> None:
    for one in reports:
        READY.setdefault(one.key, one)


def open_ready_made(user: Any) -> list[Ready]:
    return [one for one in READY.values() if one.is_open_to(user)]


register_ready_made(
    Ready(
        "enrollments-by-month",
        "Enrollments by month and course",
        "How many people began which course, month by month.",
        Definition(
            "enrollments",
            groups=("enrolled_at:month", "course_title"),
            figures=("rows",),
            period_column="enrolled_at",
            period="last-12-months",
            order="-enrolled_at:month",
        ),
    ),
    Ready(
        "completions",
        "Completions by month and course",
        "How many people completed which course, month by month.",
        Definition(
            "enrollments",
            listing="status__exact=completed",
            groups=("completed_at:month", "course_title"),
            figures=("rows",),
            period_column="completed_at",
            period="last-12-months",
            order="-completed_at:month",
        ),
    ),
    Ready(
        "revenue",
        "Revenue by month and plan",
        "What was paid, with refunds and counter-entries taken off, by currency.",
        Definition(
            "payments",
            groups=("paid_at:month", "subscription_plan_name"),
            figures=("sum:amount_minor", "rows"),
            period_column="paid_at",
            period="last-12-months",
            order="-paid_at:month",
        ),
    ),
    Ready(
        "certificates",
        "Certificates issued and revoked",
        "How many were issued each month, and how many of those count no more.",
        Definition(
            "certificates",
            groups=("issued_at:month", "state"),
            figures=("rows",),
            period_column="issued_at",
            period="last-12-months",
            order="-issued_at:month",
        ),
    ),
    Ready(
        "moderation",
        "Moderation by person",
        "Who decided how many reviews in the last 30 days, and how.",
        Definition(
            "reviews",
            groups=("moderator_last_name", "moderator_first_name", "state"),
            figures=("rows",),
            period_column="decided_at",
            period="last-30-days",
            order="-rows",
        ),
    ),
    Ready(
        "inactive-learners",
        "Inactive learners",
        "Who has a course open and has not opened it for 30 days, or never.",
        Definition(
            "enrollments",
            columns=(
                "user_last_name",
                "user_first_name",
                "user_email",
                "course_title",
                "progress_percent",
                "enrolled_at",
                "last_accessed_at",
            ),
            listing="status__exact=active",
            figures=("rows", "average:progress_percent"),
            period_column="last_accessed_at",
            period="longer-ago",
            order="-last_accessed_at",
        ),
    ),
    Ready(
        "payouts",
        "Instructor payouts by revenue share",
        "What each instructor gets for each month, by what subscribers learned in their courses.",
        Definition(
            "payouts",
            groups=("month:month", "instructor_last_name", "instructor_first_name"),
            figures=("sum:amount_minor", "sum:lessons", "rows"),
            period_column="month",
            period="last-12-months",
            order="-month:month",
        ),
    ),
    Ready(
        "revenue-shares",
        "Revenue shares of instructors",
        "Which share of its revenue each course gives to whom, with how many learners it has.",
        Definition(
            "course-instructors",
            columns=(
                "course_code",
                "course_title",
                "user_last_name",
                "user_first_name",
                "role",
                "revenue_share_percent",
                "course_enrolled_count",
            ),
            figures=("rows",),
            order="course_title",
        ),
    ),
)
