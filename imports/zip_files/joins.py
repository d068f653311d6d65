"""Columns that stand in another file of the same zip: looked up by its ids, which are kept outside memory."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from imports.codes import FileCode, Message, RowCode, WarningCode
from imports.presets.reading import Join
from imports.presets.tables import rows_are, word_of
from imports.readers.base import RawRow, Table
from imports.readers.headers import fold_header

CHUNK = 500
WHOLE_ROW = {RowCode.R_RAGGED.value, FileCode.E_QUOTE.value}


class Lookup:
    """Values by id in a private temporary database; None where the row of the id is left out itself."""

    def __init__(self, rows: Iterable[tuple[str, str | None]]) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("CREATE TABLE found (id TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO found VALUES (?, ?)", rows)
        self._database.execute("COMMIT")

    def find(self, ids: Collection[str]) -> dict[str, str | None]:
        marks = ", ".join("?" * len(ids))
        asked = f"SELECT id, value FROM found WHERE id IN ({marks})"  # noqa: S608 - only question marks
        return dict(self._database.execute(asked, list(ids)))

    def close(self) -> None:
        self._database.close()


class JoinedTable:
    """A table with the columns of its joins: those it has are filled where they are blank, the others are added."""

    def __init__(self, table: Table, joins: Sequence[Join], lookup_for: Callable[[Join], Lookup | None]) -> None:
        self._table = table
        self._lookup_for = lookup_for
        here = {fold_header(header) for header in table.shape.headers}
        added = [join.column for join in joins if fold_header(join.column) not in here]
        headers = (*table.shape.headers, *dict.fromkeys(added))
        places = {fold_header(header): at for at, header in enumerate(headers)}
        self._width = len(table.shape.headers)
        self._added = len(headers) - self._width
        self._joins = [
            (join, places[fold_header(join.header)], places[fold_header(join.column)])
            for join in joins
            if fold_header(join.header) in places
        ]
        self.shape = replace(table.shape, headers=headers)
        self.warnings = table.warnings
        self.row_count = table.row_count
        self._left: Counter[Join] = Counter()

    def rows(self) -> Iterator[RawRow]:
        left: Counter[Join] = Counter()
        rows = self._table.rows()
        while chunk := list(islice(rows, CHUNK)):
            for row in chunk:
                row.cells += [""] * self._added
            whole = [row for row in chunk if not any(message.code in WHOLE_ROW for message in row.messages)]
            unwanted: set[int] = set()
            for join, key, target in self._joins:
                gone = self._fill(join, key, target, whole)
                left[join] += len(gone - unwanted)
                unwanted |= gone
            yield from (row for row in chunk if row.number not in unwanted)
        self._left = left

    def left_out(self) -> list[Message]:
        """How many rows name something that their own file leaves out."""
        return [
            Message(
                WarningCode.W_RULE,
                f"{rows_are(number)} left out because {join.file} leaves out what they name.",
                column=join.header,
            )
            for join, number in self._left.items()
            if number
        ]

    def _fill(self, join: Join, key: int, target: int, rows: Sequence[RawRow]) -> set[int]:
        """Fills the cells, and answers with the lines of rows that name something left out."""
        ids = {row.number: word_of(row.cells[key]) for row in rows}
        lookup = self._lookup_for(join)
        found = lookup.find({word for word in ids.values() if word}) if lookup is not None else {}
        gone: set[int] = set()
        for row in rows:
            word = ids[row.number]
            if word in found and found[word] is None:
                gone.add(row.number)
            elif word_of(row.cells[target]) or not word:
                continue
            elif found.get(word):
                row.cells[target] = found[word]
            elif join.must and lookup is not None:
                text = f"“{word[:60]}” stands in no row of {join.file}, or without {join.gives}."
                row.messages.append(Message(RowCode.R_FK_MISSING, text, row.number, self.shape.headers[target], word))
        return gone
