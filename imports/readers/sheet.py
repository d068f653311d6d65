"""One worksheet as a stream of rows: values, and what the file says about the cells they came from."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO

from django.conf import settings
from openpyxl.utils import column_index_from_string, get_column_letter

from imports.codes import FileCode, FileRefused, RowCode
from imports.guard import corrupt
from imports.markup import feed, new_parser
from imports.readers.base import CellValue, cell_too_long
from imports.readers.number_formats import PLAIN, NumberFormat, date_of, duration_of, iso_date_of
from imports.readers.workbook import SharedTexts, Workbook, unescape

CELL = re.compile(r"([A-Z]{1,3})\d+")
SIGNIFICANT_DIGITS = 15
LAST_ROW = 1_048_576  # of the format
MOST_COLUMNS = 16_384
MOST_MERGED = 1_000
Range = tuple[int, int, int, int]


@dataclass(slots=True)
class Note:
    """Something wrong with the cell at `column` (counted from 0)."""

    column: int
    code: RowCode
    text: str
    value: str = ""


@dataclass(slots=True)
class SheetRow:
    number: int
    is_hidden: bool = False
    cells: dict[int, CellValue] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    units: dict[int, str] = field(default_factory=dict)


class SheetReader:
    """Reads one sheet once; hidden columns and merged ranges are complete when the rows are."""

    def __init__(self, workbook: Workbook, texts: SharedTexts) -> None:
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[str] = []
        self._formats = workbook.formats
        self._since_1904 = workbook.since_1904
        self._texts = texts
        self._longest = settings.IMPORT_MAX_CELL_CHARACTERS
        self._ready: list[SheetRow] = []
        self._row = SheetRow(0)
        self._column = -1
        self._type = "n"
        self._style = ""
        self._has_formula = False
        self._listening = False
        self._phonetic = False
        self._pieces: list[str] = []
        self._size = 0

    def rows(self, stream: IO[bytes]) -> Iterator[SheetRow]:
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for _ in feed(parser, stream):
            yield from self._ready
            self._ready.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self._listening = not self._phonetic
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self._note_merge(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in {"1", "true"} and len(self.hidden_columns) < MOST_COLUMNS:
            self.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._end_cell()
        elif name in {"v", "t"}:
            self._listening = False
        elif name == "row":
            self._ready.append(self._row)
        elif name == "rPh":
            self._phonetic = False

    def _text(self, text: str) -> None:
        if self._listening:
            self._size += len(text)
            if self._size > self._longest * 7:  # an escape like _x000D_ is seven characters for one
                raise cell_too_long(self._row.number, get_column_letter(self._column + 1))
            self._pieces.append(text)

    def _note_merge(self, reference: str) -> None:
        if len(self.merged) == MOST_MERGED:
            raise FileRefused.because(FileCode.E_MERGED, "The sheet has too many merged cells; unmerge them first.")
        self.merged.append(reference)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r") or self._row.number + 1)
        if not self._row.number < number <= LAST_ROW:
            raise corrupt()
        self._row = SheetRow(number, attributes.get("hidden") in {"1", "true"})
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = column_of(reference) if reference else self._column + 1
        if self._column >= MOST_COLUMNS:
            raise corrupt()
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._has_formula = False
        self._pieces = []
        self._size = 0

    def _end_cell(self) -> None:
        raw = "".join(self._pieces)
        if not raw and not self._has_formula:
            return
        if self._column in self._row.cells:
            raise corrupt()
        value = self._value(raw) if raw else None
        if isinstance(value, str) and len(value) > self._longest:
            raise cell_too_long(self._row.number, get_column_letter(self._column + 1))
        if self._has_formula and self._type != "e":
            self._note(RowCode.R_FORMULA, "holds a formula; replace it by its value", raw)
        self._row.cells[self._column] = value

    def _value(self, raw: str) -> CellValue:
        kind = self._type
        if kind == "s":
            return self._texts[int(raw)]
        if kind in {"inlineStr", "str"}:
            return unescape(raw)
        if kind == "b":
            return raw.strip() in {"1", "true"}
        if kind == "e":
            self._note(RowCode.R_CELL_ERROR, f"holds {raw[:40]}", raw)
            return None
        if kind == "d":
            found = iso_date_of(raw)
            if found is None:
                self._note(RowCode.R_DATE, "holds a date that does not exist", raw)
            return found
        return self._number(raw)

    def _number(self, raw: str) -> CellValue:
        number = number_of(raw)
        if number is None:
            self._note(RowCode.R_NUMBER, "holds a number that cannot be read", raw)
            return None
        shown_as = self._format()
        if shown_as.is_date:
            moment = date_of(number, since_1904=self._since_1904)
            if moment is None:
                self._note(RowCode.R_DATE, "is shown as a date, but holds a number that is none", raw)
            return moment
        if shown_as.is_duration:
            return duration_of(number)
        if shown_as.unit:
            self._row.units[self._column] = shown_as.unit
            meaning = "a percentage" if shown_as.unit == "%" else f"an amount in {shown_as.unit}"
            self._note(RowCode.R_NUMBER, f"is shown as {meaning}, but holds {number}; format it as a plain number", raw)
        return number

    def _format(self) -> NumberFormat:
        at = int(self._style) if self._style else 0
        return self._formats[at] if 0 <= at < len(self._formats) else PLAIN

    def _note(self, code: RowCode, what: str, raw: str) -> None:
        cell = f"{get_column_letter(self._column + 1)}{self._row.number}"
        self._row.notes.append(Note(self._column, code, f"Cell {cell} {what}.", raw))


@lru_cache(maxsize=512)
def _column_number(letters: str) -> int:
    return column_index_from_string(letters) - 1


def column_of(reference: str) -> int:
    return _column_number(reference.rstrip("0123456789"))


def range_of(reference: str) -> Range:
    """First row, first column, last row, last column; rows as shown, columns counted from 0."""
    corners = reference.replace("$", "").split(":")
    if not 1 <= len(corners) <= 2 or not all(CELL.fullmatch(corner) for corner in corners):
        raise corrupt()
    (first_row, first_column), (last_row, last_column) = (
        (int(corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), column_of(corner)) for corner in (corners[0], corners[-1])
    )
    return first_row, first_column, last_row, last_column


def number_of(raw: str) -> int | float | None:
    """The number to the 15 digits a spreadsheet shows, so that 0.1 + 0.2 is 0.3 as on the screen."""
    text = raw.strip()
    if text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= SIGNIFICANT_DIGITS:
        return int(text)
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    number = float(f"{number:.{SIGNIFICANT_DIGITS}g}")
    return int(number) if number.is_integer() else number
