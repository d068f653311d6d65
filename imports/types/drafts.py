"""What the planner knows of one row, and of the chunk of rows it works on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from imports.codes import Message, RowCode, WarningCode
from imports.types.columns import Column


class _Clear:
    def __repr__(self) -> str:
        return "(clear)"


CLEAR = _Clear()


@dataclass(slots=True)
class Draft:
    """One row on its way into the plan."""

    number: int
    cells: list[str]
    given: dict[str, Any] = field(default_factory=dict)
    """What the row says, by column: a value, `CLEAR`, or the typed key of a reference."""
    ids: dict[str, int | None] = field(default_factory=dict)
    """What its references lead to, by column; None where the record is made by an earlier row of the file, and a
    provisional id, below zero, where it is made by an earlier table of it."""
    faults: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    """The columns whose cell could not be read."""
    key: tuple[str, ...] = ()
    digest: bytes = b""
    outcome: str = ""
    pk: int | None = None
    version: int | None = None
    current: dict[str, Any] = field(default_factory=dict)
    """The record as it is now, by column, and what the kind asked for beside."""
    values: dict[str, Any] = field(default_factory=dict)
    """What the runner writes, by model field."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What the kind's own step after writing needs."""
    changes: dict[str, list[str]] = field(default_factory=dict)
    is_below_own: bool = False
    """Whether it lies below a new record that will be the importing person's own."""

    @property
    def is_new(self) -> bool:
        return self.pk is None

    def has_field(self, name: str) -> bool:
        return name in self.values or name in self.current

    def field(self, name: str) -> Any:
        """What the record will hold in this model field, whether the row says so or not."""
        return self.values[name] if name in self.values else self.current.get(name)

    def fault(self, code: RowCode, text: str, column: Column | None = None, value: Any = "") -> None:
        self.faults.append(Message(code, text, self.number, column.name if column else "", _shown(column, value)))

    def warn(self, code: WarningCode, text: str, column: Column | None = None, value: Any = "") -> None:
        self.warnings.append(Message(code, text, self.number, column.name if column else "", _shown(column, value)))


def _shown(column: Column | None, value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or value is CLEAR:
        return ""
    return str(value) if column is None else column.show(value)


@dataclass(slots=True)
class Chunk:
    """About a thousand rows planned together, by whom, and what earlier chunks left behind for later ones."""

    drafts: Sequence[Draft]
    user: Any
    mode: str
    columns: frozenset[str]
    """The columns that are there in this file, mapped or constant."""
    memory: dict[str, Any]
    pending: Any = None
    """What earlier tables of a composite file will make: `planner.pending.Pending`."""

    @property
    def sound(self) -> list[Draft]:
        """The rows something is done with: neither faulty nor repeated."""
        return [draft for draft in self.drafts if not draft.faults and not draft.outcome]


@dataclass(slots=True)
class Written:
    """One row that was just written: what the kind's own step after writing is told."""

    pk: int
    created: bool
    values: dict[str, Any]
    extra: dict[str, Any]
