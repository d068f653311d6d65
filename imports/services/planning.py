"""Making a plan, in the background or in this process."""

from typing import Any

from django.conf import settings
from django.db import transaction

from apps.jobs.models import JobRun
from apps.records.rules import RuleBroken
from imports import tasks
from imports.models import ImportJob
from imports.question_bank import QUESTION_BANK, target_of
from imports.services.running import CAN_BE_PLANNED, Status, finish_here, lock_import, refuse_stranger, run_of
from imports.types.composites import importable


@transaction.atomic
def start_plan(job: ImportJob, *, by: Any) -> JobRun:
    """Plans in the background. Asked twice, it answers with the same run."""
    return _begin(job, by, in_background=True)


def plan_now(job: ImportJob, *, by: Any) -> ImportJob:
    """Plans in this process."""
    return finish_here(_begin(job, by, in_background=False), job)


def _begin(job: ImportJob, by: Any, *, in_background: bool) -> JobRun:
    job = lock_import(job) if in_background else job
    refuse_stranger(job, by, "change")
    if job.status == Status.PLANNING and job.run is not None:
        return job.run
    refuse_plan(job, by)
    return run_of(tasks.plan_import, job, Status.PLANNING, by=by, in_background=in_background, what="Plan")


def refuse_plan(job: ImportJob, by: Any) -> None:
    """Raises `RuleBroken` where this person may not make a plan of it now."""
    refuse_stranger(job, by, "change")
    if job.status not in CAN_BE_PLANNED or not job.file or not job.kind:
        raise RuleBroken("This import cannot be planned. Upload the file again.")
    if not importable(job.kind).may_import(by):
        raise RuleBroken(f"You may not import {importable(job.kind).heading.lower()}.")
    if job.kind == QUESTION_BANK and not target_of(job):
        raise RuleBroken("Choose the lesson whose assessment takes the questions.")
    planning = ImportJob.objects.filter(uploader=by, status=Status.PLANNING).exclude(pk=job.pk).count()
    if planning >= settings.IMPORT_MAX_PLANS_PER_PERSON:
        raise RuleBroken(f"{planning} of your plans are being made already. Wait until one is done.")
