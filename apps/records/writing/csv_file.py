"""Rows as CSV: UTF-8, a comma between the cells, and nothing in it that a spreadsheet would execute."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from apps.records.writing.formulas import escape
from apps.records.writing.heads import Cells, Head, Shape

FORMAT = "csv"


def csv_chunks(heads: Sequence[Head], batches: Iterable[Sequence[Cells]]) -> Iterator[bytes]:
    """The file piece by piece; the header comes before the first row is asked for.

    A batch holds one sequence of values for each column.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([escape(head.name) for head in heads])
    yield _taken(buffer)
    writers = [column_writer(head) for head in heads]
    for batch in batches:
        writer.writerows(zip(*(write(cells) for write, cells in zip(writers, batch, strict=True)), strict=True))
        yield _taken(buffer)


def column_writer(head: Head) -> Callable[[Cells], Sequence[str]]:
    """The function that turns the values of one column into the texts of its cells."""
    show = head.show
    if head.shape is Shape.TEXT:
        return lambda values: [escape(show(value)) for value in values]
    if head.shape is Shape.WORD:
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
