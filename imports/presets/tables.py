"""Somebody else's table as their preset reads it: without the rows it leaves out, which are told."""

from collections import Counter
from collections.abc import Iterator

from imports.codes import Message, WarningCode
from imports.presets.reading import LeftOut, Preset
from imports.readers.base import CellValue, RawRow, Table
from imports.readers.headers import fold_header


class PresetTable:
    """The rows the preset wants; how many it left out is known once all of them have been read."""

    def __init__(self, table: Table, preset: Preset) -> None:
        self._table = table
        self.shape = table.shape
        self.warnings = table.warnings
        self.row_count = table.row_count
        places = {fold_header(header): at for at, header in enumerate(table.shape.headers)}
        self._rules = [
            (at, rule) for rule in preset.left_out if (at := places.get(fold_header(rule.header))) is not None
        ]
        self._left: Counter[LeftOut] = Counter()
        self._first: dict[LeftOut, RawRow] = {}

    def rows(self) -> Iterator[RawRow]:
        left: Counter[LeftOut] = Counter()
        for row in self._table.rows():
            if (rule := self._rule_for(row)) is None:
                yield row
                continue
            left[rule] += 1
            self._first.setdefault(rule, row)
        self._left = left

    def left_out(self) -> list[Message]:
        """What is said about the rows that were not wanted."""
        return [self._told(rule, number) for rule, number in self._left.items()]

    def _rule_for(self, row: RawRow) -> LeftOut | None:
        for at, rule in self._rules:
            if rule.matches.fullmatch(_word(row.cells[at])):
                return rule
        return None

    def _told(self, rule: LeftOut, number: int) -> Message:
        rows = "1 row is" if number == 1 else f"{number:,} rows are"
        first = self._first[rule]
        at = next(at for at, one in self._rules if one is rule)
        word = _word(first.cells[at])
        text = f"{rows} left out because {rule.because}; the first says “{word[:40]}”."
        return Message(WarningCode.W_RULE, text, first.number, self.shape.headers[at], word)


def _word(cell: CellValue) -> str:
    return "" if cell is None else str(cell).strip()
