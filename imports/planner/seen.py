"""The keys of the rows planned so far, kept outside memory, so that a key that stands twice is found."""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from types import TracebackType
from typing import Self

from imports.types.base import Draft

Before = dict[int, tuple[int, bytes]]


class SeenKeys:
    """A private temporary database: memory stays flat for any number of rows."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("CREATE TABLE seen (mark INTEGER PRIMARY KEY, line INTEGER, digest BLOB)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def judge(self, drafts: Sequence[Draft], *, made_up: int | None) -> tuple[list[Draft], dict[int, list[int]]]:
        """The repeated drafts, and for each line of an earlier row the lines that hold its key with other values.

        `made_up` is the place of a key part that may be blank: such rows are repeated when they are equal as a whole.
        """
        marks = [(draft, _mark(draft, made_up)) for draft in drafts if any(draft.key)]
        before = self._before([mark for _, mark in marks])
        repeated: list[Draft] = []
        clashes: dict[int, list[int]] = {}
        new: Before = {}
        for draft, mark in marks:
            first = before.get(mark) or new.get(mark)
            if first is None:
                new[mark] = (draft.number, draft.digest)
            elif first[1] == draft.digest:
                repeated.append(draft)
            else:
                clashes.setdefault(first[0], []).append(draft.number)
        self._remember(new)
        return repeated, clashes

    def _before(self, marks: list[int]) -> Before:
        self._database.execute("CREATE TEMP TABLE IF NOT EXISTS asked (mark INTEGER)")
        self._database.execute("DELETE FROM asked")
        self._database.executemany("INSERT INTO asked VALUES (?)", ((mark,) for mark in marks))
        found = self._database.execute("SELECT mark, line, digest FROM seen JOIN asked USING (mark)")
        return {mark: (line, digest) for mark, line, digest in found}

    def _remember(self, new: Before) -> None:
        self._database.execute("BEGIN")
        rows = ((mark, line, digest) for mark, (line, digest) in new.items())
        self._database.executemany("INSERT INTO seen VALUES (?, ?, ?)", rows)
        self._database.execute("COMMIT")


def _mark(draft: Draft, made_up: int | None) -> int:
    text = "\x1f".join(draft.key).encode()
    if made_up is not None and not draft.key[made_up]:
        text += b"\x1e" + draft.digest
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)
