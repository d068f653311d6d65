"""The messages the broker carries, and the job that keeps the jobs in order."""

import logging
from datetime import timedelta
from pathlib import Path

from celery import current_app, shared_task
from celery.schedules import crontab
from django.utils import timezone

from apps.jobs import sweeping
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS, job
from apps.jobs.running import Run
from apps.jobs.schedules import begin_slot

__all__ = ["execute_run", "run_scheduled", "sweeping", "tidy_up"]

logger = logging.getLogger(__name__)
KEEP_RUNS = timedelta(days=90)
KEEP_SCHEDULED_RUNS = timedelta(days=14)
KEEP_MESSAGES = timedelta(hours=1)
ROWS_AT_ONCE = 500


@shared_task(name="apps.jobs.tasks.execute_run")
def execute_run(run_id: int) -> None:
    """A wake-up: the row says whether there is anything to do."""
    key = JobRun.objects.filter(pk=run_id).values_list("job", flat=True).first()
    if key is None or key not in JOBS:
        logger.error("Job run %s is of no job this version knows: %s.", run_id, key)
        return
    JOBS[key].execute(run_id)


@shared_task(name="apps.jobs.tasks.run_scheduled")
def run_scheduled(key: str) -> None:
    """What a schedule row names: makes the run of the slot that is due."""
    begin_slot(key)


@job(title="Tidy up old job runs", every=crontab(minute="17", hour="3"), by_hand=True)
def tidy_up(run: Run) -> str:
    """Deletes runs that ended long ago, and the files of messages an embedded broker has delivered."""
    now = timezone.now()
    ended = JobRun.objects.exclude(state__in=JobRun.OPEN_STATES)
    old = ended.filter(finished_at__lt=now - KEEP_RUNS) | ended.filter(
        finished_at__lt=now - KEEP_SCHEDULED_RUNS, requester=None
    )
    deleted = 0
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        JobRun.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
        run.report(deleted, stage="Deleting old runs")
    files = delete_delivered_messages()
    run.count(runs=deleted, messages=files)
    return f"{deleted:,} old runs and {files:,} delivered messages were deleted."


def delete_delivered_messages() -> int:
    """The filesystem broker keeps each delivered message as a file."""
    folder = current_app.conf.broker_transport_options.get("processed_folder")
    if not folder:
        return 0
    before = (timezone.now() - KEEP_MESSAGES).timestamp()
    old = [file for file in Path(folder).iterdir() if file.is_file() and file.stat().st_mtime < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
