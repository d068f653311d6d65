"""Narrowing an export down by the values of its columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from apps.records.rules import RuleBroken
from imports.types.base import ImportKind
from imports.types.columns import CellFault, Column, Names, Reference, Text

ARCHIVED = "archived"
ARCHIVED_CHOICES = {"no": True, "yes": False, "all": None}


def filtered(
    kind: ImportKind,
    rows: QuerySet[Any],
    filters: Mapping[str, Sequence[str]],
    columns: Sequence[Column],
) -> QuerySet[Any]:
    """The rows whose columns hold one of the values given for each; archived ones only when they are asked for."""
    known = {column.name: column for column in columns}
    annotations = kind.annotations()
    for name, values in filters.items():
        if name == ARCHIVED:
            continue
        column = known.get(name)
        if column is None or isinstance(column, Names):
            allowed = [column.name for column in columns if not isinstance(column, Names)]
            raise RuleBroken(f"{kind.heading} cannot be filtered by {name}. Choose from {', '.join(allowed)}.")
        if column.path in annotations:
            rows = rows.annotate(**{column.path: annotations[column.path]})
        wanted = Q()
        for value in values:
            wanted |= _condition(column, value)
        rows = rows.filter(wanted)
    return _current(kind, _importable(kind, rows), filters.get(ARCHIVED, ()))


def _importable(kind: ImportKind, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without the rows that name somebody a file may not name, such as a person who has left."""
    for column in kind.identity:
        if isinstance(column, Reference) and column.only is not None:
            rows = rows.filter(
                **{f"{column.attribute}__in": column.model._base_manager.filter(column.only).values("pk")}
            )
    return rows


def _condition(column: Column, value: str) -> Q:
    if not value.strip():
        empty = Q((f"{column.path}__isnull", True))
        return empty | Q((column.path, "")) if isinstance(column, Text) else empty
    if isinstance(column, Reference):
        return Q((f"{column.path}__iexact", value.strip()))
    try:
        read = column.read(value)
    except CellFault as fault:
        raise RuleBroken(f"{value[:80]!r} cannot be a filter on {column.name}. {fault.text}") from None
    return Q((f"{column.path}__iexact" if isinstance(column, Text) else column.path, read))


def _current(kind: ImportKind, rows: QuerySet[Any], asked: Sequence[str]) -> QuerySet[Any]:
    """Leaves archived records out, and those that belong to an archived one: a file could not bring them back."""
    choice = asked[-1].strip().lower() if asked else "no"
    if choice not in ARCHIVED_CHOICES:
        raise RuleBroken(f"The filter {ARCHIVED} knows {', '.join(ARCHIVED_CHOICES)}, not {choice[:80]!r}.")
    only_current = ARCHIVED_CHOICES[choice]
    if only_current is None:
        return rows
    model = kind.model
    parents = [
        f"{column.attribute}__archived_at"
        for column in kind.identity
        if isinstance(column, Reference) and hasattr(column.model, "archived_at")
    ]
    paths = [*(["archived_at"] if hasattr(model, "archived_at") else []), *parents]
    if only_current:
        return rows.filter(**{f"{path}__isnull": True for path in paths})
    archived = Q()
    for path in paths:
        archived |= Q((f"{path}__isnull", False))
    return rows.filter(archived) if paths else rows.none()
