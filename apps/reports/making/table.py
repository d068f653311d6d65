"""A report for one person at one moment: its columns, its rows within their scope, its totals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from apps.records.listed import list_at
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from apps.records.writing import Cells, Head
from apps.reports.definition import COUNT, FUNCTIONS, MOST_GROUPS, ROWS, STEPS, Definition
from apps.reports.making.heads import Ready, asked, figure_head, head_of, ready, ready_figure, ready_step, stepped_head
from apps.reports.periods import Period, condition
from apps.reports.sources import Source, source_for
from apps.reports.sources.base import Column

BATCH = 2_000
NOT_YOURS = "With your rights this report cannot be made: it is narrowed or grouped by what you do not see."


@dataclass(frozen=True)
class Part:
    """One column of the file: its head, what the database is asked for, and what becomes of the answers."""

    name: str
    head: Head
    expression: Any
    ready: Ready


@dataclass(frozen=True)
class Figure:
    """A number over many rows; money is told by currency."""

    name: str
    function: str
    column: Column | None
    head: Head
    expression: Any

    @property
    def label(self) -> str:
        return self.head.label


@dataclass
class Table:
    """Nothing is asked of the database before the first batch. `row_count` is the number of rows read so far."""

    source: Source
    definition: Definition
    parts: list[Part]
    figures: list[Figure]
    currency: Column | None
    rows: QuerySet[Any]
    chips: list[tuple[str, str]]
    as_of: datetime
    reach: list[int] | None
    row_count: int = field(default=0)

    @property
    def is_grouped(self) -> bool:
        return bool(self.definition.groups)

    @property
    def heads(self) -> list[Head]:
        return [part.head for part in self.parts]

    @property
    def columns(self) -> list[str]:
        """The columns of the source in it; whoever may not see one of them any more may not have the file."""
        named = [part.name for part in self.parts if ":" not in part.name and part.name != ROWS]
        named += [name.partition(":")[0] for name in self.definition.groups]
        named += [figure.column.name for figure in self.figures if figure.column]
        return list(dict.fromkeys(named))

    def count(self) -> int:
        return self.values().count()

    def values(self) -> QuerySet[Any]:
        """One tuple for each row of the file; a row of the list also brings its key, which is not shown."""
        wanted = {f"c{at}": part.expression for at, part in enumerate(self.parts)}
        if not self.is_grouped:
            values: QuerySet[Any] = self.rows.order_by(*self._order()).values_list(*wanted.values(), "pk")
            return values
        names = {f"c{at}" for at, part in enumerate(self.parts) if is_figure_name(part.name)}
        figures = {name: one for name, one in wanted.items() if name in names}
        groups = {name: F(one) if isinstance(one, str) else one for name, one in wanted.items() if name not in names}
        rows: QuerySet[Any] = self.rows.order_by().values(**groups).annotate(**figures)
        return rows.order_by(*self._group_order()).values_list(*wanted)

    def batches(self, most: int | None = None) -> Iterator[list[Cells]]:
        """The values column by column, batch by batch; `most` rows at all."""
        values = self.values()
        rows = iter(values[:most]) if most is not None else values.iterator(chunk_size=BATCH)
        batch: list[Any] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                yield self._by_column(batch)
                batch = []
        if batch:
            yield self._by_column(batch)

    def totals(self) -> list[tuple[str, dict[str, Any]]]:
        """For each currency there is (or once) what the figures come to over all rows, by the name of the figure."""
        if not self.figures:
            return []
        asked = {f"f{at}": figure.expression for at, figure in enumerate(self.figures)}
        rows = self.rows.order_by()
        if self.currency is None:
            return [("Total", self._figured(rows.aggregate(**asked)))]
        path = self.currency.path
        found = rows.values(currency_of_it=F(path)).annotate(**asked).order_by("currency_of_it")
        return [(f"Total {row['currency_of_it']}", self._figured(row)) for row in found]

    def _figured(self, row: dict[str, Any]) -> dict[str, Any]:
        values = ((figure, row[f"f{at}"]) for at, figure in enumerate(self.figures))
        return {figure.name: ready_figure(figure.column)([value])[0] for figure, value in values}

    def _by_column(self, batch: list[Any]) -> list[Cells]:
        self.row_count += len(batch)
        columns = list(zip(*batch, strict=True))
        return [part.ready(values) for part, values in zip(self.parts, columns, strict=False)]

    def _order(self) -> list[Any]:
        name = self.definition.order
        column = self.source.columns.get(name.removeprefix("-"))
        if column is None or column.name not in {part.name for part in self.parts}:
            return [*(self.source.model._meta.ordering or ()), "pk"]
        path = F(column.path)
        return [path.desc(nulls_last=True) if name.startswith("-") else path.asc(nulls_last=True), "pk"]

    def _group_order(self) -> list[Any]:
        places = {part.name: F(f"c{at}") for at, part in enumerate(self.parts)}
        groups = [place.asc(nulls_last=True) for name, place in places.items() if not is_figure_name(name)]
        name = self.definition.order
        place = places.get(name.removeprefix("-"))
        if place is None:
            return groups
        return [place.desc(nulls_last=True) if name.startswith("-") else place.asc(nulls_last=True), *groups]


def is_figure_name(name: str) -> bool:
    return name == ROWS or name.partition(":")[0] in FUNCTIONS


def table_for(definition: Definition, user: Any) -> Table:
    """What this person gets of the report now. A column they may not see does not exist.

    Raises `RuleBroken` where the list is closed to them, and where rows could not be told without what they do not see.
    """
    source = source_for(definition.source, user)
    open_columns = source.columns_for(user)
    figures = [figure for name in definition.figures if (figure := _figure(name, open_columns)) is not None]
    currency = _currency(figures, open_columns)
    parts = (
        _groups(definition, open_columns, figures, currency)
        if definition.groups
        else _chosen(definition, open_columns, source)
    )
    now = timezone.now()
    rows, chips = _rows(definition, source, user)
    if definition.period:
        column = open_columns.get(definition.period_column)
        if column is None or not column.is_date or definition.period not in Period.values:
            raise RuleBroken(NOT_YOURS)
        rows = rows.filter(condition(column.path, definition.period, now, is_day=column.shape == "day"))
    return Table(source, definition, parts, figures, currency, rows, chips, now, reach_of(source, user))


def _rows(definition: Definition, source: Source, user: Any) -> tuple[QuerySet[Any], list[tuple[str, str]]]:
    """The rows of the list as it is narrowed, as far as the person may take them out; and how it is narrowed."""
    changelist = list_at(source.model, definition.listing, user)
    chips = [(chip.title, chip.value) for chip in getattr(changelist, "chips", ())]
    if query := getattr(changelist, "query", ""):
        chips.append(("search", query))
    rows = plainly(changelist.queryset.order_by())
    policy: Any = policy_for(source.model)
    if not (hasattr(policy, "holds_everywhere") and policy.holds_everywhere(user, source.verb)):
        rows = rows.filter(pk__in=scope(user, source.verb, source.model).order_by().values("pk"))
    return rows, chips


def plainly(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Each row once, and nothing beside it that could be grouped by."""
    query = rows.query
    if query.distinct or query.combinator or query.annotations or query.is_sliced:
        again: QuerySet[Any] = rows.model._base_manager.filter(pk__in=rows.values("pk"))
        return again
    return rows.select_related(None)


