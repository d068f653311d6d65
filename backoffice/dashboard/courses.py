"""Courses taken together: how far learners come, whether they come back, and which courses grow or fall."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from apps.catalog.models import Course
from apps.statistics.figures import COHORT, PLATFORM
from apps.statistics.figures.cohort import MONTH_DAYS
from apps.statistics.figures.defining import first_day
from apps.statistics.models import CohortStats, CourseStats
from apps.statistics.queries import Grown
from apps.subscriptions.periods import month_number
from backoffice.dashboard.addresses import end_of, rows_behind
from backoffice.dashboard.look import Look
from backoffice.dashboard.periods import ONE_DAY

SHOWN, MONTHS = 5, 12
A_MOMENT = timedelta(microseconds=1)
STEPS = (
    ("enrollments", "enrollments.enrollment", {"reached": "enrolled"}),
    ("started", "enrollments.enrollment", {"reached": "started"}),
    ("halfway", "enrollments.enrollment", {"reached": "half"}),
    ("completed", "enrollments.enrollment", {"reached": "completed"}),
    ("certificates", "certificates.certificate", {"state": "standing"}),
)


def funnel(look: Look) -> dict[str, Any] | None:
    stats = look.platform
    if stats is None or not stats.enrollments:
        return None
    steps = [
        {
            "figure": PLATFORM.figure(name),
            "number": getattr(stats, name),
            "share": percent(getattr(stats, name), stats.enrollments),
            "link": rows_behind(look, label, **asked),
        }
        for name, label, asked in STEPS
    ]
    return {"steps": steps, "as_of": stats.as_of}


def percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def cohorts(look: Look) -> dict[str, Any] | None:
    """The last twelve months; what is not over yet for everybody in a month is not told."""
    rows = list(CohortStats.objects.order_by("-month")[:MONTHS])
    if not rows:
        return None
    today = look.period.span.last
    figures = [COHORT.figure(name) for name in ("opened", "completed")]
    return {
        "marks": CohortStats.MARKS,
        "figures": figures,
        "learners": COHORT.figure("learners"),
        "rows": [
            {
                "month": row.month,
                "learners": row.learners,
                "link": rows_behind(look, "enrollments.enrollment", **enrolled_in(row.month)),
                "cells": [
                    {"title": figure.title, "mark": mark, **cell(row, values[place], mark, today)}
                    for figure, values in zip(figures, (row.opened, row.completed), strict=True)
                    for place, mark in enumerate(CohortStats.MARKS)
                ],
            }
            for row in rows
        ],
        "as_of": max(row.as_of for row in rows),
    }


def cell(row: CohortStats, number: int, mark: int, today: date) -> dict[str, Any]:
    ended = first_day(month_number(row.month) + 1) - ONE_DAY
    if ended + timedelta(days=mark * MONTH_DAYS) > today:
        return {"share": None, "tint": 0, "number": 0}
    share = percent(number, row.learners)
    return {"share": share, "tint": 0 if share is None else -(-share // 20), "number": number}


def enrolled_in(month: date) -> dict[str, str]:
    following = first_day(month_number(month) + 1)
    begins, ends = (datetime.combine(day, time.min, UTC) for day in (month, following))
    return {"reached": "ever", **end_of("enrolled_at_from", begins), **end_of("enrolled_at_to", ends - A_MOMENT)}


def growing(look: Look) -> dict[str, Any] | None:
    """The courses with the most new learners, and those that gained the fewest beside what they gained before."""
    found = look.grown
    most = sorted((one for one in found if one.gained > 0), key=lambda one: (-one.gained, one.course))[:SHOWN]
    fewer = [one for one in found if one.before is not None and one.gained < one.before]
    falling = sorted(fewer, key=lambda one: (one.gained - (one.before or 0), one.course))[:SHOWN]
    if not most and not falling:
        return None
    names = {
        pk: (stats, title)
        for pk, stats, title in CourseStats.objects.filter(
            course__in={one.course for one in (*most, *falling)}
        ).values_list("course", "pk", "course__title")
    }
    return {
        "lists": [
            ("Most new learners", lines(look, most, names), "No course gained learners in this period."),
            ("Fewer than before", lines(look, falling, names), "No course gained fewer learners than before."),
        ],
        "compared": look.period.compared,
        "as_of": look.platform.as_of if look.platform else None,
    }


def lines(look: Look, courses: Sequence[Grown], names: dict[int, tuple[int, str]]) -> list[dict[str, Any]]:
    return [
        {
            "title": names[one.course][1],
            "gained": one.gained,
            "before": one.before,
            "link": rows_behind(look, "enrollments.enrollment", course__id__exact=one.course, reached="enrolled"),
            "page": course_page(look, one.course),
        }
        for one in courses
        if one.course in names
    ]


def course_page(look: Look, pk: int) -> str:
    address = rows_behind(look, Course._meta.label_lower)
    return f"{address}{pk}/change/?tab=statistics" if address else ""
