"""Who gets which cards of the overview, and what each of them may see on it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.access.see_as import KEY
from apps.accounts.models import User
from apps.catalog.models import Course, CourseUserGrant
from apps.statistics.models import PlatformStats
from apps.statistics.services import refresh_everything
from tests.recipes import access, catalog, enrollments, reviews
from tests.support.overview import cards_on, facts_of
from tests.support.people import give_role, grant, person, teach
from tests.support.teaching import suspended_profile

pytestmark = pytest.mark.django_db
OVERVIEW = "/admin/"
OF_THE_PLATFORM = ["numbers", "growth", "funnel", "growing", "cohorts"]
OF_COURSES = ["teaching", "courses", "stops", "difficulty"]


@pytest.fixture
def counted(busy_course: Course) -> Course:
    refresh_everything()
    return busy_course


@pytest.mark.parametrize(
    ("role", "cards"),
    [
        ("administrator", [*OF_THE_PLATFORM, "queue", "outcomes", "helping"]),
        ("manager", [*OF_THE_PLATFORM, "helping"]),
        ("moderator", ["queue", "outcomes", "within"]),
        ("support", ["helping", "within"]),
        ("instructor", OF_COURSES),
        ("staff_without_rights", []),
    ],
)
def test_rights_say_which_cards_a_person_gets(
    role: str,
    cards: list[str],
    counted: Course,
    signed_in: Callable[[User], Client],
    request: pytest.FixtureRequest,
) -> None:
    client = signed_in(request.getfixturevalue(role))

    assert list(cards_on(client.get(OVERVIEW))) == cards


def test_what_the_main_role_is_there_for_comes_first(
    counted: Course, instructor: User, signed_in: Callable[[User], Client]
) -> None:
    give_role(instructor, "moderator")

    shown = list(cards_on(signed_in(instructor).get(OVERVIEW)))

    assert shown[:2] == ["queue", "outcomes"]
    assert {*shown} == {"queue", "outcomes", *OF_COURSES}


def test_the_right_to_edit_a_course_opens_no_card_of_figures(
    counted: Course, co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(co_instructor_with("edit_content"))

    assert list(cards_on(client.get(OVERVIEW))) == ["within"]


def test_a_grant_on_one_course_shows_the_numbers_of_this_course_alone(
    counted: Course, other_course: Course, staff_without_rights: User, signed_in: Callable[[User], Client]
) -> None:
    enrollments.enrollment.make(course=other_course, user=person("elsewhere", User.Role.STUDENT))
    refresh_everything()
    grant(staff_without_rights, "view_analytics", counted)

    page = signed_in(staff_without_rights).get(OVERVIEW)

    numbers = {one.title: one.value for one in facts_of(page, "teaching")["numbers"]}
    assert "3" in numbers["Learners"]
    assert [row["title"] for row in facts_of(page, "courses")["rows"]] == [counted.title]
    assert other_course.title not in page.content.decode()


def test_asking_for_a_hidden_course_shows_ones_own(
    counted: Course, other_course: Course, instructor: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(instructor)

    for asked in (other_course.pk, 10**30, "x", -1, ""):
        page = client.get(OVERVIEW, {"course": asked})
        assert facts_of(page, "stops")["course"] == counted
        assert other_course.title not in page.content.decode()


def test_a_grant_that_has_ended_shows_nothing(
    counted: Course, staff_without_rights: User, signed_in: Callable[[User], Client]
) -> None:
    grant(staff_without_rights, "view_analytics", counted, expires_at=timezone.now() - timedelta(minutes=1))

    assert cards_on(signed_in(staff_without_rights).get(OVERVIEW)) == {}


def test_a_suspended_instructor_sees_no_figure(
    counted: Course, instructor: User, signed_in: Callable[[User], Client]
) -> None:
    suspended_profile(instructor)

    page = signed_in(instructor).get(OVERVIEW)

    shown = cards_on(page)
    assert [shown[key] for key in OF_COURSES] == [None] * 4
    assert counted.title not in page.content.decode()


def test_the_sum_of_all_courses_is_shut_where_the_figures_of_one_are(
    counted: Course, instructor: User, signed_in: Callable[[User], Client]
) -> None:
    shut = catalog.course.make(title="Behind a closed door")
    teach(instructor, shut)
    CourseUserGrant.objects.filter(user=instructor, content_object=shut).delete()
    enrollments.enrollment.make(course=shut, user=person("elsewhere", User.Role.STUDENT))
    refresh_everything()

    page = signed_in(instructor).get(OVERVIEW)

    facts = facts_of(page, "teaching")
    assert facts["note"] == "Of the courses whose figures you may see."
    assert "3" in {one.title: one.value for one in facts["numbers"]}["Learners"]
    assert [row["title"] for row in facts_of(page, "courses")["rows"]] == [counted.title]


def test_who_may_not_see_money_sees_none_on_the_overview(
    counted: Course, staff_without_rights: User, manager: User, signed_in: Callable[[User], Client]
) -> None:
    PlatformStats.objects.update(monthly_minor={"EUR": 741100})
    role = access.role.make()
    role.permissions.add(Permission.objects.get(codename="view_platformstats"))
    give_role(staff_without_rights, role.name)

    masked = signed_in(staff_without_rights).get(OVERVIEW).content.decode()
    seen = signed_in(manager).get(OVERVIEW).content.decode()

    assert "7,411.00" not in masked
    assert "Monthly revenue" not in masked
    assert "7,411.00 EUR" in seen


def test_an_administrator_sees_the_overview_of_the_person_they_look_as(
    counted: Course, instructor: User, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(administrator)
    session = client.session
    session[KEY] = {"person": instructor.pk, "by": administrator.pk, "started": timezone.now().timestamp()}
    session.save()

    page = client.get(OVERVIEW, {"period": "7"})

    assert list(cards_on(page)) == OF_COURSES
    assert page.context["period"].key == "7"


@pytest.mark.parametrize("role", ["administrator", "manager", "moderator", "support", "instructor"])
def test_an_overview_asks_as_much_for_many_courses_as_for_one(
    role: str,
    counted: Course,
    instructor: User,
    signed_in: Callable[[User], Client],
    request: pytest.FixtureRequest,
) -> None:
    client = signed_in(request.getfixturevalue(role))
    client.get(OVERVIEW)
    with CaptureQueriesContext(connection) as few:
        client.get(OVERVIEW)
    for number in range(12):
        course = catalog.course.make()
        teach(instructor, course)
        learner = person(f"more{number}", User.Role.STUDENT)
        enrollments.enrollment.make(course=course, user=learner)
        reviews.review.make(course=course, user=learner)
    refresh_everything()

    with CaptureQueriesContext(connection) as many:
        client.get(OVERVIEW)

    assert len(many) == len(few) <= 25


def test_the_figures_of_a_manager_are_four_queries_and_the_titles_of_a_list(
    counted: Course, as_manager: Client
) -> None:
    as_manager.get(OVERVIEW)

    with CaptureQueriesContext(connection) as asked:
        as_manager.get(OVERVIEW)

    tables = [re.search(r'FROM "(\w+)"', one["sql"]) for one in asked.captured_queries]
    names = [found.group(1) for found in tables if found]
    figures = [name for name in names if name.startswith("statistics_") and name != "statistics_arrangement"]
    assert sorted(figures) == [
        "statistics_cohortstats",
        "statistics_coursestats",
        "statistics_platformstats",
        "statistics_statsnapshot",
        "statistics_statsnapshot",
    ]
