"""The figures of the platform: sums of what was counted for courses, learners and instructors, and money."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, Q, Sum

from apps.catalog.models import Course
from apps.catalog.states import CourseStatus
from apps.reviews.models import Review
from apps.reviews.states import WAITING
from apps.statistics.figures.defining import Figure, Kind, Source
from apps.statistics.models import CourseStats, InstructorStats, LearnerStats, PlatformStats
from apps.subscriptions.models import Movement, Payment, Subscription
from apps.subscriptions.states import RUNNING


def summed(name: str, title: str, words: str, unit: str = "number", *, of: str = "", is_shown: bool = True) -> Figure:
    """A figure of all courses, added up."""
    return Figure(name, title, words, unit, Sum(of or name), is_shown)  # type: ignore[arg-type]


def by_currency(rows: Any, path: str) -> dict[str, int]:
    """The sum at this path in each currency that occurs."""
    return dict(rows.order_by("currency").values_list("currency").annotate(sum=Sum(path)))


MONEY: dict[str, Callable[[], dict[str, int]]] = {
    "monthly_minor": lambda: by_currency(Movement.objects, "delta_minor"),
    "received_minor": lambda: by_currency(Payment.objects, "amount_minor"),
}
"""What is kept by currency, each by one query."""

PLATFORM = Kind(
    key="platform",
    model=PlatformStats,
    subject="pk",
    subjects=PlatformStats.objects.none,
    sources=(
        Source(
            rows=Course.objects.all,
            key="",
            figures=(
                Figure("courses", "Courses", "All courses that are not archived.", value=Count("pk")),
                Figure(
                    "published_courses",
                    "Published",
                    "Courses in the catalog.",
                    value=Count("pk", filter=Q(status=CourseStatus.PUBLISHED)),
                ),
            ),
        ),
        Source(
            rows=lambda: get_user_model()._base_manager.filter(archived_at=None),
            key="",
            figures=(
                Figure("people", "People", "Everybody with an account, archived accounts aside.", value=Count("pk")),
            ),
        ),
        Source(
            rows=lambda: LearnerStats.objects.filter(courses__gt=0),
            key="",
            figures=(
                Figure(
                    "learners", "Learners", "People who take at least one course; each counts once.", value=Count("pk")
                ),
            ),
        ),
        Source(
            rows=lambda: InstructorStats.objects.filter(courses__gt=0),
            key="",
            figures=(Figure("instructors", "Instructors", "People who teach at least one course.", value=Count("pk")),),
        ),
        Source(
            rows=CourseStats.objects.all,
            key="",
            figures=(
                summed(
                    "enrollments",
                    "Enrollments",
                    "Learners of all courses, archived courses included; whoever takes two counts twice.",
                    of="learners",
                ),
                summed(
                    "active_enrollments",
                    "Active",
                    "Enrollments of learners who are in the middle of the course.",
                    of="active_learners",
                ),
                summed("waiting", "Waiting", "Places on waiting lists."),
                summed("started", "Started", "Enrollments with some progress, or completed."),
                summed("halfway", "Half way", "Enrollments with half of the course or more done, or completed."),
                summed("completed", "Completed", "Enrollments that were completed."),
                summed("lessons_completed", "Lessons completed", "Lessons completed by learners, in all courses."),
                summed("seconds_spent", "Time spent", "The time learners spent in lessons.", "seconds"),
                summed("reviews", "Reviews", "Approved reviews."),
                summed("rating_sum", "Stars", "The stars of approved reviews, added up.", is_shown=False),
                summed(
                    "certificates",
                    "Certificates",
                    "Certificates issued that were neither revoked nor replaced; also those whose time has run out.",
                ),
                summed("certificates_revoked", "Certificates revoked", "Certificates that were taken back."),
            ),
        ),
        Source(
            rows=lambda: Review.objects.filter(state__in=sorted(WAITING)),
            key="",
            figures=(
                Figure(
                    "waiting_reviews",
                    "Reviews waiting",
                    "Reviews that wait for a decision, flagged ones included.",
                    value=Count("pk"),
                ),
            ),
        ),
        Source(
            rows=lambda: Subscription.objects.filter(status__in=sorted(RUNNING), monthly_minor__gt=0),
            key="",
            figures=(
                Figure(
                    "subscribers",
                    "Subscribers",
                    "People whose subscription runs and costs something, also past due within the grace, and "
                    "cancelled for the end of a period.",
                    value=Count(F("user"), distinct=True),
                ),
            ),
        ),
    ),
    follows=(
        Figure("completion_percent", "Completion", "Of all enrollments, those that were completed.", "percent"),
        Figure("average_rating", "Rating", "The average of the stars of approved reviews, of 5.", "stars"),
        Figure(
            "monthly_minor",
            "Monthly revenue",
            "What all running subscriptions cost in a month, at the price of their period; a year counts a twelfth.",
            "money",
        ),
        Figure(
            "received_minor",
            "Received so far",
            "All payments, less refunds and counter-entries; failed attempts moved nothing.",
            "money",
        ),
    ),
    trails=(),
    series="platform",
)
