"""What is done to imports in the background: planning, applying, undoing, and putting things in order."""

import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.about import hand_over
from apps.accounts.models import User
from apps.audit.recording import count
from apps.catalog.models import Course
from apps.certificates.tasks import issue_chosen
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.records.listed import listed_rows
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports.approvals import is_awaited
from imports.closing import (
    chunks_of,
    close_import_change_set,
    close_undo_set,
    end_applied,
    how_applied,
    touched_ids,
)
from imports.codes import FileRefused
from imports.corrections import corrected_rows, digest_of_corrections, drop_corrections
from imports.exporter import export_dataset
from imports.exporter.course_workbook import export_courses
from imports.exporter.keeping import delete_old_exports
from imports.exporter.person_file import export_person
from imports.files import delete_file, forget_passwords, tables_of
from imports.mapping import exact_mapping
from imports.models import Feed, ImportJob, ImportRow
from imports.parts import PART_FIELDS
from imports.planner import make_plan
from imports.planner.storing import drop_rows
from imports.runner import apply_plan
from imports.types import kind_for
from imports.types.composites import importable
from imports.types.enrollments import Enrollments
from imports.undo import take_back
from imports.undo import undo_import as undo

Status = ImportJob.Status
State = ImportRow.State


def key_of(import_job: ImportJob) -> str:
    """Two things are never done to one import at once."""
    return import_job.origin


def fingerprint_of(import_job: ImportJob) -> str:
    """What a plan is bound to: the file, how it was read and corrected, and what its columns were said to be."""
    choices = [
        import_job.sha256,
        import_job.kind,
        import_job.preset,
        import_job.encoding,
        import_job.delimiter,
        import_job.sheet,
        import_job.mapping,
        import_job.value_mapping,
        import_job.constants,
        import_job.formats,
        import_job.mode,
        *({name: part[name] for name in ("kind", "source", *PART_FIELDS)} for part in import_job.parts),
    ]
    if corrections := digest_of_corrections(import_job):
        choices.append(corrections)
    return hashlib.sha256(json.dumps(choices, sort_keys=True).encode()).hexdigest()


def refuse_without_right(import_job: ImportJob, user: Any) -> None:
    """The rights of this moment count, not those of the moment somebody asked."""
    kind = importable(import_job.kind)
    if not kind.may_import(user):
        raise RuleBroken(f"{user} may no longer import {kind.heading.lower()}.")


def plan_given_up(run: JobRun) -> None:
    import_job = ImportJob.objects.filter(pk=run.arguments["job_id"], status=Status.PLANNING).first()
    if import_job is None:
        return
    drop_rows(import_job)
    import_job.status = Status.UPLOADED if run.state == JobRun.State.CANCELLED else Status.FAILED
    import_job.save(update_fields=["status"])


@job(title="Plan an import", key="imports.plan", given_up=plan_given_up)
def plan_import(run: Run, *, job_id: int) -> str:
    """Reads the whole file and stores what each row will do; nothing else is written."""
    import_job = ImportJob.objects.get(pk=job_id)
    if import_job.status != Status.PLANNING:
        return "There was nothing left to do."
    refuse_without_right(import_job, run.requester)
    if not (import_job.mapping or import_job.constants or import_job.parts):
        import_job.mapping = exact_mapping(kind_for(import_job.kind), import_job.headers)
    try:
        with tables_of(import_job) as (tables, warnings):
            make_plan(import_job, tables, warnings, run)
    except FileRefused as refused:
        drop_rows(import_job)
        import_job.status = Status.REFUSED
        import_job.messages = [message.as_json() for message in refused.messages]
        import_job.save()
        return str(refused)
    import_job.status, import_job.planned_at = Status.PLANNED, timezone.now()
    import_job.fingerprint = fingerprint_of(import_job)
    note_corrected(import_job)
    import_job.save()
    counts = import_job.counts
    return f"{counts['create']:,} new, {counts['update']:,} changed, {counts['invalid']:,} cannot be imported."


def note_corrected(import_job: ImportJob) -> None:
    """Says how many rows of the plan hold a correction, in all and in each part."""
    numbers = Counter(corrected_rows(import_job.rows.all()).order_by().values_list("part", flat=True))
    if numbers:
        import_job.counts["corrected"] = numbers.total()
    for index, part in enumerate(import_job.parts):
        if numbers[index]:
            part["counts"]["corrected"] = numbers[index]


