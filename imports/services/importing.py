"""The doors of an import: upload, choose, plan, apply and undo, on the screen and on the command line alike."""

from datetime import timedelta
from secrets import token_hex
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.jobs.models import JobRun
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken
from imports import tasks
from imports.approvals import refuse_without_approval
from imports.codes import FileCode, FileRefused, Message
from imports.corrections import drop_corrections
from imports.files import (
    delete_file,
    endings_for,
    format_of,
    keep_file,
    local_path,
    recognize_parts,
    samples_of,
    sha256_of,
    table_of,
)
from imports.guard import safe_display_name
from imports.mapping import suggest_kind
from imports.models import Feed, ImportJob, ImportRow
from imports.parts import parts_of
from imports.planner.storing import drop_rows
from imports.policy import may_import_anything
from imports.question_bank import QUESTION_BANK, Target, looks_like_questions, target_of
from imports.sources import composite_in
from imports.types.composites import COMPOSITES, importable
from imports.undo import preview_undo
from imports.zip_files import platform_of

Status = ImportJob.Status
READING = ("encoding", "delimiter", "sheet", "kind")
CHOICES = frozenset({*READING, "mapping", "value_mapping", "constants", "formats", "parts", "mode", "preset"})
CAN_BE_PLANNED = (Status.UPLOADED, Status.PLANNED, Status.FAILED, Status.CANCELLED, Status.REFUSED)
CAN_BE_UNDONE = (Status.APPLIED, Status.PARTLY_APPLIED, Status.PARTLY_UNDONE)
CURABLE = {FileCode.E_ENCODING, FileCode.E_SHEET, FileCode.E_DIALECT}
FEW_ROWS = 10


def upload_file(
    file: BinaryIO,
    *,
    name: str,
    by: Any,
    kind: str = "",
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    feed: Feed | None = None,
    feed_file: str = "",
    into: Target | None = None,
) -> ImportJob:
    """Keeps the file and says what it is. A refused one stays as a refused import, with its file only if a choice
    of encoding, sheet or delimiter may cure it. `into` is the lesson that takes the questions of a question file.

    Raises `RuleBroken` where this person has uploaded enough for a day.
    """
    _refuse_too_many(by)
    job = ImportJob(uploader=by, kind=kind, token=token_hex(16), encoding=encoding, delimiter=delimiter, sheet=sheet)
    job.feed, job.feed_file = feed, feed_file
    job.format = format_of(name)
    job.constants = into.as_constants() if into else {}
    job.original_name = "".join(char for char in name if char.isprintable())[-100:] or "without a name"
    try:
        job.original_name = safe_display_name(name, supported=endings_for(kind))
        _refuse_without_right(kind, by)
        file.seek(0, 2)
        job.size_bytes = file.tell()
        _refuse_too_large(job.size_bytes)
        job.sha256 = sha256_of(file)
        keep_file(job, file)
        recognize(job, by=by)
    except FileRefused as refused:
        _refuse(job, refused.messages)
    job.save()
    return job


def recognize(job: ImportJob, *, by: Any) -> None:
    """Finds out encoding, delimiter, sheet, headers and kind, or what tables there are. Raises `FileRefused`."""
    if not job.kind:
        with local_path(job) as path:
            job.kind = QUESTION_BANK if looks_like_questions(path, job.format) else platform_of(path, job.format)
            job.kind = job.kind or composite_in(job, path)
    if job.kind in COMPOSITES:
        _refuse_without_right(job.kind, by)
        recognize_parts(job)
        return
    with table_of(job) as table:
        shape = table.shape
        job.encoding, job.delimiter, job.sheet = shape.encoding, shape.delimiter, shape.sheet
        job.headers = list(shape.headers)
        job.samples = samples_of(table)
        job.messages = [warning.as_json() for warning in table.warnings]
        job.counts = {"rows": table.row_count}
    job.kind = job.kind or suggest_kind(job.headers)
    _refuse_without_right(job.kind, by)


def _refuse_without_right(kind: str, by: Any) -> None:
    is_allowed = importable(kind).may_import(by) if kind else may_import_anything(by)
    if not is_allowed:
        what = importable(kind).heading.lower() if kind else "anything"
        raise FileRefused.because(FileCode.E_DENIED, f"You may not import {what}.")


def _refuse_too_many(by: Any) -> None:
    most, day = settings.IMPORT_MAX_UPLOADS_PER_DAY, timezone.now() - timedelta(days=1)
    if ImportJob.objects.filter(uploader=by, created_at__gt=day).count() >= most:
        raise RuleBroken(f"You have uploaded {most:,} files within a day, which is the limit. Go on tomorrow.")


def _refuse_too_large(size: int) -> None:
    most = settings.IMPORT_MAX_FILE_BYTES
    if size > most:
        text = f"The file has {size:,} bytes; at most {most:,} are imported. Split it into smaller files."
        raise FileRefused.because(FileCode.E_TOO_LARGE, text)


def _refuse(job: ImportJob, messages: list[Message]) -> None:
    job.status = Status.REFUSED
    job.messages = [message.as_json() for message in messages]
    if not CURABLE & {message.code for message in messages}:
        delete_file(job)


