"""A file comes in: it is kept, recognized, and read otherwise where somebody says how."""

from datetime import timedelta
from secrets import token_hex
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.records.rules import RuleBroken
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
from imports.guard import refuse_size, safe_display_name
from imports.mapping import suggest_kind
from imports.models import Feed, ImportJob
from imports.planner.storing import drop_rows
from imports.policy import may_import_anything
from imports.question_bank import QUESTION_BANK, Target, looks_like_questions
from imports.services.running import CAN_BE_PLANNED, Status, lock_import, refuse_stranger
from imports.sources import composite_in
from imports.types.composites import COMPOSITES, importable
from imports.zip_files import platform_of

READING = ("encoding", "delimiter", "sheet", "kind")
CHOICES = frozenset({*READING, "mapping", "value_mapping", "constants", "formats", "parts", "mode", "preset"})
CURABLE = {FileCode.E_ENCODING, FileCode.E_SHEET, FileCode.E_DIALECT}


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
        job.size_bytes = file.seek(0, 2)
        refuse_size(job.size_bytes)
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
            job.kind = QUESTION_BANK if looks_like_questions(path, job.format) else platform_of(job, path)
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
