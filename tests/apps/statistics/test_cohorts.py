"""Learners by month: who came back, who completed it, and that only months in which something happened are counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.services import drop_enrollment
from apps.statistics.figures.defining import first_day
from apps.statistics.models import CohortStats
from apps.statistics.services import check_figures, refresh_cohorts, refresh_everything
from apps.subscriptions.periods import month_number
from tests.recipes import catalog, enrollments
from tests.support.overview import facts_of
from tests.support.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_in_flight")]
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


def enrolled(
    course: Course, at: datetime, *, opened: int = 0, completed: int | None = None, **facts: str
) -> Enrollment:
    """Somebody who opened the course so many days after they had enrolled, and perhaps completed it."""
    with_status: dict[str, Any] = {"status": "active" if completed is None else "completed", **facts}
    made: Enrollment = enrollments.enrollment.make(
        course=course,
        user=person(f"learner{Enrollment.with_archived.count()}", User.Role.STUDENT),
        enrolled_at=at,
        last_accessed_at=at + timedelta(days=opened),
        completed_at=None if completed is None else at + timedelta(days=completed),
        **with_status,
    )
    return made


@pytest.fixture
def taken(course: Course) -> Course:
    enrolled(course, JANUARY, opened=29, completed=29)
    enrolled(course, JANUARY + timedelta(days=30), opened=30)
    enrolled(course, JANUARY + timedelta(days=30, hours=23, minutes=59), opened=95, completed=91)
    enrolled(course, JANUARY + timedelta(days=5), opened=400, status="dropped")
    enrolled(course, JANUARY, opened=30, status="waitlisted")
    enrolled(course, JANUARY + timedelta(days=31), opened=10)
    refresh_cohorts()
    return course


def test_a_month_holds_everybody_who_enrolled_in_it_and_when_they_were_there_last(taken: Course) -> None:
    january, february = CohortStats.objects.order_by("month")

    assert (january.month, january.learners) == (date(2026, 1, 1), 4)
    assert january.opened == [3, 2, 1, 1]
    assert january.completed == [1, 1, 2, 2]
    assert (february.month, february.learners, february.opened) == (date(2026, 2, 1), 1, [0, 0, 0, 0])


def test_only_the_months_of_touched_enrollments_are_counted_anew(taken: Course, manager: User) -> None:
    before = {row.month: row.as_of for row in CohortStats.objects.all()}
    drop_enrollment(Enrollment.objects.get(enrolled_at__month=2), by=manager)

    refresh_cohorts()

    after = {row.month: row.as_of for row in CohortStats.objects.all()}
    assert after[date(2026, 1, 1)] == before[date(2026, 1, 1)]
    assert after[date(2026, 2, 1)] > before[date(2026, 2, 1)]


def test_a_month_nobody_enrolled_in_any_more_goes(taken: Course) -> None:
    row = Enrollment.objects.get(enrolled_at__month=2)
    row.enrolled_at = JANUARY
    row.save()

    refresh_cohorts()

    assert [(one.month.month, one.learners) for one in CohortStats.objects.all()] == [(1, 5)]


def test_the_nightly_check_names_and_repairs_a_wrong_month(taken: Course) -> None:
    CohortStats.objects.filter(month=date(2026, 1, 1)).update(learners=9)
    CohortStats.objects.filter(month=date(2026, 2, 1)).delete()

    found = [str(one) for one in check_figures() if one.kind == "cohort"]

    assert found == [
        "cohort January 2026: learners was 9, is 4.",
        "cohort February 2026: learners was 0, is 1, "
        "opened was [], is [0, 0, 0, 0], completed was [], is [0, 0, 0, 0].",
    ]
    assert list(CohortStats.objects.order_by("month").values_list("learners", flat=True)) == [4, 1]
    assert [one for one in check_figures() if one.kind == "cohort"] == []


def test_what_is_not_over_for_everybody_in_a_month_is_not_told(taken: Course, as_manager: Client) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC)):
        refresh_everything()
        february, january = facts_of(as_manager.get("/admin/"), "cohorts")["rows"]

    assert [cell["share"] for cell in january["cells"]] == [75, 50, None, None, 25, 25, None, None]
    assert [cell["share"] for cell in february["cells"]] == [0, None, None, None, 0, None, None, None]


def test_months_are_counted_by_one_query_however_many_courses_there_are(taken: Course) -> None:
    with CaptureQueriesContext(connection) as few:
        refresh_cohorts()
    for _ in range(5):
        enrolled(catalog.course.make(), JANUARY)

    with CaptureQueriesContext(connection) as many:
        refresh_cohorts()

    counting = [one for one in many.captured_queries if "opened_12" in one["sql"]]
    assert len(counting) == 1
    assert not [one for one in few.captured_queries if "opened_12" in one["sql"]]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 1, 1), date(2028, 2, 29)])
def test_a_month_is_the_number_of_its_first_day(day: date) -> None:
    assert first_day(month_number(day)) == day.replace(day=1)
    assert month_number(date(2026, 1, 1)) - month_number(date(2025, 12, 1)) == 1
