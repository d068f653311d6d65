"""Reads of the figures: how fresh they are, their series by day, and the three rows a dashboard needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from apps.statistics.figures import COURSE, INSTRUCTOR, Kind
from apps.statistics.models import Figures, Freshness, PlatformStats, StatSnapshot

ONE_DAY = timedelta(days=1)
COUNTED_WITH = {INSTRUCTOR.key: COURSE.key}
"""Instructors are counted together with their courses."""
OF_THE_PLATFORM = {"learners": "enrollments", "active_learners": "active_enrollments"}
"""What the platform calls figures of a series: there a person who takes two courses counts once as a learner."""


def counted_as_of(kind: Kind) -> datetime | None:
    """The moment up to which everything is in all figures of this kind; None while they were never counted."""
    key = COUNTED_WITH.get(kind.key, kind.key)
    newest: datetime | None = Freshness.objects.filter(pk=key).aggregate(moment=Max("as_of"))["moment"]
    return newest


def as_of(kind: Kind, figures: Figures) -> datetime:
    """The moment up to which everything is in these figures: what was not touched since stands as it is."""
    newest = counted_as_of(kind)
    return max(figures.as_of, newest) if newest else figures.as_of


def snapshots_of(kind: Kind, subject: int | None) -> QuerySet[StatSnapshot]:
    """The rows by day of one course or instructor, or of the platform."""
    if kind.key == COURSE.key:
        return StatSnapshot.objects.filter(course=subject)
    if kind.key == INSTRUCTOR.key:
        return StatSnapshot.objects.filter(instructor=subject)
    return StatSnapshot.objects.filter(course=None, instructor=None)


def day_before(kind: Kind, subject: int | None, day: date) -> StatSnapshot | None:
    """What the figures were at the end of this day: those of the last day that has a row."""
    return snapshots_of(kind, subject).filter(day__lte=day).order_by("-day").first()


def series(kind: Kind, subject: int | None, first: date, last: date) -> list[tuple[date, StatSnapshot | None]]:
    """Each day from the first to the last with what the figures were at its end; two queries, however many days."""
    at = day_before(kind, subject, first - ONE_DAY)
    rows = {row.day: row for row in snapshots_of(kind, subject).filter(day__gte=first, day__lte=last)}
    points = []
    for offset in range((last - first).days + 1):
        day = first + offset * ONE_DAY
        at = rows.get(day, at)
        points.append((day, at))
    return points


def by_month(points: list[tuple[date, StatSnapshot | None]]) -> list[tuple[date, StatSnapshot | None]]:
    """Of a series by day the end of each month, and the last day."""
    return [
        (day, row)
        for place, (day, row) in enumerate(points)
        if place == len(points) - 1 or (day + ONE_DAY).month != day.month
    ]


@dataclass(frozen=True)
class Compared:
    """What a dashboard shows of one subject: what is, what was when the period began, and when the one before did."""

    now: Any
    began: StatSnapshot | None
    before: StatSnapshot | None

    def gained(self, name: str) -> int | None:
        """By how much a figure of the series grew in the period."""
        if self.began is None:
            return None
        called = OF_THE_PLATFORM.get(name, name) if isinstance(self.now, PlatformStats) else name
        return int(getattr(self.now, called) - getattr(self.began, name))

    def gained_before(self, name: str) -> int | None:
        """By how much it grew in the period it is compared with."""
        if self.began is None or self.before is None:
            return None
        return int(getattr(self.began, name) - getattr(self.before, name))


def compared(kind: Kind, figures: Figures, *, since: date, before: date) -> Compared:
    """Three rows, whatever the platform holds: the figures, read in their scope, are given; the series is read here."""
    subject = None if isinstance(figures, PlatformStats) else getattr(figures, f"{kind.subject}_id")
    return Compared(figures, day_before(kind, subject, since - ONE_DAY), day_before(kind, subject, before - ONE_DAY))
