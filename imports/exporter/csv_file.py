"""A dataset as CSV: UTF-8, a comma between the cells, and nothing in it that a spreadsheet would execute."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from imports.exporter.dataset import Cells, Dataset
from imports.formulas import escape
from imports.types.columns import Column, Names, Text

FORMAT = "csv"


def csv_chunks(dataset: Dataset) -> Iterator[bytes]:
    """The file piece by piece; the header comes before the first row is asked for."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in dataset.columns])
    yield _taken(buffer)
    writers = [column_writer(column) for column in dataset.columns]
    for batch in dataset.batches():
        writer.writerows(zip(*(write(cells) for write, cells in zip(writers, batch, strict=True)), strict=True))
        yield _taken(buffer)


def column_writer(column: Column) -> Callable[[Cells], Sequence[str]]:
    """The function that turns the values of one column into the texts of its cells."""
    show = column.show
    if isinstance(column, Text | Names):
        return lambda values: [escape(show(value)) for value in values]
    if column.choices:
        return _repeated(show)
    return lambda values: [show(value) for value in values]


def _repeated(show: Callable[[Any], str]) -> Callable[[Cells], Sequence[str]]:
    """A few values that come again and again are shown once."""
    shown: dict[Any, str] = {}

    def write(values: Iterable[Any]) -> list[str]:
        for value in set(values) - shown.keys():
            shown[value] = show(value)
        return [shown[value] for value in values]

    return write


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content
