"""A dataset as a workbook: cells of their own type, texts as texts, in memory that does not grow with the rows."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from apps.records.rules import RuleBroken
from imports.exporter.csv_file import column_writer
from imports.exporter.dataset import Cells, Dataset
from imports.exporter.sheets import LAST_ROW, LONGEST_CELL, Book, Sheet
from imports.types.columns import Column, Day, Moment, Number, WholeNumber, YesNo

FORMAT = "xlsx"
FIRST_YEAR = 1901  # before it, spreadsheets disagree about the calendar
Put = Callable[[int, int, Any], object]


def write_workbook(dataset: Dataset, to: Path | IO[bytes]) -> None:
    """Raises `RuleBroken` for what a workbook cannot hold; nothing is cut off."""
    book = Book(to)
    write_sheet(book, dataset.kind.heading, dataset)
    book.close()


def write_sheet(book: Book, name: str, dataset: Dataset) -> None:
    """One dataset on a sheet of its own."""
    sheet = book.add(name, dataset.columns)
    writers = [_cell_writer(sheet, column) for column in dataset.columns]
    texts = [None if isinstance(column, TYPED) else column_writer(column) for column in dataset.columns]
    row = 0
    for batch in dataset.batches():
        shown: list[Cells] = [show(cells) if show else cells for show, cells in zip(texts, batch, strict=True)]
        for values in zip(*shown, strict=True):
            row += 1
            if row >= LAST_ROW:
                raise RuleBroken("A workbook holds at most 1,048,575 rows. Narrow the export down, or export CSV.")
            for at, value in enumerate(values):
                if value is not None and value != "":
                    writers[at](row, at, value)
    if row:
        sheet.page.autofilter(0, 0, row, len(dataset.columns) - 1)


def _cell_writer(sheet: Sheet, column: Column) -> Put:
    page = sheet.page
    if isinstance(column, YesNo | WholeNumber):
        return page.write_boolean if isinstance(column, YesNo) else page.write_number  # type: ignore[no-any-return]
    if isinstance(column, Number):
        decimals = sheet.book.add_format({"num_format": "0." + "0" * column.decimals if column.decimals else "0"})
        return lambda row, at, value: page.write_number(row, at, column.number(value), decimals)
    if isinstance(column, Day):
        return _moment_writer(sheet, column)

    def write_text(row: int, at: int, value: str) -> None:
        if len(value) > LONGEST_CELL:
            raise RuleBroken(
                f"{column.label} has {len(value):,} characters in row {row:,}, and a cell of a workbook holds at most "
                f"{LONGEST_CELL:,}. Export CSV, or leave this column out."
            )
        page.write_string(row, at, value)

    return write_text


def _moment_writer(sheet: Sheet, column: Column) -> Put:
    shape = "yyyy-mm-dd hh:mm:ss" if isinstance(column, Moment) else "yyyy-mm-dd"
    shown_as = sheet.book.add_format({"num_format": shape})

    def write(row: int, at: int, value: date) -> None:
        if (cell := _spreadsheet_date(value)) is None:
            sheet.page.write_string(row, at, column.show(value))
        else:
            sheet.page.write_datetime(row, at, cell, shown_as)

    return write


def _spreadsheet_date(value: date) -> date | None:
    """The value without its time zone, or None where a date cell could not hold it exactly."""
    if value.year < FIRST_YEAR:
        return None
    if not isinstance(value, datetime):
        return value
    local = timezone.make_naive(value)
    is_exact = not local.microsecond and timezone.make_aware(local) == value
    return local if is_exact else None


TYPED = (YesNo, WholeNumber, Number, Day)
