"""Files as tables: one door for CSV and workbooks, behind the guard."""

from collections.abc import Collection
from pathlib import Path

from imports.guard import refuse_dangerous
from imports.readers.base import CellValue, RawRow, Shape, Table
from imports.readers.csv_table import CsvTable
from imports.readers.encodings import ENCODINGS, encoding_previews
from imports.readers.headers import code_points, confusable_with, fold_header
from imports.readers.xlsx_table import Book, XlsxTable, sheet_names, unread_sheets

__all__ = [
    "ENCODINGS",
    "Book",
    "CellValue",
    "CsvTable",
    "RawRow",
    "Shape",
    "Table",
    "XlsxTable",
    "code_points",
    "confusable_with",
    "encoding_previews",
    "fold_header",
    "open_table",
    "sheet_names",
    "unread_sheets",
]


def open_table(
    path: Path,
    *,
    filename: str,
    known_headers: Collection[str] = (),
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    ignore_headers: Collection[str] = (),
) -> Table:
    """The checked table; raises `FileRefused` before any row is read for every reason that concerns the file.

    `known_headers` (names, aliases and mapped headers) help to find the sheet and the delimiter; `ignore_headers`
    are columns the person chose not to import, whose faults do not count.
    """
    if refuse_dangerous(path, filename=filename) == "xlsx":
        return XlsxTable(Book(path), known_headers=known_headers, sheet=sheet, ignore_headers=ignore_headers)
    return CsvTable(
        path, known_headers=known_headers, encoding=encoding, delimiter=delimiter, ignore_headers=ignore_headers
    )
