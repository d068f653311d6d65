"""What every reader yields: the shape of a table, and its rows with what is wrong with their cells."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings

from imports.codes import CONTROL, FileCode, FileRefused, Message, RowCode, spelled, visible
from imports.readers.headers import fold_header

CellValue = str | int | float | Decimal | bool | date | datetime | None


@dataclass(frozen=True)
class Shape:
    """How the file was understood; a CSV file has no sheet, a workbook no encoding and no delimiter."""

    format: str
    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    headers: tuple[str, ...]
    header_line: int


@dataclass(slots=True)
class RawRow:
    """One row as wide as the header; `number` is the line an editor (or the row a spreadsheet) shows.

    `units` holds, by the cell's index, the "%" or the currency a number cell is shown with; `record` all cells of a row
    that is not as wide as the header.
    """

    number: int
    cells: list[CellValue]
    messages: list[Message]
    units: dict[int, str] | None = None
    record: Sequence[CellValue] | None = None


class Table(Protocol):
    """A file that passed every check of the whole; `rows` streams it, as often as one likes."""

    shape: Shape
    warnings: list[Message]
    row_count: int

    def rows(self) -> Iterator[RawRow]: ...


def is_blank(cells: Iterable[CellValue]) -> bool:
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


class RowGate:
    """Counts filled rows and refuses what lies beyond the limits; the header passes first."""

    def __init__(self) -> None:
        self.most_rows = settings.IMPORT_MAX_ROWS
        self.most_columns = settings.IMPORT_MAX_COLUMNS
        self.most_blank = settings.IMPORT_MAX_BLANK_ROWS
        self.passed = 0
        self.blank = 0

    def skip(self, rows: int = 1) -> None:
        self.blank += rows

    def admit(self, number: int, columns: int) -> None:
        if self.blank >= self.most_blank:
            raise FileRefused.because(
                FileCode.E_TOO_MANY_ROWS,
                f"Row {number:,} is filled although {self.blank:,} blank rows stand before it; "
                f"{self.most_blank} blank rows end a sheet. Remove the blank rows or the stray cell.",
                line=number,
            )
        if self.passed > self.most_rows:
            raise FileRefused.because(
                FileCode.E_TOO_MANY_ROWS,
                f"The file has more than {self.most_rows:,} rows, which is the limit; split it into smaller files.",
                line=number,
            )
        if columns > self.most_columns:
            raise FileRefused.because(
                FileCode.E_TOO_MANY_COLS,
                f"Row {number:,} has {columns:,} columns; at most {self.most_columns} are imported.",
                line=number,
            )
        self.passed += 1
        self.blank = 0


def cell_too_long(number: int, column: str) -> FileRefused:
    most = settings.IMPORT_MAX_CELL_CHARACTERS
    return FileRefused.because(
        FileCode.E_CELL_TOO_LONG,
        f"A cell of line {number:,} has more than {most:,} characters.",
        line=number,
        column=column,
    )


def spell_controls(row: RawRow, headers: Sequence[str], ignored: Collection[str]) -> None:
    """Reports control characters, and writes them as escapes so that the row can be stored and shown at all.

    `ignored` are folded headers the person chose not to import.
    """
    for at, (header, cell) in enumerate(zip(headers, row.cells, strict=True)):
        if not isinstance(cell, str) or not (found := CONTROL.search(cell)):
            continue
        row.cells[at] = spelled(cell)
        if fold_header(header) not in ignored:
            text = f"The cell holds the invisible control character U+{ord(found.group()):04X}; remove it."
            row.messages.append(Message(RowCode.R_CONTROL_CHARS, text, row.number, header, visible(cell)))


def refuse_no_rows(table_headers: Sequence[str], known_headers: Collection[str]) -> None:
    """A file with none of the known headers is left to the mapping, which says so in better words."""
    known = {fold_header(header) for header in known_headers}
    if not known or known & {fold_header(header) for header in table_headers}:
        raise FileRefused.because(FileCode.E_NO_ROWS, "The file has a header but no data rows.")