def apply_given_up(run: JobRun) -> None:
    """All or nothing: what was written before it ended is taken back, by a run of its own."""
    import_job = ImportJob.objects.filter(pk=run.arguments["job_id"], status=Status.APPLYING).first()
    if import_job is None:
        return
    if import_job.rows.filter(state=State.APPLIED).exists():
        take_back_import.later(by=None, subject=import_job.origin, only_one=key_of(import_job), job_id=import_job.pk)
    else:
        close_import_change_set(import_job)
        import_job.status = ending_of(run)
        import_job.save(update_fields=["status"])


def ending_of(run: JobRun | None) -> str:
    return Status.CANCELLED if run is not None and run.state == JobRun.State.CANCELLED else Status.FAILED


@job(title="Apply an import", key="imports.apply", given_up=apply_given_up, max_attempts=12)
def apply_import(run: Run, *, job_id: int) -> str:
    """Writes the plan. Run again after a crash, it goes on where it stopped."""
    import_job = ImportJob.objects.select_related("change_set", "undo_change_set").get(pk=job_id)
    if import_job.status != Status.APPLYING:
        return "There was nothing left to do."
    refuse_without_right(import_job, run.requester)
    outcome = apply_plan(import_job, run)
    if import_job.status in (Status.APPLIED, Status.PARTLY_APPLIED):
        forget_passwords(import_job)
        issue_what_was_earned(import_job, run)
    run.count(**import_job.applied_counts)
    return outcome


def issue_what_was_earned(import_job: ImportJob, run: Run) -> None:
    """Certificates for the completions it brought, where that was asked for; the rights of the requester decide."""
    if not import_job.notify or import_job.kind != Enrollments.key or import_job.change_set_id is None:
        return
    completed = Enrollment.objects.filter(status=Enrollment.Status.COMPLETED)
    parts = chunks_of(touched_ids(Enrollment, import_job.change_set_id))
    ids = [pk for part in parts for pk in completed.filter(pk__in=part).values_list("pk", flat=True)]
    if ids:
        issue_chosen.later(by=run.requester, only_one=f"certificates of {import_job.origin}", enrollments=ids)


@job(title="Take back an import that was not completed", key="imports.take_back", max_attempts=12)
def take_back_import(run: Run, *, job_id: int) -> str:
    """Ends an apply that was cancelled or failed: good rows stay if asked for, all or nothing is nothing."""
    import_job = ImportJob.objects.select_related("change_set", "undo_change_set", "run").get(pk=job_id)
    if import_job.status != Status.APPLYING:
        return "There was nothing left to do."
    if import_job.good_rows_only:
        end_applied(import_job)
        return "The rows that were written before it ended stay."
    take_back(import_job, run, ending_of(import_job.run))
    return "Everything that was written before it ended is taken back."


def undo_given_up(run: JobRun) -> None:
    import_job = ImportJob.objects.filter(pk=run.arguments["job_id"], status=Status.UNDOING).first()
    if import_job is None:
        return
    close_undo_set(import_job)
    is_begun = import_job.rows.filter(state__in=(State.UNDONE, State.LEFT)).exists()
    import_job.status = Status.PARTLY_UNDONE if is_begun else how_applied(import_job)
    import_job.save(update_fields=["status"])


@job(title="Undo an import", key="imports.undo", given_up=undo_given_up, max_attempts=12)
def undo_import(run: Run, *, job_id: int) -> str:
    """Takes an import back, but for what somebody has changed since."""
    import_job = ImportJob.objects.select_related("change_set", "undo_change_set").get(pk=job_id)
    if import_job.status != Status.UNDOING:
        return "There was nothing left to do."
    refuse_without_right(import_job, run.requester)
    return undo(import_job, run)


