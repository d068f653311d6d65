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
from imports.parts import Part, parts_of
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
    """A column of ours with values of theirs to be mapped; `field` names it, and its table where there are several."""

    column: Column
    part: Part
    field: str
    values: list[TheirValue]
    options: list[Option]
    has_more_options: bool
    left_off: int


class ValuesPage:
    def __init__(self, job: ImportJob, user: Any) -> None:
        self.job = job
        self.user = user
        self.parts = parts_of(job)

    @cached_property
    def columns(self) -> list[UnknownColumn]:
        return [
            self._column(part, column)
            for part in self.parts
            for column in part.kind.columns
            if column.name in {*part.mapping.values(), *part.constants}
            and (column.name in unknown_in(self.job, part) or part.value_mapping.get(column.name))
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

    @property
    def may_be_remembered(self) -> bool:
        """Mappings are kept of files with one table."""
        return not self.job.parts

    def _column(self, part: Part, column: Column) -> UnknownColumn:
        unknown: Mapping[str, int] = unknown_in(self.job, part).get(column.name, {})
        mapped = part.value_mapping.get(column.name, {})
        options = options_for(column, self.user)
        by_rows = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        values = [
            self._value(column, theirs, rows, mapped.get(theirs, ""), options) for theirs, rows in by_rows[:MOST_VALUES]
        ]
        values += [TheirValue(theirs, 0, ours, False) for theirs, ours in mapped.items() if theirs not in unknown]  # noqa: FBT003
        field = f"{part.index}-{column.name}" if self.job.parts else column.name
        return UnknownColumn(
            column,
            part,
            field,
            values,
            options[:MOST_OPTIONS],
            len(options) > MOST_OPTIONS,
            max(0, len(unknown) - MOST_VALUES),
        )

    def _value(self, column: Column, theirs: str, rows: int, ours: str, options: list[Option]) -> TheirValue:
        if ours:
            return TheirValue(theirs, rows, ours, is_suggested=False)
        suggested = suggest_value(column, theirs, allowed=options) or ""
        return TheirValue(theirs, rows, suggested, is_suggested=bool(suggested))


def unknown_in(job: ImportJob, part: Part) -> Mapping[str, Mapping[str, int]]:
    """Our column to the values of one table that are none of ours, with how many rows hold each."""
    found: Mapping[str, Mapping[str, int]] = (
        job.parts[part.index].get("unknown_values", {}) if job.parts else job.unknown_values
    )
    return found


def column_called(job: ImportJob, field: str) -> Column:
    """The column a field of the page is about. Raises `LookupError`."""
    index, _, name = field.partition("-") if job.parts else ("0", "", field)
    for part in parts_of(job):
        if str(part.index) == index:
            return part.kind.column(name)
    raise LookupError(f"There is no table {index}.")


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


def posted_values(page: ValuesPage, post: QueryDict) -> dict[str, Any]:
    """What `configure` takes of what was posted; raises `RuleBroken` for a value that is not allowed."""
    mappings = [_posted_in(part, page, post) for part in page.parts]
    if not page.job.parts:
        return {"value_mapping": mappings[0]}
    together = zip(page.job.parts, mappings, strict=True)
    return {"parts": [part | {"value_mapping": mapping} for part, mapping in together]}


def _posted_in(part: Part, page: ValuesPage, post: QueryDict) -> dict[str, dict[str, str]]:
    mapping = {column: dict(values) for column, values in part.value_mapping.items()}
    for unknown in [column for column in page.columns if column.part is part]:
        name = unknown.column.name
        theirs, ours = post.getlist(f"theirs-{unknown.field}"), post.getlist(f"ours-{unknown.field}")
        if len(theirs) != len(ours):
            raise RuleBroken("The page was not sent in full. Open it again and repeat your choices.")
        shown = {value.value for value in unknown.values}
        chosen = {their: our.strip() for their, our in zip(theirs, ours, strict=True) if their in shown}
        for value in {our for our in chosen.values() if our}:
            _refuse_unknown(unknown, value, page.user)
        kept = {their: our for their, our in mapping.get(name, {}).items() if their not in chosen}
        mapping[name] = kept | {their: our for their, our in chosen.items() if our}
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
