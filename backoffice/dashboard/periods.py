"""Spans of days that figures are shown for, and those they are compared with; days in UTC, as in the series."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
PERIODS = {
    "7": "Last 7 days",
    "30": "Last 30 days",
    "90": "Last 90 days",
    "365": "Last 365 days",
    "month": "This month",
    "year": "This year",
}
COMPARED = {"before": "the period before", "year": "the same days a year before", "none": "nothing"}
USUAL, USUALLY_COMPARED = "30", "before"


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}"


@dataclass(frozen=True)
class Period:
    """What was chosen, and the days that it means."""

    key: str
    compared_key: str
    span: Span
    compared: Span | None

    @property
    def title(self) -> str:
        return PERIODS[self.key]


def period_of(key: str, compared_key: str, today: date) -> Period:
    """What is unknown is what is usual."""
    key = key if key in PERIODS else USUAL
    compared_key = compared_key if compared_key in COMPARED else USUALLY_COMPARED
    span = span_of(key, today)
    compared = {"before": before(span, key), "year": year_before(span), "none": None}[compared_key]
    return Period(key, compared_key, span, compared)


def span_of(key: str, today: date) -> Span:
    if key == "month":
        return Span(today.replace(day=1), today)
    if key == "year":
        return Span(today.replace(month=1, day=1), today)
    return Span(today - timedelta(days=int(key) - 1), today)


def before(span: Span, key: str) -> Span:
    """As many days before; of a month or a year that runs the same part of the one before."""
    if key == "year":
        return year_before(span)
    if key == "month":
        first = (span.first - ONE_DAY).replace(day=1)
        return Span(first, on_day(first.year, first.month, span.last.day))
    length = timedelta(days=span.days)
    return Span(span.first - length, span.last - length)


def year_before(span: Span) -> Span:
    return Span(*(on_day(day.year - 1, day.month, day.day) for day in (span.first, span.last)))


def on_day(year: int, month: int, day: int) -> date:
    """This day of a month, or its last where the month is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))
