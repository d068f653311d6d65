"""Sheets in which children stand under their parent: a blank parent cell means the one above."""

from collections.abc import Iterator, Sequence

from imports.parts import Part
from imports.readers.base import CellValue, RawRow, Shape, Table, is_blank


class FilledDown:
    """A table whose blank parent cells hold what stands above them, where the row names something of its own."""

    def __init__(self, table: Table, parents: Sequence[int], own: Sequence[int]) -> None:
        self._table = table
        self._parents = parents
        self._own = own
        self.shape: Shape = table.shape
        self.warnings = table.warnings
        self.row_count = table.row_count

    def rows(self) -> Iterator[RawRow]:
        above: list[CellValue] = [None] * len(self._parents)
        for row in self._table.rows():
            if not is_blank([row.cells[at] for at in self._own]):
                self._fill(row, above)
                above = [row.cells[at] for at in self._parents]
            yield row

    def _fill(self, row: RawRow, above: Sequence[CellValue]) -> None:
        """From the outside in: under another course, nothing is taken from the module above."""
        for at, value in zip(self._parents, above, strict=True):
            if is_blank([row.cells[at]]):
                row.cells[at] = value
            elif row.cells[at] != value:
                return


def filled_down(part: Part, table: Table) -> Table:
    """The table as it is where no column of the part names a parent."""
    place = {column: table.shape.headers.index(header) for header, column in part.mapping.items() if column}
    kind = part.kind
    parents = [place[name] for name in kind.parent_columns if name in place]
    own = [place[name] for name in {kind.key_columns[-1], kind.label_column} - {*kind.parent_columns} if name in place]
    return FilledDown(table, parents, own) if parents and own else table
