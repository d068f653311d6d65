"""Cells of their own type on a sheet of a workbook, texts as texts, in memory that does not grow with the rows."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from apps.records.rules import RuleBroken
from apps.records.writing.csv_file import column_writer
from apps.records.writing.heads import Cells, Head, Shape

FORMAT = "xlsx"
LAST_ROW = 1_048_576
LONGEST_CELL = 32_767
FIRST_YEAR = 1901  # before it, spreadsheets disagree about the calendar
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
TYPED = frozenset({Shape.YES_NO, Shape.WHOLE, Shape.NUMBER, Shape.DAY, Shape.MOMENT})
Put = Callable[[int, int, Any], object]


def write_cells(
    book: Any, page: Any, heads: Sequence[Head], batches: Iterable[Sequence[Cells]], *, row: int = 0
) -> int:
    """Writes the rows below the header, which stands in `row`, and gives back the last row written.

    Raises `RuleBroken` for what a workbook cannot hold; nothing is cut off.
    """
    row = 0
    writers = [cell_writer(book, page, head) for head in heads]
    texts = [None if head.shape in TYPED else column_writer(head) for head in heads]
    for batch in batches:
        shown: list[Cells] = [show(cells) if show else cells for show, cells in zip(texts, batch, strict=True)]
        for values in zip(*shown, strict=True):
            row += 1
            if row >= LAST_ROW:
                raise RuleBroken("A workbook holds at most 1,048,575 rows. Narrow the export down, or export CSV.")
            for at, value in enumerate(values):
                if value is not None and value != "":
                    writers[at](row, at, value)
    if row:
        page.autofilter(0, 0, row, len(heads) - 1)
    return row


def cell_writer(book: Any, page: Any, head: Head, **look: Any) -> Put:
    """The function that writes one cell of this column; `look` is added to its format."""
    plain = book.add_format(look) if look else None
    if head.shape is Shape.YES_NO:
        return page.write_boolean  # type: ignore[no-any-return]
    if head.shape is Shape.WHOLE:
        return lambda row, at, value: page.write_number(row, at, value, plain)
    if head.shape is Shape.NUMBER:
        shape = "0." + "0" * head.decimals if head.decimals else "0"
        decimals = book.add_format({"num_format": shape, **look})
        return lambda row, at, value: page.write_number(row, at, head.number(value), decimals)
    if head.shape in (Shape.DAY, Shape.MOMENT):
        return _moment_writer(book, page, head)

    def write_text(row: int, at: int, value: str) -> None:
        if len(value) > LONGEST_CELL:
            raise RuleBroken(
                f"{head.label} has {len(value):,} characters in row {row:,}, and a cell of a workbook holds at most "
                f"{LONGEST_CELL:,}. Export CSV, or leave this column out."
            )
        page.write_string(row, at, value, plain)

    return write_text


def _moment_writer(book: Any, page: Any, head: Head) -> Put:
    shape = head.pattern or ("yyyy-mm-dd hh:mm:ss" if head.shape is Shape.MOMENT else "yyyy-mm-dd")
    shown_as = book.add_format({"num_format": shape})

    def write(row: int, at: int, value: date) -> None:
        if (cell := _spreadsheet_date(value)) is None:
            page.write_string(row, at, head.show(value))
        else:
            page.write_datetime(row, at, cell, shown_as)

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
