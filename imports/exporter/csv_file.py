"""A dataset as CSV, and what the writers of files need to know of the columns of a kind."""

from collections.abc import Iterator

from apps.records.writing import Head, Shape, csv_file
from imports.exporter.dataset import Dataset
from imports.types.columns import Column, Day, Moment, Names, Number, Text, WholeNumber, YesNo

FORMAT = csv_file.FORMAT
SHAPES: tuple[tuple[type[Column], Shape], ...] = (
    (Text, Shape.TEXT),
    (Names, Shape.TEXT),
    (YesNo, Shape.YES_NO),
    (WholeNumber, Shape.WHOLE),
    (Number, Shape.NUMBER),
    (Moment, Shape.MOMENT),
    (Day, Shape.DAY),
)


def csv_chunks(dataset: Dataset) -> Iterator[bytes]:
    """The file piece by piece; the header comes before the first row is asked for."""
    return csv_file.csv_chunks(heads_of(dataset), dataset.batches())


def heads_of(dataset: Dataset) -> list[Head]:
    return [
        Head(column.name, column.label, shape_of(column), column.show, column.decimals, number=column.number)
        if isinstance(column, Number)
        else Head(column.name, column.label, shape_of(column), column.show)
        for column in dataset.columns
    ]


def shape_of(column: Column) -> Shape:
    found = next((shape for kind, shape in SHAPES if isinstance(column, kind)), Shape.PLAIN)
    return Shape.WORD if found is Shape.PLAIN and column.choices else found
