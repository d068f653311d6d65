"""The figures of everybody who enrolled in the same month: how many came back later, and how many completed it."""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Q

from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.records.seconds import Seconds
from apps.statistics.figures.course import COMPLETED
from apps.statistics.figures.defining import Figure, Kind, MonthNumber, Trail, start_of
from apps.statistics.models import CohortStats

MONTH_DAYS = 30
DAY_SECONDS = 86_400

COHORT = Kind(
    key="cohort",
    model=CohortStats,
    subject="month",
    subjects=CohortStats.objects.all,
    sources=(),
    follows=(
        Figure(
            "learners",
            "Enrolled",
            "Everybody who enrolled in this month (UTC), whatever became of them; the waiting list and archived "
            "enrollments aside.",
        ),
        Figure(
            "opened",
            "Still learning",
            "Of them, those who opened the course again so many times 30 days after they had enrolled, or later.",
            "percent",
        ),
        Figure(
            "completed",
            "Completed",
            "Of them, those who completed it within so many times 30 days of enrolling.",
            "percent",
        ),
    ),
    trails=(Trail(Enrollment, MonthNumber("enrolled_at")),),
)

Counted = tuple[int, list[int], list[int]]


def after(name: str) -> Any:
    """Seconds from the enrollment to the moment in this field."""
    return Seconds(F(name)) - Seconds(F("enrolled_at"))


def count_cohorts(months: Collection[int] | None = None) -> dict[int, Counted]:
    """By the number of the month: how many enrolled, came back and completed; of these months, or of all."""
    rows = Enrollment.objects.exclude(status=EnrollmentStatus.WAITLISTED).order_by()
    if months is not None:
        rows = rows.filter(reduce(or_, map(within, months), Q(pk__in=())))
    values: dict[str, Any] = {}
    for mark in CohortStats.MARKS:
        span = mark * MONTH_DAYS * DAY_SECONDS
        values[f"opened_{mark}"] = Count("pk", filter=Q(until_opened__gte=span))
        values[f"completed_{mark}"] = Count("pk", filter=COMPLETED & Q(until_completed__lte=span))
    grouped = (
        rows.annotate(until_opened=after("last_accessed_at"), until_completed=after("completed_at"))
        .values(number=MonthNumber("enrolled_at"))
        .annotate(learners=Count("pk"), **values)
    )
    return {
        row["number"]: (
            row["learners"],
            [row[f"opened_{mark}"] for mark in CohortStats.MARKS],
            [row[f"completed_{mark}"] for mark in CohortStats.MARKS],
        )
        for row in grouped
    }


def within(number: int) -> Q:
    return Q(enrolled_at__gte=start_of(number), enrolled_at__lt=start_of(number + 1))
