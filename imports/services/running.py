"""What every door of an import does alike: lock it, refuse strangers, start the run and answer with it."""

from typing import Any

from apps.jobs.models import JobRun
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken
from imports import tasks
from imports.models import ImportJob

Status = ImportJob.Status
CAN_BE_PLANNED = (Status.UPLOADED, Status.PLANNED, Status.FAILED, Status.CANCELLED, Status.REFUSED)


def lock_import(job: ImportJob) -> ImportJob:
    return ImportJob.objects.select_for_update().get(pk=job.pk)


def refuse_stranger(job: ImportJob, by: Any, verb: str) -> None:
    """An import belongs to who uploaded it; administrators may take it over, which its history shows."""
    if not policy_for(ImportJob).may(by, verb, job):
        raise RuleBroken("This import belongs to somebody else.")


def run_of(job_function: Any, job: ImportJob, status: str, *, by: Any, in_background: bool, what: str) -> JobRun:
    """Moves the import on and starts the run, which is found by the same key however often it is asked for."""
    facts = {
        "by": by,
        "subject": job.origin,
        "title": f"{what} {job.original_name}",
        "only_one": tasks.key_of(job),
        "job_id": job.pk,
    }
    job.status = status
    job.save(update_fields=["status"])
    run: JobRun = job_function.later(**facts) if in_background else job_function.now(**facts)
    ImportJob.objects.filter(pk=job.pk).update(run=run)
    return run


def finish_here(run: JobRun, job: ImportJob) -> ImportJob:
    fresh = ImportJob.objects.get(pk=job.pk)
    for field in ImportJob._meta.concrete_fields:
        setattr(job, field.attname, getattr(fresh, field.attname))
    job.run = run
    return job


def done_already(job: ImportJob, *statuses: str) -> JobRun | None:
    return job.run if job.status in statuses else None
