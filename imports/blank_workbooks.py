"""Workbooks to start from: the columns of a kind, what each of them means, one sample row, and drop-downs."""

from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from imports.exporter.sheets import Sheet
from imports.types.base import ImportKind
from imports.types.columns import Column, Day, Moment, Number, WholeNumber, YesNo


def write_template(kind: ImportKind, to: Path | IO[bytes]) -> None:
    """A workbook that can be filled in and uploaded; its sample row is the example of each column."""
    sheet = Sheet(to, kind.heading, kind.columns, notes=True)
    for at, column in enumerate(kind.columns):
        if column.example:
            _write_example(sheet, at, column)
    sheet.close()


def template_name(kind: ImportKind) -> str:
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
