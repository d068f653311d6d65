"""Figures of the demo platform, and their series of the past half year as the dates of its records tell it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from apps.catalog.models import CourseInstructor
from apps.certificates.models import Certificate
from apps.certificates.states import CertificateState
from apps.enrollments.models import Enrollment
from apps.enrollments.states import LEARNING
from apps.reviews.models import Review
from apps.reviews.states import ReviewState
from apps.statistics.models import StatSnapshot
from apps.statistics.services import refresh_cohorts, refresh_payouts, refresh_touched
from apps.subscriptions.models import Movement
from backoffice.seed.writing import World

DAYS, EVERY = 180, 7
EVENTS = ("learners", "completed", "reviews", "certificates")
Days = dict[str, list[date]]


def make_statistics(world: World) -> None:
    """The figures of today are counted; the days before are made from when something happened."""
    refresh_touched()
    refresh_cohorts()
    refresh_payouts()
    of_courses = events_by_course()
    teachers: dict[int, set[int]] = defaultdict(set)
    for course, user in CourseInstructor.objects.filter(is_active=True).values_list("course", "user"):
        teachers[user].add(course)
    today = min(world.now, datetime.now(UTC)).astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(EVERY, DAYS + 1, EVERY)]
    rows = [row_of(day, of_courses[course], course_id=course) for course in of_courses for day in days]
    for user, courses in teachers.items():
        theirs = together(of_courses[course] for course in courses if course in of_courses)
        rows += [row_of(day, theirs, instructor_id=user, courses=len(courses)) for day in days]
    everything = together(of_courses.values())
    for back in range(1, DAYS + 1):
        day = today - timedelta(days=back)
        rows.append(row_of(day, everything, courses=len(of_courses), monthly_minor=monthly_at(day)))
    StatSnapshot.objects.bulk_create(rows, batch_size=1000)


def monthly_at(day: date) -> dict[str, int]:
    """By currency what subscriptions brought in a month at the end of the day."""
    moved = Movement.objects.filter(occurred_at__date__lte=day)
    return dict(moved.order_by("currency").values_list("currency").annotate(sum=Sum("delta_minor")))


def events_by_course() -> dict[int, Days]:
    """By course the sorted days on which somebody began or completed it, reviewed it or was given a certificate."""
    found: dict[int, Days] = defaultdict(lambda: {name: [] for name in EVENTS})
    taken = Enrollment.objects.filter(status__in=sorted(LEARNING))
    approved = Review.objects.filter(state=ReviewState.APPROVED)
    valid = Certificate.objects.filter(state=CertificateState.VALID)
    for name, moments in (
        ("learners", taken.values_list("course", "enrolled_at")),
        ("completed", taken.exclude(completed_at=None).values_list("course", "completed_at")),
        ("reviews", approved.values_list("course", "created_at")),
        ("certificates", valid.values_list("course", "issued_at")),
    ):
        for course, moment in moments:
            found[course][name].append(moment.astimezone(UTC).date())
    for events in found.values():
        for each in events.values():
            each.sort()
    return dict(found)


def together(events: Iterable[Days]) -> Days:
    several = list(events)
    return {name: sorted(day for one in several for day in one[name]) for name in EVENTS}


def row_of(day: date, events: Days, **facts: Any) -> StatSnapshot:
    """What had happened by the end of the day."""
    numbers = {name: bisect_right(events[name], day) for name in EVENTS}
    active = max(numbers["learners"] - numbers["completed"], 0)
    return StatSnapshot(day=day, month=day.replace(day=1), active_learners=active, **numbers, **facts)
