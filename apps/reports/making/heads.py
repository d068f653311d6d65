"""How the values of a report's columns are shown in files, and made ready for them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from apps.records.seconds import Seconds
from apps.records.writing import Cells, Head, Shape
from apps.reports.sources.base import Column
from apps.subscriptions.money import from_minor

PATTERNS = {"month": ("yyyy-mm", 7), "year": ("yyyy", 4)}
AVERAGE_DECIMALS = 2
Ready = Callable[[Cells], Cells]


def as_it_is(values: Cells) -> Cells:
    return values


def head_of(column: Column) -> Head:
    return Head(column.label, column.label, column.shape, shower(column), column.decimals)


def stepped_head(column: Column, step: str) -> Head:
    """The head of a group of dates: "Enrolled (month)"."""
    pattern, length = PATTERNS.get(step, ("", 10))
    label = f"{column.label} ({step})" if step else column.label

    def show(value: Any) -> str:
        return "" if value is None else value.isoformat()[:length]

    return Head(label, label, Shape.DAY, show, pattern=pattern)


def figure_head(label: str, column: Column | None, function: str) -> Head:
    """A figure over a column; a number of rows is over none."""
    if column is None or (function != "average" and column.shape is Shape.WHOLE and not column.is_hundredths):
        return Head(label, label, Shape.WHOLE, plain, 0)
    decimals = column.decimals or AVERAGE_DECIMALS
    return Head(label, label, Shape.NUMBER, lambda value: rounded(value, decimals), decimals)


def shower(column: Column) -> Callable[[Any], str]:
    if column.choices:
        words = column.choices
        return lambda value: "" if value is None else words.get(value, str(value))
    shown: dict[Shape, Callable[[Any], str]] = {
        Shape.YES_NO: lambda value: "" if value is None else "yes" if value else "no",
        Shape.MOMENT: lambda value: str(value)[:19] if value is not None else "",
    }
    return shown.get(column.shape, plain)


def plain(value: Any) -> str:
    return "" if value is None else str(value)


def rounded(value: Any, decimals: int) -> str:
    return "" if value is None else f"{Decimal(value):.{decimals}f}"


def asked(column: Column) -> Any:
    """What the database is asked for: moments as seconds, of which it makes no objects before they are local ones."""
    return Seconds(F(column.path)) if column.shape is Shape.MOMENT else column.path


def ready(column: Column) -> Ready:
    """What turns values as the database gives them into those of a file: local times, and money out of hundredths."""
    if column.is_hundredths:
        return lambda values: [None if value is None else from_minor(value) for value in values]
    if column.shape is Shape.MOMENT:
        zone = timezone.get_default_timezone()
        return lambda values: [None if value is None else datetime.fromtimestamp(value, zone) for value in values]
    return as_it_is


def ready_figure(column: Column | None) -> Ready:
    if column is None or not column.is_hundredths:
        return as_it_is
    return lambda values: [None if value is None else Decimal(value) / 100 for value in values]


def ready_step(values: Cells) -> Sequence[date | None]:
    return [value.date() if isinstance(value, datetime) else value for value in values]
