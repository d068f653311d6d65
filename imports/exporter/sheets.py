"""How our workbooks look: a bold header that stays in sight, notes, widths, and drop-downs where there are choices."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from apps.records.writing.workbook import LAST_ROW, OPTIONS
from imports.types.columns import CellFault, Code, Column, Day, LongText, Number, WholeNumber, YesNo

LONGEST_LIST = 255
CHOICES_SHEET = "Choices"
WIDTHS: tuple[tuple[type[Column], int], ...] = ((LongText, 50), (Code, 20), (Day, 18), (Number, 12), (WholeNumber, 12))
TEXT_WIDTH = 30


class Book:
    """A workbook of ours: sheets added one after the other, each written from top to bottom."""

    def __init__(self, to: Path | IO[bytes]) -> None:
        self.book = xlsxwriter.Workbook(to, OPTIONS)
        self.text_format = self.book.add_format({"num_format": "@"})
        self.bold = self.book.add_format({"bold": True, "bottom": 1})
        self.sheets: list[Sheet] = []
        self.lists: dict[tuple[str, ...], tuple[str, str]] = {}

    def add(self, name: str, columns: Sequence[Column], *, notes: bool = False) -> "Sheet":
        self.sheets.append(Sheet(self, name, columns, notes=notes))
        return self.sheets[-1]

    def close(self) -> None:
        """Adds the lists that were too long for a drop-down of their own, and completes the file."""
        if self.lists:
            self._write_lists()
        self.book.close()

    def source_of(self, column: Column) -> Any:
        """What a drop-down offers: the values themselves, or where in the workbook they stand."""
        values = allowed_values(column)
        if len(",".join(values)) <= LONGEST_LIST:
            return values
        letter, _ = self.lists.setdefault(
            tuple(values), (xlsxwriter.utility.xl_col_to_name(len(self.lists)), column.name)
        )
        return f"={CHOICES_SHEET}!${letter}$2:${letter}${len(values) + 1}"

    def _write_lists(self) -> None:
        page = self.book.add_worksheet(CHOICES_SHEET)
        for at, (_, name) in enumerate(self.lists.values()):
            page.write_string(0, at, f"Allowed in {name}")
            page.set_column(at, at, TEXT_WIDTH)
        for row in range(max(map(len, self.lists))):
            for at, values in enumerate(self.lists):
                if row < len(values):
                    page.write_string(row + 1, at, values[row])


class Sheet:
    """One sheet of ours: a header that stays in sight, and drop-downs below it."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column], *, notes: bool = False) -> None:
        self.book = book.book
        self.columns = columns
        self.page = self.book.add_worksheet(name[:31])
        for at, column in enumerate(columns):
            code_format = book.text_format if isinstance(column, Code) else None
            self.page.set_column(at, at, max(_width(column), len(column.name) + 3), code_format)
            self.page.write_string(0, at, column.name, book.bold)
            if notes:
                self.page.write_comment(0, at, note_on(column), {"x_scale": 2, "y_scale": 1.5})
            if allowed_values(column):
                self.page.data_validation(1, at, LAST_ROW - 1, at, _drop_down(column, book.source_of(column)))
        self.page.freeze_panes(1, 0)


def allowed_values(column: Column) -> list[str]:
    return ["TRUE", "FALSE"] if isinstance(column, YesNo) else [value for value, _ in column.choices]


def note_on(column: Column) -> str:
    """What a person who fills the column in should know."""
    parts = [f"{column.label}: {column.type_name}."]
    if column.required_on_create:
        parts.append("A new record needs it.")
    if column.help:
        parts.append(column.help)
    if values := allowed_values(column):
        shown = ", ".join(values[:12])
        parts.append(f"One of {shown}{', …' if len(values) > 12 else ''}.")
    if _may_be_cleared(column):
        parts.append("Write (clear) to empty it; a blank cell leaves it as it is.")
    return " ".join(parts)


def _may_be_cleared(column: Column) -> bool:
    try:
        column.cleared()
    except CellFault:
        return False
    return True


def _width(column: Column) -> int:
    return next((width for kind, width in WIDTHS if isinstance(column, kind)), TEXT_WIDTH)


def _drop_down(column: Column, source: Any) -> dict[str, Any]:
    """A list to pick from. It warns about anything else, since `(clear)` and other people's spellings are read too."""
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": "Not on the list",
        "error_message": f"{column.label} has to be one of the list, or (clear) to empty it."[:LONGEST_LIST],
    }