@job(title="Tidy up imports", key="imports.tidy", every=crontab(minute="17"), by_hand=True)
def tidy_imports(run: Run) -> str:
    """Deletes files and plans that are past their time, and ends imports whose run ended without them."""
    now = timezone.now()
    for import_job in ImportJob.objects.filter(
        status__in=(Status.PLANNING, Status.APPLYING, Status.UNDOING), run__finished_at__lt=now - timedelta(minutes=1)
    ):
        end_orphan(import_job)
    abandoned = ImportJob.objects.filter(
        Q(planned_at=None) | Q(planned_at__lt=now - timedelta(hours=settings.IMPORT_KEEP_PLANS_HOURS)),
        status__in=(Status.UPLOADED, Status.PLANNED, Status.FAILED, Status.CANCELLED),
        created_at__lt=now - timedelta(hours=settings.IMPORT_KEEP_PLANS_HOURS),
    ).exclude(status=Status.PLANNED, pk__in=is_awaited(now).values("job"))
    expired = 0
    for import_job in run.track(abandoned):
        with transaction.atomic():
            drop_rows(import_job)
            drop_corrections(import_job)
            import_job.status = Status.EXPIRED
            import_job.save(update_fields=["status"])
        expired += 1
    old = kept_past(now - timedelta(days=settings.IMPORT_KEEP_FILES_DAYS))
    deleted = sum(map(forget_passwords, kept_past(now - timedelta(hours=settings.IMPORT_KEEP_PLANS_HOURS))))
    for import_job in run.track(old):
        delete_file(import_job)
        import_job.save(update_fields=["file"])
        deleted += 1
    Feed.objects.filter(used_at__lt=now - timedelta(days=settings.IMPORT_KEEP_FEEDS_DAYS)).delete()
    exports = delete_old_exports()
    run.count(plans=expired, files=deleted, exports=exports)
    return f"{expired:,} abandoned plans, {deleted:,} old files and {exports:,} old exports deleted."


def kept_past(moment: datetime) -> QuerySet[ImportJob]:
    """Imports from before this moment whose file is still there, and in nobody's hands just now."""
    busy = (Status.PLANNING, Status.APPLYING, Status.UNDOING)
    return ImportJob.objects.exclude(file="").exclude(status__in=busy).filter(created_at__lt=moment)


def end_orphan(import_job: ImportJob) -> None:
    """The run of this import has ended without a word to it, and no other one is at work on it."""
    run = import_job.run
    if run is None or JobRun.objects.filter(subject=import_job.origin, state__in=JobRun.OPEN_STATES).exists():
        return
    endings = {Status.PLANNING: plan_given_up, Status.APPLYING: apply_given_up, Status.UNDOING: undo_given_up}
    endings[Status(import_job.status)](run)


@job(title="Export courses as a workbook", key="imports.export_workbook")
def make_workbook(run: Run, *, courses: list[int], listing: str) -> str:
    """Writes whole courses to a workbook that is kept for a day."""
    run.report(0, stage="Writing the file")
    with TemporaryFile() as file:
        rows = Course.with_archived.filter(pk__among=courses)
        record = export_courses(by=run.requester, to=file, among=rows, listing=listing, keep=True)
    run.count(rows=record.row_count)
    return f"{record.row_count:,} rows are ready. Fetch the file under Exports within a day."


@job(title="Export a list", key="imports.export")
def make_export(run: Run, *, kind: str, fmt: str, query: str) -> str:
    """Writes the rows of a list, as it was narrowed, to a file that is kept for a day."""
    found = kind_for(kind)
    run.report(0, stage="Writing the file")
    with TemporaryFile() as file:
        record = export_dataset(
            found,
            by=run.requester,
            fmt=fmt,
            to=file,
            among=listed_rows(found.model, query, run.requester),
            filters={"archived": ["all"]},
            listing=query,
            keep=True,
            for_people=True,
        )
    run.count(rows=record.row_count)
    return f"{record.row_count:,} rows are ready. Fetch the file under Exports within a day."


@job(title="Write everything held about a person", key="imports.hand_over")
def write_person_file(run: Run, *, person_id: int) -> str:
    """One file of all that is kept about somebody, for the administrator who asked; kept for a day."""
    person = scope(run.requester, "hand_over", User).filter(pk=person_id).first()
    if person is None:
        raise RuleBroken("You may not take out what is held about this person.")
    run.report(0, stage="Writing the file")
    with TemporaryFile() as file:
        record = export_person(person, by=run.requester, to=file)
    run.count(rows=record.row_count)
    return f"{record.row_count:,} records are ready. Fetch the file under Exports within a day."


def start_person_file(person: Any, by: Any) -> None:
    """Counts in the change that is open: why it was asked for stays in the audit."""
    write_person_file.later(by=by, title=f"Everything held about {person}", person_id=person.pk)
    count("jobs.jobrun", "+")


hand_over.append(start_person_file)
