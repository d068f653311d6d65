"""A dataset as a workbook: cells of their own type, texts as texts, in memory that does not grow with the rows."""

from pathlib import Path
from typing import IO

from apps.records.writing import workbook, write_cells
from imports.exporter.csv_file import heads_of
from imports.exporter.dataset import Dataset
from imports.exporter.sheets import Book

FORMAT = workbook.FORMAT


def write_workbook(dataset: Dataset, to: Path | IO[bytes]) -> None:
    """Raises `RuleBroken` for what a workbook cannot hold; nothing is cut off."""
    book = Book(to)
    write_sheet(book, dataset.kind.heading, dataset)
    book.close()


def write_sheet(book: Book, name: str, dataset: Dataset) -> None:
    """One dataset on a sheet of its own."""
    sheet = book.add(name, dataset.columns)
    write_cells(sheet.book, sheet.page, heads_of(dataset), dataset.batches())
