"""What a figure is: its name, its words, its unit, and the rows it is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from django.db.models import Func, IntegerField, Model, QuerySet

Unit = Literal["number", "percent", "seconds", "days", "stars", "moment", "money"]


@dataclass(frozen=True)
class Figure:
    """One figure. `value` is what the database does with the rows of its source; a figure without
    one follows from others.

    `words` stand on the screen when somebody points at it; nothing else says what it means. A part of other figures
    that nobody reads by itself is not `is_shown`.
    """

    name: str
    title: str
    words: str
    unit: Unit = "number"
    value: Any = None
    is_shown: bool = True

    @property
    def is_counted(self) -> bool:
        return self.value is not None

    @property
    def empty(self) -> int | None:
        """What the figure is where its source has no rows."""
        return None if self.unit == "moment" else 0


@dataclass(frozen=True)
class Source:
    """Rows that are grouped by the subject at `key`, and the figures counted from each group."""

    rows: Callable[[], QuerySet[Any]]
    key: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Trail:
    """A model whose history tells of changes, and the way or expression from a row of it to the key of its subject."""

    model: type[Model]
    path: Any


@dataclass(frozen=True)
class Kind:
    """One kind of subject: which there are, how their figures are counted, and what changes them.

    `daily` names the figures of which a series by day is kept, and `series` whose it is.
    """

    key: str
    model: type[Model]
    subject: str
    subjects: Callable[[], QuerySet[Any]]
    sources: tuple[Source, ...]
    follows: tuple[Figure, ...]
    trails: tuple[Trail, ...]
    daily: tuple[str, ...] = ()
    series: str = ""

    @property
    def figures(self) -> tuple[Figure, ...]:
        return (*self.counted, *self.follows)

    @property
    def counted(self) -> tuple[Figure, ...]:
        return tuple(figure for source in self.sources for figure in source.figures)

    def figure(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)


class MonthNumber(Func):
    """The month (UTC) of a moment as a number that grows by one a month; see `month_number`."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        words = "(CAST(substr(%(expressions)s, 1, 4) AS INTEGER) * 12 + CAST(substr(%(expressions)s, 6, 2) AS INTEGER))"
        return self.as_sql(compiler, connection, template=words, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        at = "%(expressions)s AT TIME ZONE 'UTC'"
        words = f"(EXTRACT(YEAR FROM {at}) * 12 + EXTRACT(MONTH FROM {at}))::int"
        return self.as_sql(compiler, connection, template=words, **extra)


def first_day(number: int) -> date:
    """Of the month with this number."""
    return date((number - 1) // 12, (number - 1) % 12 + 1, 1)


def start_of(number: int) -> datetime:
    """The moment (UTC) at which the month with this number begins."""
    return datetime.combine(first_day(number), datetime.min.time(), UTC)
