"""What an export holds: the rows within the person's scope, and the columns the person may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

from apps.records.policy import path_is_masked, policy_for, scope
from apps.records.rules import RuleBroken
from apps.records.writing import Cells
from imports.exporter.filters import filtered
from imports.types.archive_column import Archive
from imports.types.base import ImportKind
from imports.types.columns import Column, Reference

BATCH = 2_000


@dataclass(slots=True)
class Dataset:
    """Rows and columns of one kind, read as a stream; nothing is asked of the database before the first batch.

    `row_count` is the number of rows read so far.
    """

    kind: ImportKind
    columns: tuple[Column, ...]
    rows: QuerySet[Any]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    row_count: int = 0

    def batches(self) -> Iterator[list[Cells]]:
        """The values column by column, batch by batch: one sequence for each column."""
        annotations = self.kind.annotations()
        read = [column for column in self.columns if not is_beside(self.kind, column)]
        beside = [column for column in self.columns if is_beside(self.kind, column)]
        paths = [column.path for column in read]
        wanted = {path: annotations[path] for path in paths if path in annotations}
        order = [*(self.kind.model._meta.ordering or ()), "pk"]
        rows = self.rows.annotate(**wanted).order_by(*order).values_list(*paths, "pk").iterator(chunk_size=BATCH)
        batch: list[Cells] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                yield self._by_column(batch, read, beside)
                batch = []
        if batch:
            yield self._by_column(batch, read, beside)

    def _by_column(self, batch: list[Cells], read: list[Column], beside: list[Column]) -> list[Cells]:
        self.row_count += len(batch)
        *values, ids = zip(*batch, strict=True)
        found = dict(zip((column.name for column in read), values, strict=True))
        if beside:
            said = self.kind.beside(ids, frozenset(column.name for column in beside))
            for column in beside:
                found[column.name] = tuple(said.get(pk, {}).get(column.path) for pk in ids)
        return [found[column.name] for column in self.columns]


def dataset_of(
    kind: ImportKind,
    *,
    by: Any,
    columns: Sequence[str] | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
    among: QuerySet[Any] | None = None,
) -> Dataset:
    """What this person may export of this kind; `among` narrows it to the rows of a list.

    Raises `RuleBroken` when the person may export nothing of it, or for a column or a filter that does not exist.
    """
    if not policy_for(kind.model).may_ever(by, "export"):
        raise RuleBroken(f"You may not export {kind.heading.lower()}.")
    visible = visible_columns(kind, by)
    chosen = _chosen(kind, visible, columns)
    rows = filtered(kind, scope(by, "export", kind.model), filters or {}, visible)
    if among is not None:
        rows = rows.filter(pk__in=among.order_by().values("pk"))
    return Dataset(kind, chosen, rows, {name: list(values) for name, values in (filters or {}).items()})


def visible_columns(kind: ImportKind, user: Any) -> tuple[Column, ...]:
    """The columns without those that only come in, and those that are masked for this person: to them they do not
    exist."""
    going_out = (column for column in kind.columns if not isinstance(column, Archive))
    return tuple(column for column in going_out if not _is_masked(kind, column, user))


def is_beside(kind: ImportKind, column: Column) -> bool:
    """Whether the kind itself has to look up what the column holds."""
    return column.path not in kind.annotations() and _field_of(kind.model, column.path.split("__")[0]) is None


def _is_masked(kind: ImportKind, column: Column, user: Any) -> bool:
    if isinstance(column, Reference) and column.virtual:
        return path_is_masked(user, column.model, column.own_part)
    return path_is_masked(user, kind.model, column.path)


def _field_of(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _chosen(kind: ImportKind, visible: tuple[Column, ...], names: Sequence[str] | None) -> tuple[Column, ...]:
    if not names:
        return visible
    known = {column.name: column for column in visible}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RuleBroken(f"There is no column {', '.join(unknown)} in {kind.key}. Choose from {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names))
