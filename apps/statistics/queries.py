"""Reads of the figures: how fresh they are, their series by day, and the three rows a dashboard needs."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from apps.statistics.figures import COURSE, INSTRUCTOR, Kind
from apps.statistics.models import CourseStats, Figures, Freshness, PlatformStats, StatSnapshot

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


@dataclass(frozen=True)
class Series:
    """The rows by day of one subject, from the last one before some day on; what was on a day costs no query."""

    rows: list[StatSnapshot]

    def at(self, day: date) -> StatSnapshot | None:
        """What the figures were at the end of this day; None before the first row."""
        place = bisect_right(self.rows, day, key=lambda row: row.day)
        return self.rows[place - 1] if place else None

    def gained(self, read: Callable[[StatSnapshot], int], first: date, last: date) -> int | None:
        """By how much a figure grew from the beginning of the first day to the end of the last; None if unknown."""
        began, ended = self.at(first - ONE_DAY), self.at(last)
        return None if began is None or ended is None else read(ended) - read(began)


def series_since(kind: Kind, subject: int | None, first: date) -> Series:
    """One query: every row since the first day, and the last one before it."""
    rows = snapshots_of(kind, subject)
    before = rows.filter(day__lt=first).order_by("-day").values("day")[:1]
    return Series(list(rows.filter(day__gte=Coalesce(Subquery(before), Value(first))).order_by("day")))


def sums_of(courses: QuerySet[CourseStats], names: Iterable[str]) -> dict[str, Any]:
    """These figures of all these courses added up, and as of when the `oldest` of them are; one query."""
    return courses.order_by().aggregate(oldest=Min("as_of"), **{name: Sum(name) for name in names})


@dataclass(frozen=True)
class Grown:
    """By how many learners a course grew in a period, and in the one it is compared with."""

    course: int
    gained: int
    before: int | None


def growth_of_courses(courses: QuerySet[CourseStats], first: date, compared: tuple[date, date] | None) -> list[Grown]:
    """One query; courses of which nothing is known before the period are left out, unless they are newer than that."""

    def learners_before(day: date) -> Any:
        rows = StatSnapshot.objects.filter(course=OuterRef("course"), day__lt=day).order_by("-day")
        return Subquery(rows.values("learners")[:1])

    asked: dict[str, Any] = {"began": learners_before(first)}
    if compared:
        asked |= {"their_first": learners_before(compared[0]), "their_last": learners_before(compared[1] + ONE_DAY)}
    found = []
    rows = courses.order_by().values_list("course", "learners", "course__created_at", *asked.values())
    for course, learners, created_at, began, *theirs in rows.iterator(chunk_size=5_000):
        start = began if began is not None else 0 if created_at.astimezone(UTC).date() >= first else None
        if start is None:
            continue
        before = theirs[1] - theirs[0] if theirs and None not in theirs else None
        found.append(Grown(course, learners - start, before))
    return found


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
