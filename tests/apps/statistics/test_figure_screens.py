"""The screens of figures: who sees what, how fresh it is, and that they are counted when somebody asks."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from apps.accounts.about import personal_rows
from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, CourseUserGrant
from apps.enrollments.services import enroll
from apps.jobs.models import JobRun
from apps.statistics.figures import COURSE, PLATFORM
from apps.statistics.models import CourseStats, InstructorStats, LearnerStats, PlatformStats, StatSnapshot
from apps.statistics.queries import by_month, compared, series
from apps.statistics.services import refresh_touched
from tests.recipes import access, catalog, statistics
from tests.support.people import give_role

pytestmark = pytest.mark.django_db
LIST = "/admin/statistics/coursestats/"


@pytest.fixture
def counted(busy_course: Course) -> CourseStats:
    refresh_touched()
    return CourseStats.objects.get(course=busy_course)


def page(stats: CourseStats) -> str:
    return f"/admin/catalog/course/{stats.course_id}/change/?tab=statistics"


def test_the_page_of_a_course_shows_each_figure_with_its_words_and_moment(
    counted: CourseStats, as_manager: Client
) -> None:
    shown = as_manager.get(page(counted)).content.decode()

    for figure in COURSE.figures:
        assert (escape(figure.words) in shown) == figure.is_shown
    assert "As of" in shown
    assert "33.3" in shown


def test_the_right_to_edit_a_course_shows_no_figures_of_it(
    counted: CourseStats, co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client]
) -> None:
    editor = signed_in(co_instructor_with("edit_content"))

    assert "Statistics</a>" not in editor.get(page(counted)).content.decode()
    assert editor.get(LIST).status_code == 403
    assert editor.get(f"{LIST}{counted.pk}/change/").status_code == 403
    assert editor.post(f"{LIST}{counted.pk}/refresh/").status_code == 403


def test_the_right_to_see_figures_opens_those_of_this_course_alone(
    counted: CourseStats,
    other_course: Course,
    co_instructor_with: Callable[[str], User],
    signed_in: Callable[..., Client],
) -> None:
    refresh_touched()
    analyst = signed_in(co_instructor_with("view_analytics"))
    other = CourseStats.objects.get(course=other_course)

    listed = analyst.get(LIST).content.decode()

    assert "Python from the first line" in listed
    assert "As of" in listed
    assert "Watercolor" not in listed
    assert analyst.get(f"{LIST}{other.pk}/change/").status_code == 404
    assert analyst.post(f"{LIST}{other.pk}/refresh/").status_code == 404
    assert analyst.get(page(counted)).status_code == 200


def test_refresh_now_counts_the_course_at_once(
    counted: CourseStats, as_instructor: Client, manager: User, student: User
) -> None:
    enroll(counted.course, student, by=manager)

    as_instructor.post(f"{LIST}{counted.pk}/refresh/")

    assert CourseStats.objects.get(pk=counted.pk).learners == counted.learners + 1


def test_the_sum_of_an_instructor_is_shut_where_the_figures_of_one_course_are(
    counted: CourseStats, instructor: User, as_instructor: Client
) -> None:
    stats = InstructorStats.objects.get(user=instructor)
    address = f"/admin/statistics/instructorstats/{stats.pk}/change/"
    assert as_instructor.get(address).status_code == 200
    second = catalog.course.make()
    catalog.course_instructor.make(course=second, user=instructor, role=CourseInstructor.Role.CO_INSTRUCTOR)

    refused = as_instructor.get(address)

    assert refused.status_code == 404
    CourseUserGrant.objects.filter(user=instructor).delete()
    assert as_instructor.get(address).status_code == 403


def test_the_platform_is_one_page_and_is_counted_in_the_background(counted: CourseStats, as_manager: Client) -> None:
    stats = PlatformStats.objects.get()
    address = f"/admin/statistics/platformstats/{stats.pk}/"

    assert as_manager.get("/admin/statistics/platformstats/").url == f"{address}change/"  # type: ignore[attr-defined]
    as_manager.post(f"{address}refresh/")

    run = JobRun.objects.get()
    assert (run.job, run.requester.email) == ("statistics.refresh", "manager@example.org")  # type: ignore[union-attr]


def test_support_sees_the_figures_of_learners_and_no_others(counted: CourseStats, as_support: Client) -> None:
    learner = LearnerStats.objects.get(user__email="learner0@example.org")

    assert as_support.get("/admin/statistics/learnerstats/").status_code == 200
    assert as_support.get(f"/admin/statistics/learnerstats/{learner.pk}/change/").status_code == 200
    for kind in ("coursestats", "instructorstats", "platformstats"):
        assert as_support.get(f"/admin/statistics/{kind}/").status_code == 403


def test_who_may_not_see_money_sees_none_on_the_page_of_the_platform(
    counted: CourseStats, staff_without_rights: User, signed_in: Callable[[User], Client]
) -> None:
    PlatformStats.objects.update(monthly_minor={"EUR": 741100})
    grant_permission(staff_without_rights, "view_platformstats")
    reader = signed_in(staff_without_rights)

    shown = reader.get(f"/admin/statistics/platformstats/{PlatformStats.ONLY}/change/").content.decode()

    assert "7,411.00" not in shown
    assert "Monthly revenue" not in shown
    grant_permission(staff_without_rights, "view_movement")
    assert (
        "7,411.00 EUR" in reader.get(f"/admin/statistics/platformstats/{PlatformStats.ONLY}/change/").content.decode()
    )


def grant_permission(user: User, codename: str) -> None:
    role = access.role.make()
    role.permissions.add(Permission.objects.get(codename=codename))
    give_role(user, role.name)


@pytest.mark.parametrize("kind", ["coursestats", "instructorstats", "learnerstats"])
def test_a_list_asks_as_much_for_many_rows_as_for_one(
    kind: str, counted: CourseStats, as_administrator: Client
) -> None:
    address = f"/admin/statistics/{kind}/"
    LearnerStats.objects.exclude(user__email="learner0@example.org").delete()
    as_administrator.get(address)
    with CaptureQueriesContext(connection) as few:
        as_administrator.get(address)
    for recipe in (statistics.course_stats, statistics.instructor_stats, statistics.learner_stats):
        for _ in range(12):
            recipe.make()

    with CaptureQueriesContext(connection) as many:
        as_administrator.get(address)

    assert len(many) == len(few) <= 25


def test_a_day_without_a_row_is_as_the_day_before(course: Course) -> None:
    first = date(2026, 3, 1)
    for day, learners in ((date(2026, 2, 20), 3), (date(2026, 3, 3), 5)):
        statistics.stat_snapshot.make(course=course, day=day, month=day.replace(day=1), learners=learners)

    points = series(COURSE, course.pk, first, date(2026, 3, 4))

    assert [row.learners for _, row in points if row] == [3, 3, 5, 5]
    assert [day for day, _ in by_month(series(COURSE, course.pk, date(2026, 2, 27), date(2026, 3, 4)))] == [
        date(2026, 2, 28),
        date(2026, 3, 4),
    ]


def test_a_dashboard_needs_three_rows_for_a_period_and_the_one_before(counted: CourseStats) -> None:
    today = timezone.now().date()
    for back, learners in ((70, 1), (40, 2)):
        day = today - timedelta(days=back)
        StatSnapshot.objects.create(day=day, month=day.replace(day=1), learners=learners)
    stats = PlatformStats.objects.get()

    with CaptureQueriesContext(connection) as asked:
        found = compared(PLATFORM, stats, since=today - timedelta(days=30), before=today - timedelta(days=60))

    assert len(asked) == 2
    assert (found.gained("learners"), found.gained_before("learners")) == (1, 1)
    assert compared(PLATFORM, stats, since=date(2020, 1, 1), before=date(2019, 1, 1)).gained("learners") is None


def test_figures_are_handed_over_with_what_is_kept_about_a_person(counted: CourseStats) -> None:
    learner = User.objects.get(email="learner0@example.org")

    held = {one.model: one.rows_of(learner).count() for one in personal_rows()}

    assert held[LearnerStats] == 1
