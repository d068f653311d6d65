"""A report as a file: CSV to go on with, a workbook to work in, PDF to hand round."""

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from typing import IO, Any

import xlsxwriter

from apps.records.rules import RuleBroken
from apps.records.writing import Shape, csv_chunks, write_cells
from apps.records.writing.workbook import LAST_ROW, OPTIONS, cell_writer
from apps.reports.making.paper import write_paper
from apps.reports.making.table import Table
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
    for at_row, (name, values) in enumerate(total_lines(table), start=row):
        for at, part in enumerate(table.parts):
            value = values.get(part.name)
            if value is not None:
                cell_writer(book, page, table_head(table, part.name), **look)(at_row, at, value)
            elif not at:
                page.write_string(at_row, at, name, label)
            else:
                page.write_blank(at_row, at, None, label)


MOST_TOTALS = 200


def total_lines(table: Table) -> list[tuple[str, Mapping[str, Any]]]:
    """The lines below the rows: one for each currency, and in a list of rows one for each kind of figure.

    In a list of rows a figure stands below its column, and has its kind in the name of the line.
    """
    if table.is_grouped:
        return list(table.totals())
    lines: list[tuple[str, Mapping[str, Any]]] = []
    for name, values in table.totals():
        for function in dict.fromkeys(figure.function for figure in table.figures):
            below = {
                figure.column.name: values[figure.name]
                for figure in table.figures
                if figure.function == function and figure.column
            }
            if function:
                lines.append((LINES[function] + name.removeprefix("Total"), below))
            else:
                lines.append((f"{values['rows']:,} rows{name.removeprefix('Total')}", {}))
    return lines


LINES = {"sum": "Total", "average": "Average", "least": "Least", "most": "Most"}


def table_head(table: Table, name: str) -> Any:
    return next(part.head for part in table.parts if part.name == name)


def write_pdf(table: Table, to: IO[bytes], *, title: str, by: Any) -> None:
    write_paper(table, to, facts=facts(table, title=title, by=by, row_count=None), title=title, lines=total_lines)


WRITERS: dict[str, Callable[..., None]] = {"csv": write_csv, "xlsx": write_book, "pdf": write_pdf}
