"""Applying a plan: what must hold before, and one effect however often it is asked for."""

from typing import Any

from django.conf import settings
from django.db import transaction

from apps.jobs.models import JobRun
from apps.records.rules import RuleBroken
from imports import tasks
from imports.approvals import refuse_without_approval
from imports.models import ImportJob, ImportRow
from imports.parts import parts_of
from imports.services.running import Status, done_already, finish_here, lock_import, refuse_stranger, run_of

FEW_ROWS = 10


@transaction.atomic
def start_apply(
    job: ImportJob, *, by: Any, good_rows_only: bool = False, confirmed: bool = False, notify: bool = False
) -> JobRun:
    """Applies in the background. Asked twice, it answers with the same run."""
    job = lock_import(job)
    refuse_stranger(job, by, "apply")
    if (run := done_already(job, Status.APPLYING, Status.APPLIED, Status.PARTLY_APPLIED)) is not None:
        return run
    _prepare_apply(job, good_rows_only=good_rows_only, confirmed=confirmed, notify=notify)
    return run_of(tasks.apply_import, job, Status.APPLYING, by=by, in_background=True, what="Apply")


def apply_now(
    job: ImportJob, *, by: Any, good_rows_only: bool = False, confirmed: bool = False, notify: bool = False
) -> ImportJob:
    """Applies in this process."""
    with transaction.atomic():
        locked = lock_import(job)
        refuse_stranger(locked, by, "apply")
        if (run := done_already(locked, Status.APPLIED, Status.PARTLY_APPLIED)) is not None:
            return finish_here(run, job)
        if locked.status != Status.APPLYING:
            _prepare_apply(locked, good_rows_only=good_rows_only, confirmed=confirmed, notify=notify)
            locked.status = Status.APPLYING
            locked.save(update_fields=["status"])
    run = run_of(tasks.apply_import, locked, Status.APPLYING, by=by, in_background=False, what="Apply")
    finish_here(run, job)
    if job.status == Status.APPLYING and not run.is_open:
        finish_here(tasks.take_back_import.now(by=None, only_one=tasks.key_of(job), job_id=job.pk), job)
    return job


def _prepare_apply(job: ImportJob, *, good_rows_only: bool, confirmed: bool, notify: bool) -> None:
    if job.status != Status.PLANNED:
        raise RuleBroken("There is no plan to apply. Make the plan first.")
    if job.fingerprint != tasks.fingerprint_of(job):
        raise RuleBroken("The plan does not belong to these choices any more. Make the plan again.")
    faulty = job.counts.get("invalid", 0) + job.counts.get("conflict", 0)
    if faulty and not good_rows_only:
        rows = "1 row cannot" if faulty == 1 else f"{faulty:,} rows cannot"
        raise RuleBroken(f"{rows} be imported. Correct the file, or apply the good rows only.")
    refuse_without_approval(job)
    if not confirmed and (sentence := needs_confirmation(job)):
        raise RuleBroken(f"{sentence} Confirm it to go on.")
    job.good_rows_only, job.notify = good_rows_only, notify
    job.save(update_fields=["good_rows_only", "notify"])


def needs_confirmation(job: ImportJob) -> str:
    """The sentence a person has to confirm before a large change, or an empty one."""
    if archived := job.counts.get("archived", 0):
        return f"This import archives {archived:,} record{'s' * (archived != 1)}."
    percent = settings.IMPORT_LARGE_CHANGE_PERCENT
    for part in parts_of(job):
        changed = part.counts.get(str(ImportRow.Outcome.UPDATE), 0)
        if changed <= FEW_ROWS:
            continue
        total = part.kind.model._base_manager.count()
        if changed * 100 > total * percent:
            names = part.kind.model._meta.verbose_name_plural
            return f"This import changes {changed:,} of {total:,} {names}, which is more than {percent} %."
    return ""
