"""The two shapes in which a scope is asked, for few courses and for many, find exactly the same rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from apps.access.memory import remembering
from apps.accounts.models import User
from apps.catalog import grants, rights
from apps.catalog.models import Course, CourseUserGrant, Lesson, Module
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.policy import scope
from tests.apps.access.conftest import World
from tests.recipes import catalog
from tests.support.people import give_role, grant, person

MODELS: tuple[Any, ...] = (Course, Module, Lesson, Enrollment, LessonProgress)
LETTERS = ("NO", "IO", "IX", "CV", "CC", "CM", "CE", "CAT", "MA", "AD")


@pytest.fixture(params=["few", "many"])
def shape(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(rights, "MANY", 500 if request.param == "few" else 1)
    return str(request.param)


def is_walked(rows: QuerySet[Any]) -> bool:
    return "IS TRUE" in str(rows.query)


@pytest.mark.parametrize("verb", ["view", "change", "export"])
def test_both_shapes_open_the_same_rows(world: World, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened() -> dict[tuple[str, str], set[int]]:
        return {
            (letters, model.__name__): set(scope(world.people[letters], verb, model).values_list("pk", flat=True))
            for letters in LETTERS
            for model in MODELS
        }

    few = opened()
    monkeypatch.setattr(rights, "MANY", 1)
    many = opened()

    assert is_walked(scope(world.people["IO"], verb, Lesson))
    assert few == many


def test_a_right_that_ends_binds_in_both_shapes(world: World, shape: str) -> None:
    CourseUserGrant.objects.filter(user=world.people["CC"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    grant(world.people["CC"], "view_course", world.b)

    rows = scope(world.people["CC"], "view", Lesson)

    assert is_walked(rows) is (shape == "many")
    assert list(rows) == [world.rows["B"]["lesson"]]


def test_rights_by_hand_by_role_and_by_category_add_up_in_both_shapes(world: World, shape: str) -> None:
    somebody = person("somebody")
    grant(somebody, "view_course", world.b)
    grant(somebody, "edit_content", world.top)

    assert set(scope(somebody, "view", Course)) == {world.a, world.b}
    assert list(scope(somebody, "change", Course)) == [world.a]


def test_each_right_reaches_only_where_it_was_given(world: World, shape: str) -> None:
    by_course, by_category = person("by-course"), person("by-category")
    for user, on in ((by_course, (world.a, world.b)), (by_category, (world.top, world.b.category))):
        for right, place in zip(("edit_content", "import_content"), on, strict=True):
            assert place is not None
            grant(user, right, place)

    for user in (by_course, by_category):
        assert list(scope(user, "change", Course)) == [world.a]
        assert list(scope(user, "import", Course)) == [world.b]


def test_rights_of_a_role_on_a_category_reach_the_courses_below_it_in_both_shapes(world: World, shape: str) -> None:
    somebody = give_role(person("somebody"), "moderator")
    grants.grant_right(somebody.groups.get(), "edit_content", world.top, by=world.people["AD"], reason="They help.")

    assert list(scope(somebody, "change", Course)) == [world.a]
    assert list(scope(somebody, "change", Lesson)) == [world.rows["A"]["lesson"]]
    assert rights.ends_of_rights(somebody, world.a) == {"edit_content": None}


def test_who_holds_courses_and_a_large_category_is_asked_in_the_walking_shape(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "MANY", 3)
    large = catalog.category.make(slug="large")
    catalog.course.make(category=large, _quantity=3)
    somebody = person("somebody")
    grant(somebody, "view_course", large)

    assert rights.holds_many(somebody)
    assert is_walked(scope(somebody, "view", Course))
    assert scope(somebody, "view", Course).count() == 3


@pytest.mark.parametrize(
    ("courses", "in_categories", "is_many"),
    [
        (0, [], False),
        (1, [], False),
        (2, [], True),
        (0, [1], False),
        (0, [2], True),
        (0, [1, 1], True),
        (0, [0, 0], False),
    ],
)
def test_two_courses_are_many_whether_given_one_by_one_or_with_their_categories(
    courses: int, in_categories: list[int], is_many: bool, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "MANY", 2)
    somebody = person("somebody")
    for number in range(courses):
        grant(somebody, "view_course", catalog.course.make(code=f"BY-HAND-{number}"))
    for number, courses_below in enumerate(in_categories):
        category = catalog.category.make(slug=f"given-{number}")
        catalog.course.make(category=category, _quantity=courses_below) if courses_below else None
        grant(somebody, "view_course", category)

    assert rights.holds_many(somebody) is is_many


def test_a_grant_given_within_a_request_is_known_in_the_rest_of_it(world: World) -> None:
    somebody = person("somebody")

    with remembering():
        before = scope(somebody, "view", Course).count()
        rights_grant(somebody, world)
        after = scope(somebody, "view", Course).count()

    assert (before, after) == (0, 1)


def rights_grant(somebody: User, world: World) -> None:
    grants.grant_right(somebody, "view_course", world.a, by=world.people["AD"], reason="They help out.")


@pytest.mark.parametrize(
    "address", ["/admin/catalog/lesson/", "/admin/enrollments/enrollment/", "/admin/catalog/course/"]
)
def test_a_list_costs_somebody_with_many_grants_no_more_queries_than_it_may(
    world: World,
    shape: str,
    address: str,
    signed_in: Callable[[User], Client],
    django_assert_max_num_queries: Any,
) -> None:
    client = signed_in(world.people["CAT"])

    with django_assert_max_num_queries(25):
        page = client.get(address)

    assert page.context["cl"].result_count == 1
