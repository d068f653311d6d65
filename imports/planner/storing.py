"""The rows of a plan in their table, written in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from imports.bulk import insert_rows, json_text
from imports.codes import Message, RowCode
from imports.models import ImportJob, ImportRow
from imports.parts import parts_of
from imports.planner.reading import RowReader
from imports.types.base import CLEAR, Draft, ImportKind

COLUMNS = (
    "job_id",
    "part",
    "number",
    "outcome",
    "state",
    "key",
    "label",
    "cells",
    "changes",
    "values",
    "messages",
    "object_id",
    "version_seen",
)
LONGEST = 300


def store_rows(job: ImportJob, part: int, reader: RowReader, drafts: Sequence[Draft]) -> None:
    insert_rows(ImportRow, COLUMNS, _rows(job, part, reader, drafts))


def _rows(job: ImportJob, part: int, reader: RowReader, drafts: Sequence[Draft]) -> Iterator[tuple[Any, ...]]:
    kind, header_of = reader.kind, reader.header_of
    planned = str(ImportRow.State.PLANNED)
    for draft in drafts:
        is_open = draft.outcome in ImportRow.OPEN_OUTCOMES
        messages = draft.faults or draft.warnings
        if draft.faults and draft.warnings:
            messages = [*draft.faults, *draft.warnings]
        yield (
            job.pk,
            part,
            draft.number,
            str(draft.outcome),
            planned,
            _key(kind, draft),
            _label(kind, draft),
            json_text(draft.cells),
            json_text(draft.changes) if is_open else "{}",
            json_text({**draft.values, "extra": draft.extra} if draft.extra else draft.values) if is_open else "{}",
            json_text([_shown(message, header_of) for message in messages]) if messages else "[]",
            draft.pk or None,
            draft.version,
        )


def _key(kind: ImportKind, draft: Draft) -> str:
    parts = []
    for name in kind.key_columns:
        part = draft.given.get(name)
        if part is None and name in draft.changes:
            part = draft.changes[name][1]
        parts.append("" if part is None or part is CLEAR else str(part))
    return " / ".join(parts)[:LONGEST].replace("\x00", "")


def _label(kind: ImportKind, draft: Draft) -> str:
    if not kind.label_column:
        return ""
    label = draft.given.get(kind.label_column) or draft.current.get(kind.column(kind.label_column).path) or ""
    return "" if label is CLEAR else str(label)[:LONGEST].replace("\x00", "")


def _shown(message: Message, header_of: Mapping[str, str]) -> dict[str, Any]:
    shown = message.as_json()
    shown["column"] = header_of.get(message.column, message.column)
    shown["value"] = str(shown["value"]).replace("\x00", "\\u0000")
    return shown


def mark_duplicates(job: ImportJob, part: int, earlier: Mapping[int, list[int]], text: str) -> list[str]:
    """Makes earlier rows invalid because their key came again; answers with the outcomes they had.

    Those that were as they came before were not stored, and are now.
    """
    if not earlier:
        return []
    before: list[str] = []
    rows = list(job.rows.filter(part=part, number__in=earlier.keys()))
    skipped = earlier.keys() - {row.number for row in rows}
    outcome, blank = ImportRow.Outcome.UNCHANGED, [""] * len(parts_of(job)[part].headers)
    rows += ImportRow.objects.bulk_create(
        ImportRow(job=job, part=part, number=line, outcome=outcome, cells=blank) for line in sorted(skipped)
    )
    for row in rows:
        lines = ", ".join(str(line) for line in earlier[row.number])
        row.messages = [*row.messages, Message(RowCode.R_DUP_IN_FILE, text.format(lines=lines), row.number).as_json()]
        before.append(row.outcome)
        row.outcome = ImportRow.Outcome.INVALID
    ImportRow.objects.bulk_update(rows, ["messages", "outcome"])
    return before


def drop_rows(job: ImportJob) -> None:
    """Deletes the plan there is, without looking at each row."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{ImportRow._meta.db_table}" WHERE job_id = %s', [job.pk])  # noqa: S608 - our own name
