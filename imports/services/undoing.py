"""Taking an import back, and what of it would be left alone."""

from typing import Any

from django.db import transaction

from apps.jobs.models import JobRun
from apps.records.rules import RuleBroken
from imports import tasks
from imports.models import ImportJob
from imports.services.running import Status, done_already, finish_here, lock_import, refuse_stranger, run_of
from imports.undo import preview_undo

CAN_BE_UNDONE = (Status.APPLIED, Status.PARTLY_APPLIED, Status.PARTLY_UNDONE)


@transaction.atomic
def start_undo(job: ImportJob, *, by: Any) -> JobRun:
    """Takes the import back in the background. Asked twice, it answers with the same run."""
    job = lock_import(job)
    refuse_stranger(job, by, "undo")
    if (run := done_already(job, Status.UNDOING, Status.UNDONE)) is not None:
        return run
    _refuse_undo(job)
    return run_of(tasks.undo_import, job, Status.UNDOING, by=by, in_background=True, what="Undo")


def undo_now(job: ImportJob, *, by: Any) -> ImportJob:
    """Takes the import back in this process."""
    with transaction.atomic():
        locked = lock_import(job)
        refuse_stranger(locked, by, "undo")
        if locked.status == Status.UNDONE and locked.run is not None:
            return finish_here(locked.run, job)
        if locked.status != Status.UNDOING:
            _refuse_undo(locked)
    run = run_of(tasks.undo_import, locked, Status.UNDOING, by=by, in_background=False, what="Undo")
    return finish_here(run, job)


def _refuse_undo(job: ImportJob) -> None:
    if job.status not in CAN_BE_UNDONE:
        raise RuleBroken("There is nothing to take back: this import was not applied.")


def undo_preview(job: ImportJob, *, by: Any) -> dict[str, Any]:
    """`counts` (undo, left) and `left`: rows that will be left alone, each `{"line", "key", "label", "why"}`."""
    return preview_undo(job, by)
