"""Cells of their own type on a sheet of a workbook, texts as texts, in memory that does not grow with the rows."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django.utils import timezone

from apps.records.rules import RuleBroken
from apps.records.writing.csv_file import column_writer
from apps.records.writing.heads import Cells, Head, Shape

FORMAT = "xlsx"
LAST_ROW = 1_048_576
LONGEST_CELL = 32_767
DAY_ZERO, DAY_SECONDS = date(1899, 12, 30).toordinal(), 86_400
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
        for head, cells, is_text in zip(heads, shown, texts, strict=True):
            if is_text:
                refuse_long(head, cells, row + 1)
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


def refuse_long(head: Head, texts: Cells, first_row: int) -> None:
    if max(map(len, texts), default=0) > LONGEST_CELL:
        row, text = next(pair for pair in enumerate(texts, start=first_row) if len(pair[1]) > LONGEST_CELL)
        raise RuleBroken(
            f"{head.label} has {len(text):,} characters in row {row:,}, and a cell of a workbook holds at most "
            f"{LONGEST_CELL:,}. Export CSV, or leave this column out."
        )


def cell_writer(book: Any, page: Any, head: Head, **look: Any) -> Put:
    """The function that writes one cell of this column; `look` is added to its format."""
    plain = book.add_format(look) if look else None
    if head.shape is Shape.YES_NO:
        return page.write_boolean  # type: ignore[no-any-return]
    if head.shape is Shape.NUMBER:
        shape = "0." + "0" * head.decimals if head.decimals else "0"
        decimals = book.add_format({"num_format": shape, **look})
        return lambda row, at, value: page.write_number(row, at, head.number(value), decimals)
    if head.shape in (Shape.DAY, Shape.MOMENT):
        return _moment_writer(book, page, head)
    write: Put = page.write_number if head.shape is Shape.WHOLE else page.write_string
    return (lambda row, at, value: write(row, at, value, plain)) if plain else write  # type: ignore[call-arg]


def _moment_writer(book: Any, page: Any, head: Head) -> Put:
    shape = head.pattern or ("yyyy-mm-dd hh:mm:ss" if head.shape is Shape.MOMENT else "yyyy-mm-dd")
    shown_as, zone = book.add_format({"num_format": shape}), timezone.get_current_timezone()

    def write(row: int, at: int, value: date) -> None:
        if (number := _spreadsheet_number(value, zone)) is None:
            page.write_string(row, at, head.show(value))
        else:
            page.write_number(row, at, number, shown_as)

    return write


def _spreadsheet_number(value: date, zone: tzinfo) -> float | None:
    """The days since the beginning of the calendar of spreadsheets, in local time; None where they are not exact."""
    if value.year < FIRST_YEAR:
        return None
    if not isinstance(value, datetime):
        return value.toordinal() - DAY_ZERO
    local = value.astimezone(zone)
    if local.microsecond or local.fold:
        return None
    return local.toordinal() - DAY_ZERO + (local.hour * 3600 + local.minute * 60 + local.second) / DAY_SECONDS
