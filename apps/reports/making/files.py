"""A report as a file: CSV to go on with, a workbook to work in, PDF to hand round."""

from codecs import BOM_UTF8
from collections.abc import Callable
from typing import IO, Any

import xlsxwriter

from apps.records.rules import RuleBroken
from apps.records.writing import Shape, csv_chunks, write_cells
from apps.records.writing.workbook import LAST_ROW, OPTIONS, cell_writer
from apps.reports.making.paper import write_paper
from apps.reports.making.table import Table
from apps.reports.making.totals import MOST_TOTALS, total_lines
from apps.reports.making.words import facts

WIDTHS = {Shape.MOMENT: 20, Shape.DAY: 12, Shape.WHOLE: 12, Shape.NUMBER: 14, Shape.YES_NO: 10, Shape.WORD: 16}
TEXT_WIDTH = 28
ABOUT_WIDTHS = (22, 80)


def write_csv(table: Table, to: IO[bytes], *, title: str, by: Any) -> None:  # noqa: ARG001
    """Rows only, with the mark by which spreadsheets recognize UTF-8."""
    to.write(BOM_UTF8)
    for chunk in csv_chunks(table.heads, table.batches()):
        to.write(chunk)


def write_book(table: Table, to: IO[bytes], *, title: str, by: Any) -> None:
    """The rows with what they come to below them, and a sheet that says what they are."""
    with xlsxwriter.Workbook(to, OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        page = book.add_worksheet(table.source.title[:31])
        for at, head in enumerate(table.heads):
            page.set_column(at, at, max(WIDTHS.get(head.shape, TEXT_WIDTH), len(head.name) + 3))
            page.write_string(0, at, head.name, bold)
        page.freeze_panes(1, 0)
        last = write_cells(book, page, table.heads, table.batches())
        write_totals(book, page, table, last + 1)
        about = book.add_worksheet("About")
        for at, width in enumerate(ABOUT_WIDTHS):
            about.set_column(at, at, width)
        for row, (name, value) in enumerate(facts(table, title=title, by=by, row_count=table.row_count)):
            about.write_string(row, 0, name, book.add_format({"bold": True}))
            about.write_string(row, 1, value)


def write_totals(book: Any, page: Any, table: Table, row: int) -> None:
    look = {"bold": True, "top": 1}
    label = book.add_format(look)
    if row + MOST_TOTALS >= LAST_ROW:
        raise RuleBroken("A workbook holds at most 1,048,575 rows. Narrow the report down, or make CSV.")
    for at_row, (name, told) in enumerate(total_lines(table), start=row):
        for at, part in enumerate(table.parts):
            head, value = told.get(part.name, (part.head, None))
            if value is not None:
                cell_writer(book, page, head, **look)(at_row, at, value)
            elif not at:
                page.write_string(at_row, at, name, label)
            else:
                page.write_blank(at_row, at, None, label)


def write_pdf(table: Table, to: IO[bytes], *, title: str, by: Any) -> None:
    told = facts(table, title=title, by=by, row_count=None)
    write_paper(table, to, facts=told, title=title, lines=total_lines)


WRITERS: dict[str, Callable[..., None]] = {"csv": write_csv, "xlsx": write_book, "pdf": write_pdf}
