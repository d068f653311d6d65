"""Writing the errors file in the format, the encoding and the dialect of the upload."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from apps.records.writing.formulas import ESCAPE, escape, looks_like_formula
from apps.records.writing.workbook import OPTIONS
from imports.codes import RowCode
from imports.errors_file.failed_rows import FailedRow, Layout, failed_rows
from imports.files import tables_of
from imports.models import ImportJob
from imports.parts import Part, parts_of
from imports.readers import CellValue, Table
from imports.types.columns import PLAIN_NUMBER, text_of

FIRST_YEAR = 1901  # before it, spreadsheets disagree about the calendar


def errors_file_name(job: ImportJob) -> str:
    """`courses.csv` becomes `courses-errors.csv`; of a file with several tables it is always a workbook."""
    return f"{Path(job.original_name).stem or 'import'}-errors.{'xlsx' if job.parts else job.format}"


def write_errors(job: ImportJob, to: IO[bytes]) -> int:
    """Writes all failed rows of a plan to a file open for reading and writing, and answers how many there are."""
    with _tables(job) as tables:
        if job.format == "xlsx" or job.parts:
            return _write_workbook(job, tables, to)
        ((part, table),) = tables
        return _write_csv(job, Layout(job, part), failed_rows(job, part, table), to)


@contextmanager
def _tables(job: ImportJob) -> Iterator[list[tuple[Part, Table | None]]]:
    """The uploaded tables; without the file there are none, only what the plan kept of their rows."""
    if not _is_kept(job):
        yield [(part, None) for part in parts_of(job)]
        return
    with tables_of(job) as (tables, _):
        yield [*tables]


def _is_kept(job: ImportJob) -> bool:
    return bool(job.file.name and job.file.storage.exists(job.file.name))


def _write_csv(job: ImportJob, layout: Layout, rows: Iterable[FailedRow], to: IO[bytes]) -> int:
    encoding = job.encoding or "utf-8"
    if encoding == "utf-8" and _begins_with_mark(job):
        to.write(BOM_UTF8)
    text = io.TextIOWrapper(to, encoding=encoding, errors="replace", newline="", write_through=True)
    writer = csv.writer(text, delimiter=job.delimiter or ",")
    writer.writerow(map(_defused, layout.header()))
    number = 0
    for row in rows:
        number += 1
        line = [str(row.number), escape(layout.about_the_row(row))]
        for at in layout.places:
            if at >= len(row.cells):
                break
            line.append(_defused(text_of(row.cells[at])))
            if at in layout.noted:
                line.append(escape(row.faults.get(layout.headers[at], "")))
        writer.writerow([*line, *(_defused(text_of(cell)) for cell in row.cells[layout.width :])])
    text.flush()
    text.detach()
    return number


def _defused(text: str) -> str:
    """The cell as it came, with an apostrophe before what a spreadsheet would execute; read again it is the same."""
    return text if PLAIN_NUMBER.match(text) or not looks_like_formula(text[:1]) else f"{ESCAPE}{text}"


def _begins_with_mark(job: ImportJob) -> bool:
    if not _is_kept(job):
        return False
    with job.file.storage.open(str(job.file.name), "rb") as stream:
        return bool(stream.read(len(BOM_UTF8)) == BOM_UTF8)


def _write_workbook(job: ImportJob, tables: Sequence[tuple[Part, Table | None]], to: IO[bytes]) -> int:
    """The same sheets as in the upload; one in which nothing failed has only its header."""
    book = xlsxwriter.Workbook(to, OPTIONS)
    bold = book.add_format({"bold": True, "bottom": 1})
    number = 0
    for part, table in tables:
        page = book.add_worksheet(part.sheet_name or job.sheet or "Errors")
        number += _write_sheet(book, page, bold, Layout(job, part), failed_rows(job, part, table))
    book.close()
    return number


def _write_sheet(book: Any, page: Any, bold: Any, layout: Layout, rows: Iterable[FailedRow]) -> int:
    writer = CellWriter(book, page)
    for at, name in enumerate(layout.header()):
        page.write_string(0, at, name, bold)
    page.set_column(0, len(layout.header()) - 1, 24)
    page.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(rows, start=1):
        page.write_number(number, 0, row.number)
        writer.note(number, 1, layout.about_the_row(row))
        place = 2
        for at in layout.places:
            header = layout.headers[at]
            if at < len(row.cells):
                writer.write(number, place, row.cells[at], row.units.get(at, ""), row.codes.get(header, ""))
            place += 1
            if at in layout.noted:
                writer.note(number, place, row.faults.get(header, ""))
                place += 1
        for cell in row.cells[layout.width :]:
            writer.write(number, place, cell, "", "")
            place += 1
    return number


class CellWriter:
    """Writes cells of the type they came in; faulty ones are tinted, and stay what makes them faulty."""

    def __init__(self, book: Any, page: Any) -> None:
        self._book = book
        self._page = page
        self._formats: dict[tuple[str, bool], Any] = {}
        self._note = book.add_format({"font_color": "#9F1239", "text_wrap": True})

    def note(self, row: int, column: int, text: str) -> None:
        if text:
            self._page.write_string(row, column, text, self._note)

    def write(self, row: int, column: int, cell: CellValue, unit: str, code: str) -> None:
        is_faulty = bool(code)
        if code == RowCode.R_FORMULA:
            self._page.write_formula(row, column, _harmless_formula(cell), self._format("", is_faulty), cell or "")
        elif code == RowCode.R_CELL_ERROR:
            self._page.write_formula(row, column, "=NA()", self._format("", is_faulty), "#N/A")
        elif isinstance(cell, bool):
            self._page.write_boolean(row, column, cell, self._format("", is_faulty))
        elif isinstance(cell, int | float | Decimal):
            shape = f"0.00{unit}" if unit == "%" else f"[${unit}] 0.00" if unit else ""
            self._page.write_number(row, column, cell, self._format(shape, is_faulty))
        elif isinstance(cell, date) and cell.year >= FIRST_YEAR:
            shape = "yyyy-mm-dd hh:mm:ss" if isinstance(cell, datetime) else "yyyy-mm-dd"
            self._page.write_datetime(row, column, cell, self._format(shape, is_faulty))
        elif cell is not None or is_faulty:
            self._page.write_string(row, column, text_of(cell), self._format("", is_faulty))

    def _format(self, shape: str, is_faulty: bool) -> Any:  # noqa: FBT001 - the key of a small table
        key = (shape, is_faulty)
        if key not in self._formats:
            facts = {"num_format": shape} if shape else {}
            self._formats[key] = self._book.add_format({**facts, **({"bg_color": "#FFE4E6"} if is_faulty else {})})
        return self._formats[key]


def _harmless_formula(cell: CellValue) -> str:
    """A formula that only gives the value the cell had: it stays a fault, and does nothing."""
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return f"={cell}"
    return '="{}"'.format(text_of(cell).replace('"', '""')[:250])
