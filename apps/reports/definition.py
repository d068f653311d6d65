"""What a report says: which list, narrowed how, which columns, grouped and summed by what, in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Avg, Count, Max, Min, Sum, TextChoices
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek, TruncYear
from django.http import QueryDict

ROWS = "rows"
MOST_GROUPS = 3
NOT_OF_THE_ROWS = frozenset({"o", "p", "all", "e", "_popup", "_to_field", "_changelist_filters"})
"""What the address of a list says about how it is shown."""


class Step(TextChoices):
    """How fine the dates of a group are."""

    DAY = "day", "day"
    WEEK = "week", "week"
    MONTH = "month", "month"
    YEAR = "year", "year"


STEPS: dict[str, Any] = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth, "year": TruncYear}
FUNCTIONS: dict[str, tuple[str, Any]] = {
    "sum": ("Sum of", Sum),
    "average": ("Average of", Avg),
    "least": ("Least", Min),
    "most": ("Most", Max),
}
COUNT = Count("pk")


@dataclass(frozen=True)
class Definition:
    """A report before anybody's rights are asked. Groups are `column` or `column:month`, figures `rows` or
    `sum:column`; `listing` is the query string of the list."""

    source: str
    columns: tuple[str, ...] = ()
    listing: str = ""
    period_column: str = ""
    period: str = ""
    groups: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    order: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def definition_from(said: Mapping[str, Any]) -> Definition:
    """The definition that was written down as JSON, or that a record holds in its fields."""
    lists = {name: tuple(_list(said.get(name))) for name in ("columns", "groups", "figures")}
    texts = {name: str(said.get(name) or "") for name in ("source", "listing", "period_column", "period", "order")}
    return Definition(**texts, **lists)  # type: ignore[arg-type]


def _list(value: Any) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def narrowing(query: str) -> str:
    """What of the address of a list says which rows it shows."""
    asked = QueryDict(query, mutable=True)
    for name in NOT_OF_THE_ROWS:
        asked.pop(name, None)
    for name in [name for name in asked if not any(asked.getlist(name))]:
        del asked[name]
    return asked.urlencode()
