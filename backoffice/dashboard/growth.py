"""What came in the period, step by step: a chart, and the same as a table."""

import json
from datetime import date
from operator import attrgetter
from typing import Any

from django.utils.formats import date_format

from apps.statistics.figures import PLATFORM
from apps.statistics.queries import Series
from backoffice.dashboard.look import Look
from backoffice.dashboard.periods import ONE_DAY, Span

MOST_DAYS = 92
DRAWN = (
    ("Enrollments", "learners", "var(--c-accent)"),
    ("Completed", "completed", "var(--c-good)"),
)


def growth(look: Look) -> dict[str, Any] | None:
    """None before there is a series that is older than a step of the period."""
    span, series = look.period.span, look.platform_series
    steps = steps_of(span)
    is_by_day = span.days <= MOST_DAYS
    if is_by_day and len(steps) > 1:
        steps.pop()  # today is not over: the line would always end in a fall
    gained = [[series.gained(attrgetter(column), *step) for step in steps] for _, column, _ in DRAWN]
    if all(value is None for values in gained for value in values):
        return None
    words = "j M" if is_by_day else "M Y"
    labels = [date_format(first, words) for first, _ in steps]
    datasets: list[dict[str, Any]] = [
        {"label": title, "data": values, "borderColor": color, "displayYAxis": True, "maxTicksXLimit": 8}
        for (title, _, color), values in zip(DRAWN, gained, strict=True)
    ]
    if other := look.period.compared:
        datasets.append(compared_line(series, other, span))
    return {
        "data": json.dumps({"labels": labels, "datasets": datasets}),
        "options": json.dumps(OPTIONS),
        "rows": list(zip(labels, *gained, strict=True)),
        "titles": [title for title, _, _ in DRAWN],
        "told": f"New enrollments and completed ones from {span}, by {'day, without today' if is_by_day else 'month'}.",
        "as_of": look.platform.as_of if look.platform else None,
        "words": [PLATFORM.figure(name).words for name in ("enrollments", "completed")],
    }


def compared_line(series: Series, other: Span, span: Span) -> dict[str, Any]:
    """The enrollments of the other period, step for step below those of this one."""
    steps = steps_of(other, by_day=span.days <= MOST_DAYS)
    values = [series.gained(attrgetter("learners"), *step) for step in steps]
    return {
        "label": "Enrollments before",
        "data": values,
        "borderColor": "var(--c-soft)",
        "borderDash": [4, 4],
        "borderWidth": 1,
    }


def steps_of(span: Span, *, by_day: bool | None = None) -> list[tuple[date, date]]:
    """The days of a span, or its months where it is long; the first and the last month may be a part of one."""
    if by_day if by_day is not None else span.days <= MOST_DAYS:
        return [(day, day) for day in (span.first + ONE_DAY * place for place in range(span.days))]
    steps, first = [], span.first
    while first <= span.last:
        following = (first.replace(day=28) + 4 * ONE_DAY).replace(day=1)
        steps.append((first, min(following - ONE_DAY, span.last)))
        first = following
    return steps


READABLE = "#76828c"
"""On light and on dark ground alike: the chart is not drawn anew when somebody changes it."""

OPTIONS: dict[str, Any] = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "spanGaps": True,
    "interaction": {"mode": "index", "intersect": False},
    "datasets": {"line": {"borderWidth": 2, "pointStyle": False, "tension": 0.25}},
    "plugins": {
        "legend": {"display": True, "align": "end", "labels": {"boxHeight": 5, "boxWidth": 16, "color": READABLE}}
    },
    "scales": {
        "x": {"grid": {"display": False}, "ticks": {"color": READABLE, "maxRotation": 0, "autoSkipPadding": 24}},
        "y": {"beginAtZero": True, "ticks": {"color": READABLE, "precision": 0, "maxTicksLimit": 5}},
    },
}
