"""What the values page shows: each value of theirs that is none of ours, once, with the values it may become."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports.mapping import suggest_value
from imports.models import ImportJob, ImportMapping
from imports.types import KINDS
from imports.types.columns import Column, Reference

MOST_OPTIONS = 100
MOST_VALUES = 200

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TheirValue:
    """One value of theirs; `rows` is 0 for one that was mapped before and is no longer unknown."""

    value: str
    rows: int
    ours: str
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A column of ours with values of theirs to be mapped."""

    column: Column
    values: list[TheirValue]
    options: list[Option]
    has_more_options: bool
    left_off: int

    @property
    def field(self) -> str:
        return self.column.name


class ValuesPage:
    def __init__(self, job: ImportJob, user: Any) -> None:
        self.job = job
        self.user = user
        self.kind = KINDS[job.kind]

    @cached_property
    def columns(self) -> list[UnknownColumn]:
        ours = set(self.job.mapping.values()) | set(self.job.constants)
        return [
            self._column(column)
            for column in self.kind.columns
            if column.name in ours and (column.name in self.job.unknown_values or self._mapped(column))
        ]

    @cached_property
    def unknown_rows(self) -> int:
        return sum(value.rows for column in self.columns for value in column.values)

    @cached_property
    def remembered_as(self) -> str:
        """The name under which the columns of this file were remembered, so that the values go there as well."""
        job = self.job
        same = ImportMapping.objects.filter(
            owner=self.user, kind=job.kind, mapping=job.mapping, constants=job.constants
        )
        return same.values_list("name", flat=True).first() or ""

    def _mapped(self, column: Column) -> Mapping[str, str]:
        found: Mapping[str, str] = self.job.value_mapping.get(column.name, {})
        return found

    def _column(self, column: Column) -> UnknownColumn:
        unknown: Mapping[str, int] = self.job.unknown_values.get(column.name, {})
        mapped = self._mapped(column)
        options = options_for(column, self.user)
        by_rows = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        values = [
            self._value(column, theirs, rows, mapped.get(theirs, ""), options) for theirs, rows in by_rows[:MOST_VALUES]
        ]
        values += [TheirValue(theirs, 0, ours, False) for theirs, ours in mapped.items() if theirs not in unknown]  # noqa: FBT003
        return UnknownColumn(
            column, values, options[:MOST_OPTIONS], len(options) > MOST_OPTIONS, max(0, len(unknown) - MOST_VALUES)
        )

    def _value(self, column: Column, theirs: str, rows: int, ours: str, options: list[Option]) -> TheirValue:
        if ours:
            return TheirValue(theirs, rows, ours, is_suggested=False)
        suggested = suggest_value(column, theirs, allowed=options) or ""
        return TheirValue(theirs, rows, suggested, is_suggested=bool(suggested))


def options_for(column: Column, user: Any, *, containing: str = "") -> list[Option]:
    """The allowed values: the column's choices, or what it refers to within the person's scope, one more than shown."""
    if column.choices:
        return list(column.choices)
    if not isinstance(column, Reference) or len(column.by) > 1:
        return []
    key = column.by[0]
    if key not in {field.name for field in column.model._meta.get_fields()}:
        return []
    rows = scope(user, "view", column.model)
    if hasattr(column.model, "archived_at"):
        rows = rows.filter(archived_at=None)
    if column.only is not None:
        rows = rows.filter(column.only)
    if containing:
        rows = rows.filter(Q(**{f"{key}__icontains": containing}) | _named(column, containing))
    return [(str(getattr(row, key)), str(row)) for row in rows.order_by(key)[: MOST_OPTIONS + 1]]


def posted_values(page: ValuesPage, post: QueryDict) -> dict[str, dict[str, str]]:
    """The value mapping as posted; raises `RuleBroken` for a value that is not allowed."""
    mapping = {column: dict(values) for column, values in page.job.value_mapping.items()}
    for unknown in page.columns:
        theirs, ours = post.getlist(f"theirs-{unknown.field}"), post.getlist(f"ours-{unknown.field}")
        if len(theirs) != len(ours):
            raise RuleBroken("The page was not sent in full. Open it again and repeat your choices.")
        shown = {value.value for value in unknown.values}
        chosen = {their: our.strip() for their, our in zip(theirs, ours, strict=True) if their in shown}
        for value in {our for our in chosen.values() if our}:
            _refuse_unknown(unknown, value, page.user)
        kept = {their: our for their, our in mapping.get(unknown.field, {}).items() if their not in chosen}
        mapping[unknown.field] = kept | {their: our for their, our in chosen.items() if our}
    return {column: values for column, values in mapping.items() if values}


def _refuse_unknown(unknown: UnknownColumn, value: str, user: Any) -> None:
    allowed = {option for option, _ in unknown.options}
    if not unknown.options or value in allowed:
        return
    if unknown.has_more_options and value in {
        option for option, _ in options_for(unknown.column, user, containing=value)
    }:
        return
    raise RuleBroken(f"“{value[:80]}” is no value of {unknown.column.label}. Choose one from the list.")


def _named(column: Reference, containing: str) -> Q:
    names = {field.name for field in column.model._meta.get_fields()}
    found = Q()
    for name in ("title", "name", "first_name", "last_name"):
        if name in names:
            found |= Q(**{f"{name}__icontains": containing})
    return found
