"""Enrollments in two courses over two months, payments in two currencies, and reports that are sent."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings

from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.reports.definition import Definition
from apps.reports.models import Report, ReportSchedule
from apps.reports.services import save_schedule
from apps.reports.tasks import deliver_report, run_due_schedules
from tests.recipes import accounts, enrollments, reports, subscriptions

ENROLLMENTS = Definition("enrollments", columns=("user_email", "course_code", "progress_percent"), order="user_email")

SUNDAY, MONDAY_AT_8 = datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)
Scheduling = Callable[..., ReportSchedule]


@pytest.fixture(autouse=True)
def _files_of_this_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def learner(name: str) -> Any:
    return accounts.person.make(email=f"{name}@example.org", first_name=name.capitalize(), last_name="Marlow")


@pytest.fixture
def enrolled(course: Course, other_course: Course) -> list[Enrollment]:
    """Ann and Bea in the instructor's course, Cid in the other one."""
    april, may = datetime(2026, 4, 30, 22, 30, tzinfo=UTC), datetime(2026, 5, 2, 8, tzinfo=UTC)
    return [
        enrollments.enrollment.make(course=course, user=learner("ann"), enrolled_at=april, progress_percent=20),
        enrollments.enrollment.make(course=course, user=learner("bea"), enrolled_at=may, progress_percent=70),
        enrollments.enrollment.make(course=other_course, user=learner("cid"), enrolled_at=may, progress_percent=30),
    ]


@pytest.fixture
def paid(db: None) -> None:
    for amount, currency in ((1_000, "USD"), (250, "USD"), (700, "EUR")):
        subscriptions.payment.make(amount_minor=amount, currency=currency)


@pytest.fixture
def report(manager: Any) -> Report:
    """The manager's own, of enrollments."""
    made = reports.report.make(owner=manager, name="Who learns")
    made.take(ENROLLMENTS)
    made.save()
    return made


@pytest.fixture
def scheduled(report: Report) -> Scheduling:
    """The report to these people as CSV, every Monday at eight, as it was saved on the Sunday before."""

    def schedule(*recipients: Any, owner: Any = None, name: str = "", **facts: Any) -> ReportSchedule:
        which = (
            reports.report.make(owner=report.owner, name=name, source="enrollments", columns=["course_title"])
            if name
            else report
        )
        made = ReportSchedule(**{"report": which, "format": "csv", "time_zone": "UTC"} | facts)
        with time_machine.travel(SUNDAY, tick=False):
            return save_schedule(made, recipients=recipients, by=owner or report.owner)

    return schedule


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(SUNDAY, tick=False) as traveller:
        yield traveller


def come_due(clock: Any, when: datetime = MONDAY_AT_8) -> str:
    """What the job said that looks for what is due; the runs it began are over."""
    clock.move_to(when)
    outcome = run_due_schedules.now(by=None).outcome
    for record in JobRun.objects.filter(job="reports.deliver", state="queued"):
        deliver_report.execute(record.pk)
    return outcome