@transaction.atomic
def configure(job: ImportJob, *, by: Any, **choices: Any) -> ImportJob:
    """Writes what was chosen: mapping, value_mapping, constants, formats, mode, kind, encoding, delimiter, sheet, or
    `parts`, which hold the first four for each table of a composite file.

    An open plan is dropped. Raises `FileRefused` when the file cannot be read as chosen; then nothing is changed.
    """
    if unknown := choices.keys() - CHOICES:
        raise LookupError(f"An import has no choice called {', '.join(sorted(unknown))}.")
    job = lock_import(job)
    refuse_stranger(job, by, "change")
    if job.status not in CAN_BE_PLANNED or not job.file:
        raise RuleBroken("This import can no longer be changed. Upload the file again.")
    given = {name: value for name, value in choices.items() if value is not None}
    rereads = any(name in READING and value != getattr(job, name) for name, value in given.items())
    if "kind" in given and given["kind"] != job.kind:
        job.mapping, job.value_mapping, job.constants, job.formats, job.preset = {}, {}, {}, {}, ""
        job.parts, job.headers, job.samples = [], [], []
    for name, value in given.items():
        setattr(job, name, value)
    drop_rows(job)
    job.status, job.planned_at, job.unknown_values = Status.UPLOADED, None, {}
    job.counts, job.messages = {"rows": job.counts.get("rows", 0)}, []
    if rereads or not (job.headers or job.parts):
        drop_corrections(job)
        recognize(job, by=by)
    job.save()
    return job


@transaction.atomic
def start_plan(job: ImportJob, *, by: Any) -> JobRun:
    """Plans in the background. Asked twice, it answers with the same run."""
    return _begin(job, by, in_background=True)


def plan_now(job: ImportJob, *, by: Any) -> ImportJob:
    """Plans in this process."""
    return _finish_here(_begin(job, by, in_background=False), job)


def _begin(job: ImportJob, by: Any, *, in_background: bool) -> JobRun:
    job = lock_import(job) if in_background else job
    if job.status == Status.PLANNING and job.run is not None:
        return job.run
    refuse_plan(job, by)
    return _run(tasks.plan_import, job, Status.PLANNING, by=by, in_background=in_background, what="Plan")


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


@transaction.atomic
def start_apply(
    job: ImportJob, *, by: Any, good_rows_only: bool = False, confirmed: bool = False, notify: bool = False
) -> JobRun:
    """Applies in the background. Asked twice, it answers with the same run."""
    job = lock_import(job)
    if (run := _done_already(job, Status.APPLYING, Status.APPLIED, Status.PARTLY_APPLIED)) is not None:
        return run
    _prepare_apply(job, by, good_rows_only=good_rows_only, confirmed=confirmed, notify=notify)
    return _run(tasks.apply_import, job, Status.APPLYING, by=by, in_background=True, what="Apply")


def apply_now(
    job: ImportJob, *, by: Any, good_rows_only: bool = False, confirmed: bool = False, notify: bool = False
) -> ImportJob:
    """Applies in this process."""
    with transaction.atomic():
        locked = lock_import(job)
        if (run := _done_already(locked, Status.APPLIED, Status.PARTLY_APPLIED)) is not None:
            return _finish_here(run, job)
        if locked.status != Status.APPLYING:
            _prepare_apply(locked, by, good_rows_only=good_rows_only, confirmed=confirmed, notify=notify)
            locked.status = Status.APPLYING
            locked.save(update_fields=["status"])
    run = _run(tasks.apply_import, locked, Status.APPLYING, by=by, in_background=False, what="Apply")
    _finish_here(run, job)
    if job.status == Status.APPLYING and not run.is_open:
        _finish_here(tasks.take_back_import.now(by=None, only_one=tasks.key_of(job), job_id=job.pk), job)
    return job


def _prepare_apply(job: ImportJob, by: Any, *, good_rows_only: bool, confirmed: bool, notify: bool) -> None:
    refuse_stranger(job, by, "apply")
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


@transaction.atomic
def start_undo(job: ImportJob, *, by: Any) -> JobRun:
    """Takes the import back in the background. Asked twice, it answers with the same run."""
    job = lock_import(job)
    if (run := _done_already(job, Status.UNDOING, Status.UNDONE)) is not None:
        return run
    _refuse_undo(job, by)
    return _run(tasks.undo_import, job, Status.UNDOING, by=by, in_background=True, what="Undo")


def undo_now(job: ImportJob, *, by: Any) -> ImportJob:
    """Takes the import back in this process."""
    with transaction.atomic():
        locked = lock_import(job)
        if locked.status == Status.UNDONE and locked.run is not None:
            return _finish_here(locked.run, job)
        if locked.status != Status.UNDOING:
            _refuse_undo(locked, by)
    run = _run(tasks.undo_import, locked, Status.UNDOING, by=by, in_background=False, what="Undo")
    return _finish_here(run, job)


def _refuse_undo(job: ImportJob, by: Any) -> None:
    refuse_stranger(job, by, "undo")
    if job.status not in CAN_BE_UNDONE:
        raise RuleBroken("There is nothing to take back: this import was not applied.")


def undo_preview(job: ImportJob, *, by: Any) -> dict[str, Any]:
    """`counts` (undo, left) and `left`: rows that will be left alone, each `{"line", "key", "label", "why"}`."""
    return preview_undo(job, by)


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


def _run(job_function: Any, job: ImportJob, status: str, *, by: Any, in_background: bool, what: str) -> JobRun:
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


def _finish_here(run: JobRun, job: ImportJob) -> ImportJob:
    fresh = ImportJob.objects.get(pk=job.pk)
    for field in ImportJob._meta.concrete_fields:
        setattr(job, field.attname, getattr(fresh, field.attname))
    job.run = run
    return job


def _done_already(job: ImportJob, *statuses: str) -> JobRun | None:
    return job.run if job.status in statuses else None


def lock_import(job: ImportJob) -> ImportJob:
    return ImportJob.objects.select_for_update().get(pk=job.pk)


def refuse_stranger(job: ImportJob, by: Any, verb: str) -> None:
    """An import belongs to who uploaded it; administrators may take it over, which its history shows."""
    if not policy_for(ImportJob).may(by, verb, job):
        raise RuleBroken("This import belongs to somebody else.")
