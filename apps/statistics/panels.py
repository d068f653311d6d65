"""Figures on pages: a tile for each with its words, how fresh they are, and their course through the last months."""

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from admin_theme.displays import EMPTY, number, quiet, relative_time
from admin_theme.gate import gate, masked_here, may_here
from admin_theme.tabs import Tab
from apps.catalog.models import Course
from apps.statistics.figures import KINDS, PLATFORM, Figure, Kind
from apps.statistics.models import CourseStats
from apps.statistics.queries import as_of, by_month, series
from apps.subscriptions.money import in_words

DAYS_SHOWN = timedelta(days=180)
WIDTH, HEIGHT = 240, 48
DRAWN = {"learners": "Learners", "completed": "Completed", "reviews": "Reviews", "certificates": "Certificates"}


def kind_of(figures: Any) -> Kind:
    return next(kind for kind in KINDS.values() if isinstance(figures, kind.model))


def shown(figure: Figure, value: Any) -> SafeString | str:
    """A figure with its unit; nothing to relate to is no zero."""
    if value is None or value == {}:
        return quiet(EMPTY)
    match figure.unit:
        case "percent":
            return format_html('<span class="c-number">{}&thinsp;%</span>', f"{value:,.1f}")
        case "stars":
            return format_html('<span class="c-number">{}&thinsp;★</span>', f"{value:.2f}")
        case "seconds":
            return number(Decimal(value // 3600), "h") if value >= 3600 else number(Decimal(value // 60), "min")
        case "days":
            return number(value, "days")
        case "moment":
            return relative_time(value)
        case "money":
            return mark_safe("<br>".join(in_words(minor, currency) for currency, minor in value.items()))
    return number(value)


def told(figure: Figure, figures: Any) -> SafeString | str:
    """A figure of these with its unit; money that is of one currency has it in a column of its own."""
    value = getattr(figures, figure.name)
    return shown(figure, {figures.currency: value} if figure.unit == "money" and isinstance(value, int) else value)


def tiles(request: HttpRequest, kind: Kind, figures: Any) -> list[dict[str, Any]]:
    """Those figures that are read by themselves, without those this person may not see."""
    masked = masked_here(request, kind.model)
    return [
        {"title": one.title, "words": one.words, "value": told(one, figures)}
        for one in kind.figures
        if one.is_shown and one.name not in masked
    ]


def curves(kind: Kind, subject: int | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line for each figure of the series, and the same by month as a table; nothing before there are two days."""
    titles = DRAWN | {"learners": "Enrollments"} if kind is PLATFORM else DRAWN
    today = timezone.now().astimezone(UTC).date()
    points = [(day, row) for day, row in series(kind, subject, today - DAYS_SHOWN, today) if row is not None]
    if len(points) < 2:
        return [], []
    lines = [
        {
            "title": titles[name],
            "points": line_through([getattr(row, name) for _, row in points]),
            "first": getattr(points[0][1], name),
            "last": getattr(points[-1][1], name),
            "since": points[0][0],
        }
        for name in titles
    ]
    months = [
        {"day": day, "cells": [(title, getattr(row, name)) for name, title in titles.items()]}
        for day, row in reversed(by_month(list(points)))
    ]
    return lines, months


def line_through(values: list[int]) -> str:
    """The points of a line through these values, from the lowest at the bottom to the highest at the top."""
    lowest, highest = min(values), max(values)
    span, steps = (highest - lowest) or 1, (len(values) - 1) or 1
    return " ".join(
        f"{WIDTH * place / steps:.1f},{HEIGHT - 2 - (HEIGHT - 4) * (value - lowest) / span:.1f}"
        for place, value in enumerate(values)
    )


def figures_panel(request: HttpRequest, figures: Any) -> dict[str, Any]:
    """Everything about one subject."""
    kind = kind_of(figures)
    subject = None if kind is PLATFORM else getattr(figures, f"{kind.subject}_id")
    lines, months = curves(kind, subject) if kind.series else ([], [])
    return {
        "figures": figures,
        "tiles": tiles(request, kind, figures),
        "as_of": as_of(kind, figures),
        "curves": lines,
        "months": months,
        "box": f"0 0 {WIDTH} {HEIGHT}",
    }


figures_tab = Tab(
    key="figures", title="Figures", place=10, template="statistics/figures_panel.html", context=figures_panel
)


def stats_of(request: HttpRequest, course: Course) -> CourseStats | None:
    """The figures of a course for those who may see them; asked once in a request."""
    found: dict[int, CourseStats | None] = request.__dict__.setdefault("_course_stats", {})
    if course.pk not in found:
        found[course.pk] = gate.scope(request.user, "view", CourseStats).filter(course=course).first()
    return found[course.pk]


def course_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    stats = stats_of(request, course)
    assert stats is not None  # noqa: S101 - the tab does not open without
    refresh = reverse("admin:statistics_coursestats_refresh", args=[stats.pk])
    may_refresh = may_here(request, "refresh", CourseStats, stats)
    return {**figures_panel(request, stats), "refresh": refresh if may_refresh else ""}


statistics_tab = Tab(
    key="statistics",
    title="Statistics",
    place=60,
    template="statistics/figures_panel.html",
    context=course_panel,
    opens=lambda request, course: stats_of(request, course) is not None,
)
