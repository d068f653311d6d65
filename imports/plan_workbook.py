"""A plan as a workbook: a line for each row, and for each field that changes the old and the new beside each other."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from apps.records.writing.workbook import LAST_ROW, LONGEST_CELL, OPTIONS
from imports.errors_file.writing import CellWriter
from imports.models import ImportJob, ImportRow
from imports.parts import LONGEST_NAME, Part, parts_of
from imports.types.columns import CellFault, Column, Day, Number, WholeNumber

CHUNK = 2_000
HEAD = ("Line", "Outcome", "Key", "Name", "What is said")
WIDTHS = (8, 18, 24, 36, 48)
FIELD_WIDTH = 24
TYPED = (WholeNumber, Number, Day)


def plan_workbook_name(job: ImportJob) -> str:
    return f"{Path(job.original_name).stem or 'import'}-plan.xlsx"


def changed_columns(job: ImportJob, part: Part) -> list[Column]:
    """The columns of a part of which the plan changes at least one field, in their order."""
    found: set[str] = set()
    rows = job.rows.filter(part=part.index).exclude(changes={})
    for changes in rows.values_list("changes", flat=True).iterator(CHUNK):
        found |= changes.keys()
    return [column for column in part.kind.columns if column.name in found]


def write_plan(job: ImportJob, to: IO[bytes]) -> tuple[int, list[str]]:
    """Writes every row of the plan, a sheet for each part; answers how many rows, and which columns change."""
    book = xlsxwriter.Workbook(to, OPTIONS)
    number, names = 0, dict[str, None]()
    for part in parts_of(job):
        columns = changed_columns(job, part)
        names |= dict.fromkeys(column.name for column in columns)
        number += _write_part(job, part, columns, book)
    book.close()
    return number, list(names)


def _write_part(job: ImportJob, part: Part, columns: Sequence[Column], book: Any) -> int:
    page = book.add_worksheet(part.sheet_name or part.kind.heading[:LONGEST_NAME])
    _write_head(book, page, columns)
    writer = PlanWriter(book, page, columns)
    number = 0
    rows = job.rows.filter(part=part.index).order_by("number", "pk")
    for number, row in enumerate(rows.iterator(CHUNK), start=1):
        writer.write(number, row)
    page.autofilter(0, 0, min(number, LAST_ROW - 1), len(HEAD) + 2 * len(columns) - 1)
    return number


def _write_head(book: Any, page: Any, columns: Sequence[Column]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    fields = [f"{column.label}: {when}" for column in columns for when in ("before", "after")]
    for at, name in enumerate([*HEAD, *fields]):
        page.write_string(0, at, name, bold)
        page.set_column(at, at, WIDTHS[at] if at < len(WIDTHS) else FIELD_WIDTH)
    page.freeze_panes(1, len(HEAD) - 1)


class PlanWriter:
    """Writes rows; a text is only ever a text, whatever it begins with."""

    def __init__(self, book: Any, page: Any, columns: Sequence[Column]) -> None:
        self._page = page
        self._cells = CellWriter(book, page)
        self._columns = {column.name: (len(HEAD) + 2 * at, column) for at, column in enumerate(columns)}

    def write(self, number: int, row: ImportRow) -> None:
        self._page.write_number(number, 0, row.number)
        texts = (row.get_outcome_display(), row.key, row.label)
        for at, text in enumerate(texts, start=1):
            self._cells.write(number, at, text or None, "", "")
        self._cells.note(number, len(HEAD) - 1, self._said(row)[:LONGEST_CELL])
        for name, (before, after) in row.changes.items():
            if (place := self._columns.get(name)) is None:
                continue
            at, column = place
            for offset, text in enumerate((before, after)):
                self._cells.write(number, at + offset, _typed(column, str(text)), "", "")

    def _said(self, row: ImportRow) -> str:
        return " ".join(
            f"{message['column']}: {message['message']}" if message.get("column") else str(message["message"])
            for message in row.messages
        )


def _typed(column: Column, text: str) -> Any:
    """Numbers and days as such, moments without their time zone; everything else, and what is too long, as text."""
    if not text:
        return None
    if not isinstance(column, TYPED):
        return text[:LONGEST_CELL]
    try:
        value = column.read(text)
    except CellFault:
        return text
    return timezone.make_naive(value) if isinstance(value, datetime) else value
