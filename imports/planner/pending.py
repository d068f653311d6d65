"""The records that earlier tables of the same file will make, kept outside memory, for the rows that refer to them."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import TracebackType
from typing import Any, Self

from django.db.models import Model

from apps.records.keys import fold_key
from imports.models import ImportRow
from imports.parts import Part
from imports.provisional import provisional_id
from imports.types.base import Draft

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A new record of the plan; `pk` is its provisional id, or None where its row cannot be imported.

    `facts` are what its kind promised of it (see `ImportKind.promises`).
    """

    pk: int | None
    part: int
    line: int
    facts: dict[str, Any] = field(default_factory=dict)


class Pending:
    """A private temporary database: memory stays flat for any number of new records."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute(
            "CREATE TABLE made (mark INTEGER PRIMARY KEY, id INTEGER, part INTEGER, line INTEGER, facts TEXT)"
        )
        self._database.execute("CREATE TABLE last (place INTEGER PRIMARY KEY, sort INTEGER, id INTEGER, code TEXT)")
        self._database.execute("CREATE TEMP TABLE asked (mark INTEGER)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def remember(self, part: Part, drafts: Iterable[Draft], user: Any) -> None:
        """What the rows of a chunk make or would make, once it is known what they do."""
        model, kind = part.kind.model, part.kind
        rows: list[tuple[Any, ...]] = []
        for draft in drafts:
            if draft.pk or not any(draft.key) or draft.outcome == ImportRow.Outcome.REPEATED:
                continue
            is_made = draft.outcome == ImportRow.Outcome.CREATE
            facts = kind.promises(user, draft) if is_made else {}
            if draft.is_below_own:
                facts = {**facts, "own": True}
            pk = provisional_id(part.index, draft.number) if is_made else None
            said = json.dumps(facts) if facts else ""
            rows.append((_mark(model, _full_key(part, draft)), pk, part.index, draft.number, said))
        self._write("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?, ?)", rows)
        self._remember_places(part, drafts)

    def forget(self, part: int, lines: Collection[int]) -> None:
        """Rows that were good and are not any more, because a later one contradicts them."""
        self._write("UPDATE made SET id = NULL WHERE part = ? AND line = ?", [(part, line) for line in lines])

    def find(self, model: type[Model], keys: Collection[Key]) -> dict[Key, Made]:
        marks = {_mark(model, key): key for key in keys}
        self._database.execute("DELETE FROM asked")
        self._write("INSERT INTO asked VALUES (?)", [(mark,) for mark in marks])
        rows = self._database.execute("SELECT mark, id, part, line, facts FROM made JOIN asked USING (mark)")
        return {
            marks[mark]: Made(pk, part, line, json.loads(facts) if facts else {})
            for mark, pk, part, line, facts in rows
        }

    def facts_of(self, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """What was promised of these new records, where anything was."""
        found: dict[int, dict[str, Any]] = {}
        for pk in ids:
            for (facts,) in self._database.execute("SELECT facts FROM made WHERE id = ? AND facts != ''", [pk]):
                found[pk] = json.loads(facts)
        return found

    def last_in(self, parents: Collection[int]) -> dict[int, tuple[int, int, str]]:
        """Of the last new record in each of these parents: its place, its provisional id and its code."""
        found: dict[int, tuple[int, int, str]] = {}
        for parent in parents:
            for row in self._database.execute("SELECT sort, id, code FROM last WHERE place = ?", [parent]):
                found[parent] = row
        return found

    def _remember_places(self, part: Part, drafts: Iterable[Draft]) -> None:
        """Of kinds other rows fall into when they name none, the last one of each parent."""
        if not part.kind.is_fallen_into:
            return
        self._write(
            "INSERT INTO last VALUES (?, ?, ?, ?) ON CONFLICT (place) DO UPDATE SET "
            "sort = excluded.sort, id = excluded.id, code = excluded.code WHERE excluded.sort >= sort",
            list(_places(part, drafts)),
        )

    def _write(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._database.execute("BEGIN")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")


def _places(part: Part, drafts: Iterable[Draft]) -> Iterator[tuple[int, int, int, str]]:
    kind = part.kind
    parent, order = kind.column(kind.order_within), kind.column(kind.made_up_order)
    code = kind.column(kind.made_up_code).attname
    for draft in drafts:
        if draft.outcome == ImportRow.Outcome.CREATE:
            place = draft.values[parent.attname]
            yield place, draft.values[order.attname], provisional_id(part.index, draft.number), draft.values[code]


def _full_key(part: Part, draft: Draft) -> Key:
    """The key as later rows will write it; a code that was made up is a part of it."""
    kind = part.kind
    made = kind.column(kind.made_up_code).attname if kind.made_up_code else ""
    return tuple(
        fold_key(str(draft.values.get(made, ""))) if not text and name == kind.made_up_code else text
        for name, text in zip(kind.key_columns, draft.key, strict=True)
    )


def _mark(model: type[Model], key: Key) -> int:
    text = "\x1f".join((model._meta.label_lower, *key))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
