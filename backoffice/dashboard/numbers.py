"""Numbers with what they mean, how they moved in the period, and where the rows behind them are."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from admin_theme.displays import EMPTY, number
from admin_theme.gate import masked_here
from apps.statistics.figures import INSTRUCTOR, PLATFORM, Figure, Kind
from apps.statistics.models import PlatformStats, StatSnapshot
from apps.statistics.panels import line_through, shown
from apps.statistics.queries import Series, sums_of
from apps.subscriptions.money import in_words
from backoffice.dashboard.addresses import rows_behind
from backoffice.dashboard.look import Look
from backoffice.dashboard.periods import ONE_DAY, Span

Read = Callable[[StatSnapshot], int]
MOST_POINTS = 60
LINKS: dict[str, tuple[str, dict[str, str]]] = {
    "learners": ("statistics.learnerstats", {"learning": "yes"}),
    "enrollments": ("enrollments.enrollment", {"reached": "enrolled"}),
    "active_enrollments": ("enrollments.enrollment", {"status__exact": "active"}),
    "completed": ("enrollments.enrollment", {"status__exact": "completed"}),
    "certificates": ("certificates.certificate", {"state": "standing"}),
}
"""Of figures of the platform: the list of the rows that are counted, and its filters."""

OWN_LINKS: dict[str, tuple[str, dict[str, str]]] = {
    "learners": LINKS["enrollments"],
    "active_learners": LINKS["active_enrollments"],
    "completed": LINKS["completed"],
    "certificates": LINKS["certificates"],
    "average_rating": ("reviews.review", {"state": "approved"}),
}
"""The same for the courses of one instructor, whose lists hold their own rows only."""

OF_THE_SERIES = {
    "enrollments": "learners",
    "active_enrollments": "active_learners",
    "completed": "completed",
    "certificates": "certificates",
}
"""Which column of the series holds the figure."""
LEVELS = {"active_learners"}
"""Columns that go up and down by themselves; the others are told by what came."""


@dataclass(frozen=True)
class Change:
    """How a figure moved in the period, in words; and beside what it did in the other period."""

    gained: str
    share: str = ""
    tone: str = ""
    told: str = ""


@dataclass(frozen=True)
class Number:
    title: str
    words: str
    value: SafeString | str
    link: str = ""
    change: Change | None = None
    line: str = ""


def changed(look: Look, series: Series, read: Read, said: Callable[[int], str] = "{:,}".format) -> Change | None:
    """How much came in the period beside the other; None where nothing is known of the beginning of the period."""
    span, other = look.period.span, look.period.compared
    gained = series.gained(read, span.first, span.last)
    if gained is None:
        return None
    before = series.gained(read, other.first, other.last) if other else None
    words = signed(gained, said)
    if before is None:
        return Change(words)
    return beside(words, gained, before, f"{said(gained)} from {span}, {said(before)} from {other}")


def level_changed(look: Look, series: Series, read: Read, said: Callable[[int], str] = "{:,}".format) -> Change | None:
    """Of what goes up and down: how it stands now beside how it stood at the end of the other period."""
    span, other = look.period.span, look.period.compared
    gained, now = series.gained(read, span.first, span.last), series.at(span.last)
    if gained is None or now is None:
        return None
    before = series.at(other.last) if other else None
    words = signed(gained, said)
    if other is None or before is None:
        return Change(words)
    told = f"{said(read(now))} now, {said(read(before))} at the end of {other.last:%-d %b %Y}"
    return beside(words, read(now), read(before), told)


def signed(number: int, said: Callable[[int], str]) -> str:
    return f"{'+' if number > 0 else ''}{said(number)}"


def beside(words: str, now: int, before: int, told: str) -> Change:
    """No share of nothing, nor of less than nothing."""
    if before <= 0:
        return Change(words, told=told)
    percent = round(100 * (now - before) / before)
    arrow, tone = ("▲", "c-up") if percent > 0 else ("▼", "c-down") if percent < 0 else ("=", "")
    return Change(words, f"{arrow} {abs(percent):,} %", tone, told)


def sparkline(series: Series, span: Span, read: Read) -> str:
    """At most sixty points; nothing before there are two."""
    step = max(1, span.days // MOST_POINTS)
    rows = [series.at(span.last - step * place * ONE_DAY) for place in range((span.days - 1) // step, -1, -1)]
    values = [read(row) for row in rows if row is not None]
    return line_through(values) if len(values) > 1 else ""


def moving(look: Look, series: Series, figure: Figure, value: Any, column: str, link: str = "") -> Number:
    """A figure of which a series is kept."""
    read: Read = attrgetter(column)
    line = sparkline(series, look.period.span, read)
    change = (level_changed if column in LEVELS else changed)(look, series, read)
    return Number(figure.title, figure.words, shown(figure, value), link, change, line)


def platform_numbers(look: Look) -> dict[str, Any] | None:
    stats = look.platform
    if stats is None:
        return None
    numbers = []
    for name, (label, asked) in LINKS.items():
        figure, link = PLATFORM.figure(name), rows_behind(look, label, **asked)
        if column := OF_THE_SERIES.get(name):
            numbers.append(moving(look, look.platform_series, figure, getattr(stats, name), column, link))
        else:
            numbers.append(Number(figure.title, figure.words, shown(figure, getattr(stats, name)), link))
    return {"numbers": [*numbers, *money_numbers(look, stats)], "as_of": stats.as_of}


def money_numbers(look: Look, stats: PlatformStats) -> list[Number]:
    """What comes in a month, for each currency; nothing for those who see no money."""
    if "monthly_minor" in masked_here(look.request, PlatformStats):
        return []
    figure, link = PLATFORM.figure("monthly_minor"), reverse("admin:subscription_figures")
    found = []
    for currency, minor in sorted(stats.monthly_minor.items()):

        def read(row: StatSnapshot, currency: str = currency) -> int:
            return int(row.monthly_minor.get(currency, 0))

        def said(sum_minor: int, currency: str = currency) -> str:
            return in_words(sum_minor, currency)

        change = level_changed(look, look.platform_series, read, said)
        line = sparkline(look.platform_series, look.period.span, read)
        found.append(Number(figure.title, figure.words, in_words(minor, currency), link, change, line))
    return found


def own_numbers(look: Look) -> dict[str, Any] | None:
    """Of the courses somebody teaches, or else of those whose figures they may see."""
    links = {name: rows_behind(look, label, **asked) for name, (label, asked) in OWN_LINKS.items()}
    names = [name for name in links if name != "average_rating"]
    if (own := look.own) is not None:
        numbers = [
            moving(look, look.own_series, INSTRUCTOR.figure(name), getattr(own, name), name, links[name])
            for name in names
        ]
        rating = INSTRUCTOR.figure("average_rating")
        numbers.append(Number(rating.title, rating.words, shown(rating, own.average_rating), links[rating.name]))
        return {"numbers": numbers, "as_of": own.as_of}
    sums = sums_of(look.courses, names)
    if sums["oldest"] is None:
        return None
    told = [simple(INSTRUCTOR, name, sums[name], links[name]) for name in names]
    return {"numbers": told, "as_of": sums["oldest"], "note": "Of the courses whose figures you may see."}


def simple(kind: Kind, name: str, value: int | None, link: str) -> Number:
    figure = kind.figure(name)
    return Number(figure.title, figure.words, EMPTY if value is None else number(value), link)
