"""What people do to runs and schedules: cancel, do again, run now, change when something is due."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask

from apps.audit.recording import change_set, operation
from apps.jobs import outbox
from apps.jobs.models import JobLogLine, JobRun
from apps.jobs.registry import JOBS, find_job
from apps.jobs.schedules import set_rhythm
from apps.records.rules import RuleBroken

State = JobRun.State


@transaction.atomic
def request_cancel(run: JobRun, *, by: Any) -> JobRun:
    """A run nobody has begun is cancelled at once; a begun one at its next report, taking back what it must."""
    rows = JobRun.objects.filter(pk=run.pk)
    if rows.filter(state=State.QUEUED, attempts=0).update(
        state=State.CANCELLED,
        cancel_requested_at=Now(),
        finished_at=Now(),
        outcome=f"Cancelled by {by} before it began.",
    ):
        run.refresh_from_db()
        tell_given_up(run)
    elif rows.filter(state__in=JobRun.OPEN_STATES).update(cancel_requested_at=Now()):
        JobLogLine.objects.create(run=run, text=f"{by} asked to cancel it.", level=JobLogLine.Level.WARNING)
        run.refresh_from_db()
    else:
        raise RuleBroken(f"“{run}” has already ended, so there is nothing to cancel.")
    return run


def retry_run(run: JobRun, *, by: Any) -> JobRun:
    """The same row is queued again, with all its attempts before it; the job finds out what is left to do."""
    try:
        with transaction.atomic():
            again = JobRun.objects.filter(pk=run.pk, state__in=(State.FAILED, State.CANCELLED)).update(
                state=State.QUEUED,
                attempts=0,
                cancel_requested_at=None,
                finished_at=None,
                sent_at=None,
                lease_until=None,
                outcome="",
            )
            if not again:
                raise RuleBroken(f"“{run}” did not fail, so there is nothing to do again.")
            JobLogLine.objects.create(run=run, text=f"{by} asked to do it again.")
            outbox.send_on_commit(run)
    except IntegrityError as taken:
        raise RuleBroken("Another run of the same work is already on its way.") from taken
    run.refresh_from_db()
    return run


def run_by_hand(key: str, *, by: Any) -> JobRun:
    """One run beside the schedule, of a job that allows it; the open run when there is one."""
    the_job = find_job(key)
    if not the_job.by_hand:
        raise RuleBroken(f"“{the_job.title}” is not started by hand; it runs when it is due.")
    return the_job.later(by=by)


def change_schedule(
    row: PeriodicTask, *, by: Any, due: crontab | timedelta | None, is_enabled: bool, reason: str = ""
) -> PeriodicTask:
    """Sets when a job runs by itself; what was missed while it was switched off is not made up for."""
    with change_set(by=by, reason=reason, title=f"Change when “{row.description or row.name}” runs"):
        set_rhythm(row, due)
        row.enabled = is_enabled
        if not (row.crontab or row.interval):
            raise RuleBroken("Say when it runs; to stop it, switch it off.")
        row.save()
    return row


def tell_given_up(run: JobRun) -> None:
    """Lets the job put its subject in order after a run that ended without it."""
    the_job = JOBS.get(run.job)
    if the_job and the_job.given_up:
        with operation(by=run.requester, channel="job"):
            the_job.given_up(run)
