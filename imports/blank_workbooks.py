"""Workbooks to start from: the columns of a kind, what each of them means, one sample row, and drop-downs."""

from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from imports.exporter.sheets import Book, Sheet
from imports.types import kind_for
from imports.types.base import ImportKind
from imports.types.columns import Column, Day, Moment, Number, WholeNumber, YesNo
from imports.types.composites import Composite


def write_template(kind: ImportKind | Composite, to: Path | IO[bytes]) -> None:
    """A workbook that can be filled in and uploaded; its sample row is the example of each column."""
    book = Book(to)
    for name, one in sheets_of(kind):
        sheet = book.add(name, one.columns, notes=True)
        for at, column in enumerate(one.columns):
            if column.example:
                _write_example(sheet, at, column)
    book.close()


def sheets_of(kind: ImportKind | Composite) -> list[tuple[str, ImportKind]]:
    """The sheets of a template: one, or one for each kind of a workbook that holds several."""
    if isinstance(kind, Composite):
        return [(name, kind_for(key)) for key, name in kind.sheets.items()]
    return [(kind.heading, kind)]


def template_name(kind: ImportKind | Composite) -> str:
    return f"{kind.key}-template.xlsx"


def _write_example(sheet: Sheet, at: int, column: Column) -> None:
    value: Any = column.read(column.example) if isinstance(column, YesNo | WholeNumber | Number | Day) else None
    if isinstance(value, bool):
        sheet.page.write_boolean(1, at, value)
    elif isinstance(value, date):
        shape = "yyyy-mm-dd hh:mm" if isinstance(column, Moment) else "yyyy-mm-dd"
        moment = timezone.make_naive(value) if isinstance(value, datetime) else value
        sheet.page.write_datetime(1, at, moment, sheet.book.add_format({"num_format": shape}))
    elif value is not None:
        sheet.page.write_number(1, at, value)
    else:
        sheet.page.write_string(1, at, column.example)
