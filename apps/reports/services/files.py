"""Making files of reports, each recorded with who took what; and saving what somebody chose."""

import hashlib
from typing import IO, Any

from django.db import transaction

from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.reports.definition import Definition
from apps.reports.keeping import keep_file
from apps.reports.making import Table, table_for
from apps.reports.making.files import WRITERS
from apps.reports.models import Report, ReportRun
from apps.reports.ready_made import READY

FORMATS = tuple(WRITERS)


def make_file(
    table: Table, *, title: str, by: Any, fmt: str, to: IO[bytes], number: int | None = None, keep: bool = False
) -> ReportRun:
    """Writes the file to `to` (open for reading and writing) and records it; with `keep` it can be fetched for a day.

    Raises `RuleBroken` for a format there is none of, and for more than the format holds.
    """
    write_file(table, title=title, by=by, fmt=fmt, to=to)
    return record_file(table, to, title=title, by=by, fmt=fmt, report_number=number, keep=keep)


def write_file(table: Table, *, title: str, by: Any, fmt: str, to: IO[bytes]) -> None:
    if fmt not in WRITERS:
        raise RuleBroken(f"Reports are made as {', '.join(FORMATS)}.")
    WRITERS[fmt](table, to, title=title, by=by)


def record_file(
    table: Table, file: IO[bytes], *, title: str, by: Any, fmt: str, keep: bool = False, **facts: Any
) -> ReportRun:
    """Who takes out what, with its fingerprint; `facts` say what it is of."""
    size = file.seek(0, 2)
    return ReportRun.objects.create(
        requester=by,
        title=title[:100],
        definition=table.definition.as_json(),
        columns=table.columns,
        reach=table.reach,
        format=fmt,
        row_count=table.row_count,
        size_bytes=size,
        sha256=hash_of(file),
        file=keep_file(file, fmt, is_sent=bool(facts.get("schedule_number"))) if keep else "",
        as_of=table.as_of,
        **facts,
    )


def hash_of(file: IO[bytes]) -> str:
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found


def definition_named(number: int | None, key: str, *, by: Any) -> tuple[str, Definition]:
    """The title and the definition of a saved report, or of a ready-made one. Raises `LookupError`."""
    if number is None:
        ready = READY.get(key)
        if ready is None or not ready.is_open_to(by):
            raise LookupError(key)
        return ready.title, ready.definition
    report = Report.objects.get(pk=number)
    return report.name, report.definition


@transaction.atomic
def copy_ready_made(key: str, *, by: Any) -> Report:
    """A saved report of their own that begins as the ready-made one. Raises `LookupError`."""
    title, definition = definition_named(None, key, by=by)
    table_for(definition, by)
    taken = set(Report.objects.filter(owner=by, name__startswith=title).values_list("name", flat=True))
    name = next(one for one in (title, *(f"{title} {n}" for n in range(2, len(taken) + 3))) if one not in taken)
    report = Report(name=name, owner=by, description=READY[key].text)
    report.take(definition)
    with change_set(by=by, title=f"Saved the report {name}"):
        report.save()
    return report