def reach_of(source: Source, user: Any) -> list[int] | None:
    """The courses whose rows are open to whoever has no role that opens all; None where it is not a matter of courses
    or all are open."""
    policy: Any = policy_for(source.model)
    if not hasattr(policy, "course_keys") or policy.holds_everywhere(user, source.verb):
        return None
    return sorted(policy.courses(user, source.verb).values_list("pk", flat=True))


def _chosen(definition: Definition, columns: dict[str, Column], source: Source) -> list[Part]:
    names = definition.columns or source.first or tuple(columns)
    chosen = [columns[name] for name in dict.fromkeys(names) if name in columns]
    if not chosen:
        raise RuleBroken("Choose at least one column.")
    return [Part(column.name, head_of(column), asked(column), ready(column)) for column in chosen]


def _groups(
    definition: Definition, columns: dict[str, Column], figures: list[Figure], currency: Column | None
) -> list[Part]:
    parts = []
    for name in dict.fromkeys(definition.groups[:MOST_GROUPS]):
        column = columns.get(name.partition(":")[0])
        step = name.partition(":")[2]
        if column is None or (step and (step not in STEPS or not column.is_date)):
            raise RuleBroken(NOT_YOURS)
        parts.append(_group(name, column, step))
    if currency is not None and currency.name not in {part.name for part in parts}:
        parts.append(_group(currency.name, currency, ""))
    return [
        *parts,
        *(Part(figure.name, figure.head, figure.expression, ready_figure(figure.column)) for figure in figures),
    ]


def _group(name: str, column: Column, step: str) -> Part:
    if not step:
        return Part(name, head_of(column), asked(column), ready(column))
    zone = {"tzinfo": timezone.get_default_timezone()} if column.shape == "moment" else {}
    return Part(name, stepped_head(column, step), STEPS[step](column.path, **zone), ready_step)


def _figure(name: str, columns: dict[str, Column]) -> Figure | None:
    """None for a figure over a column that does not exist for the person."""
    if name == ROWS:
        return Figure(ROWS, "", None, figure_head("Rows", None, ""), COUNT)
    function, _, column_name = name.partition(":")
    column = columns.get(column_name)
    if column is None or not column.is_number or function not in FUNCTIONS:
        return None
    words, aggregate = FUNCTIONS[function]
    label = f"{words} {column.label[:1].lower()}{column.label[1:]}"
    return Figure(name, function, column, figure_head(label, column, function), aggregate(column.path))


def _currency(figures: list[Figure], columns: dict[str, Column]) -> Column | None:
    """The currency by which the figures are told apart, where one of them is money."""
    return next(
        (columns[one.column.currency] for one in figures if one.column and one.column.currency in columns), None
    )
