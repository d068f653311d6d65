"""Reports of the demo platform: two that the manager saved, one of them shared, and who is sent which by itself."""

from datetime import time
from typing import Any

from django.utils import timezone

from apps.access.models import Role
from apps.access.roles import MANAGER
from apps.reports.definition import Definition
from apps.reports.models import Report, ReportSchedule
from apps.reports.rhythm import Cadence, Weekday, next_due
from backoffice.seed.people import People


def make_reports(people: People) -> None:
    save(
        people.manager,
        "Learners to call",
        "Who began in the last 30 days, to be asked how it goes.",
        Definition(
            "enrollments",
            columns=(
                "user_first_name",
                "user_last_name",
                "user_email",
                "course_title",
                "enrolled_at",
                "progress_percent",
            ),
            listing="status__exact=active",
            figures=("rows", "average:progress_percent"),
            period_column="enrolled_at",
            period="last-30-days",
            order="-enrolled_at",
        ),
    )
    shared = save(
        people.manager,
        "Monday: money by currency",
        "What came in, month by month, for the meeting on Monday.",
        Definition(
            "payments",
            groups=("paid_at:month", "kind"),
            figures=("sum:amount_minor", "rows"),
            period_column="paid_at",
            period="last-12-months",
            order="-paid_at:month",
        ),
    )
    shared.shared_with.add(Role.objects.get(name=MANAGER))
    send(people.manager, [people.manager, people.administrator], report=shared, weekday=Weekday.MONDAY)
    last_of_month = {"cadence": Cadence.MONTHLY, "day_of_month": 31, "format": "pdf", "delivery": "attached"}
    send(people.administrator, [people.administrator], ready_key="certificates", **last_of_month)


def save(owner: Any, name: str, description: str, definition: Definition) -> Report:
    report = Report(owner=owner, name=name, description=description)
    report.take(definition)
    report.save()
    return report


def send(owner: Any, recipients: list[Any], **facts: Any) -> None:
    schedule = ReportSchedule(owner=owner, time_of_day=time(8), time_zone="Europe/Berlin", **facts)
    schedule.next_run_at = next_due(schedule.rhythm, timezone.now())
    schedule.save()
    schedule.recipients.set(recipients)
