"""Somebody else's table as their preset reads it: without the rows it leaves out, which are told."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from imports.codes import Message, WarningCode
from imports.presets.reading import LeftOut, Preset
from imports.readers.base import CellValue, RawRow, Table
from imports.readers.headers import fold_header


@runtime_checkable
class LeavesOut(Protocol):
    """A table that says, once it has been read, which rows it left out."""

    def left_out(self) -> list[Message]: ...


class Rules:
    """Which rows of a table with these headers a preset leaves out."""

    def __init__(self, preset: Preset, headers: Sequence[str]) -> None:
        places = {fold_header(header): at for at, header in enumerate(headers)}
        self.beside: dict[LeftOut, list[int]] = {}
        self._rules: list[tuple[int, LeftOut]] = []
        for rule in preset.left_out:
            beside = [places.get(fold_header(header), -1) for header in rule.only_beside]
            if (at := places.get(fold_header(rule.header))) is not None and -1 not in beside:
                self._rules.append((at, rule))
                if beside:
                    self.beside[rule] = beside

    def for_row(self, row: RawRow) -> tuple[int, LeftOut] | None:
        """The place of the cell that tells, and the rule."""
        for at, rule in self._rules:
            if rule.matches.fullmatch(word_of(row.cells[at])):
                return at, rule
        return None


class PresetTable:
    """The rows the preset wants; how many it left out is known once all of them have been read."""

    def __init__(self, table: Table, preset: Preset, *, is_alone: bool) -> None:
        self._table = table
        self._is_alone = is_alone
        self.shape = table.shape
        self.warnings = table.warnings
        self.row_count = table.row_count
        self._rules = Rules(preset, table.shape.headers)
        self._left: Counter[LeftOut] = Counter()
        self._first: dict[LeftOut, Message] = {}

    def rows(self) -> Iterator[RawRow]:
        left: Counter[LeftOut] = Counter()
        beside = self._beside() if self._rules.beside else None
        for row in self._table.rows():
            found = self._rules.for_row(row)
            if found is None or (beside is not None and not self._is_beside(row, found[1], beside)):
                yield row
                continue
            at, rule = found
            left[rule] += 1
            if rule not in self._first:
                header, word = self.shape.headers[at], word_of(row.cells[at])
                self._first[rule] = Message(WarningCode.W_RULE, rule.because, row.number, header, word)
        self._left = left

    def left_out(self) -> list[Message]:
        """What is said about the rows that were not wanted."""
        before = self._table.left_out() if isinstance(self._table, LeavesOut) else []
        told = [(rule, number) for rule, number in self._left.items() if self._is_alone or not rule.alone]
        return [*before, *(self._told(self._first[rule], number) for rule, number in told)]

    def _told(self, first: Message, number: int) -> Message:
        text = f"{rows_are(number)} left out because {first.text}; the first says “{first.value[:40]}”."
        return Message(first.code, text, first.line, first.column, first.value)

    def _beside(self) -> sqlite3.Connection:
        """What the rows say that no rule matches, kept outside memory."""
        database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        database.execute("CREATE TABLE said (key TEXT PRIMARY KEY) WITHOUT ROWID")
        database.execute("BEGIN")
        places = list(self._rules.beside.values())
        wanted = (row for row in self._table.rows() if self._rules.for_row(row) is None)
        keys = ((_key(row, at),) for row in wanted for at in places)
        database.executemany("INSERT OR IGNORE INTO said VALUES (?)", keys)
        database.execute("COMMIT")
        return database

    def _is_beside(self, row: RawRow, rule: LeftOut, beside: sqlite3.Connection) -> bool:
        """Whether the rule holds for this row: always, or because another row says the same."""
        places = self._rules.beside.get(rule)
        if places is None:
            return True
        return beside.execute("SELECT 1 FROM said WHERE key = ?", [_key(row, places)]).fetchone() is not None


def rows_are(number: int) -> str:
    return "1 row is" if number == 1 else f"{number:,} rows are"


def word_of(cell: CellValue) -> str:
    return "" if cell is None else str(cell).strip()


def _key(row: RawRow, places: Sequence[int]) -> str:
    return "\x1f".join([str(places), *(word_of(row.cells[at]) for at in places)])
