"""The runs of a schedule: each due time is taken once, and what fails is tried again a few times."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.reports.models import ReportSchedule
from apps.reports.rhythm import latest_due, next_due
from apps.reports.services.scheduling import switch_off_for_failures

MOST_FAILURES = 5
FIRST_PAUSE = timedelta(minutes=10)
"""Until it is tried again; three times as long after each further failure."""


def claim(schedule: ReportSchedule) -> datetime | None:
    """The due time that is to be delivered, for one worker only: the others get None.

    After a standstill that is the latest one; what lies before it is not made up for.
    """
    now = timezone.now()
    rows = ReportSchedule.objects.filter(pk=schedule.pk, is_active=True, next_run_at=schedule.next_run_at)
    taken = rows.update(next_run_at=next_due(schedule.rhythm, now))
    return latest_due(schedule.rhythm, now) if taken else None


def note_success(schedule: ReportSchedule, outcome: str) -> None:
    rows = ReportSchedule.objects.filter(pk=schedule.pk)
    rows.update(failures=0, last_run_at=timezone.now(), last_outcome=outcome)


@transaction.atomic
def note_failure(number: int, why: str, *, counts: bool = True) -> None:
    """Counts it and has it tried again soon, or switches it off. What somebody started by hand does not count."""
    schedule = ReportSchedule.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if schedule is None:
        return
    now = timezone.now()
    facts: dict[str, object] = {"last_run_at": now, "last_outcome": why}
    if counts and schedule.is_active:
        facts["failures"] = schedule.failures + 1
        again = now + FIRST_PAUSE * 3**schedule.failures
        facts["next_run_at"] = min(again, schedule.next_run_at or again)
    ReportSchedule.objects.filter(pk=number).update(**facts)
    schedule.refresh_from_db()
    if schedule.is_active and schedule.failures >= MOST_FAILURES:
        switch_off_for_failures(schedule, why)
