"""Searching a list finds what the words say, by few and small questions."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from admin_theme.console import searching
from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor
from apps.enrollments.models import Enrollment
from tests.recipes import catalog, enrollments
from tests.support.people import person


def found(administrator: User, model: Any, term: str) -> list[int]:
    request = RequestFactory().get("/")
    request.user = administrator
    screen = admin.site.get_model_admin(model)
    rows, doubled = screen.get_search_results(request, model._default_manager.order_by("pk"), term)
    assert not doubled
    return list(rows.values_list("pk", flat=True))


@pytest.fixture
def three(course: Course) -> list[Enrollment]:
    baking = catalog.course.make(title="Baking bread", code="BAKE-7")
    people = [person(name, User.Role.STUDENT) for name in ("quill", "quince", "zoe")]
    return [
        enrollments.enrollment.make(user=people[0], course=course),
        enrollments.enrollment.make(user=people[1], course=baking),
        enrollments.enrollment.make(user=people[2], course=baking),
    ]


@pytest.mark.parametrize(
    ("term", "places"),
    [
        ("QUI", [0, 1]),
        ("bake-7", [1, 2]),
        ("quin bake", [1]),
        ("bread zoe@", [2]),
        ('"Baking bread"', [1, 2]),
        ("bread nothing", []),
        ("100%", []),
    ],
)
@pytest.mark.parametrize("many", [1_000, 0])
def test_each_word_is_found_in_the_learner_or_the_course(
    administrator: User,
    three: list[Enrollment],
    term: str,
    places: list[int],
    many: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "MANY", many)

    assert found(administrator, Enrollment, term) == [three[place].pk for place in places]


def test_a_course_with_two_teachers_of_the_name_is_found_once(administrator: User, course: Course) -> None:
    for role in (CourseInstructor.Role.PRIMARY, CourseInstructor.Role.ASSISTANT):
        teacher = person(f"mason-{role}", User.Role.INSTRUCTOR)
        CourseInstructor.objects.create(course=course, user=teacher, role=role)

    assert found(administrator, Course, "mason") == [course.pk]


def test_a_word_costs_one_question_for_people_and_one_for_courses(
    administrator: User, three: list[Enrollment], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3) as asked:
        assert found(administrator, Enrollment, "quill") == [three[0].pk]

    assert "JOIN" not in asked.captured_queries[-1]["sql"]


def test_an_archived_course_still_names_its_enrollments(
    as_administrator: Client, administrator: User, three: list[Enrollment]
) -> None:
    Course.with_archived.filter(code="BAKE-7").update(archived_at="2026-01-01T00:00:00Z", archived_by=administrator)

    page = as_administrator.get("/admin/enrollments/enrollment/", {"q": "BAKE-7"}).content.decode()

    assert "quince" in page
    assert "zoe" in page
