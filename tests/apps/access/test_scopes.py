"""What holds for every scope, and what of people and courses is seen by whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from apps.accounts.models import User
from apps.catalog.models import CategoryUserGrant, Lesson
from apps.records.policy import policy_for, scope
from tests.apps.access.conftest import World
from tests.support.people import give_role, grant, person

MODELS = {
    "course": "catalog.course",
    "module": "catalog.module",
    "lesson": "catalog.lesson",
    "resource": "catalog.resource",
    "courseinstructor": "catalog.courseinstructor",
    "enrollment": "enrollments.enrollment",
    "lessonprogress": "enrollments.lessonprogress",
    "assessment": "assessments.assessment",
    "question": "assessments.question",
    "answer": "assessments.answer",
    "attempt": "assessments.attempt",
    "attemptanswer": "assessments.attemptanswer",
    "user": "accounts.user",
    "category": "catalog.category",
}


@pytest.mark.parametrize("kind", MODELS)
def test_asking_what_exists_and_what_is_hidden_costs_the_same_few_queries(
    kind: str, world: World, django_assert_max_num_queries: Any
) -> None:
    model = apps.get_model(MODELS[kind])

    with django_assert_max_num_queries(4):
        list(scope(world.people["IX"], "view", model))


def test_archived_rows_stay_in_the_scope(world: World) -> None:
    world.a.archived_at = world.a.created_at
    world.a.save()

    assert scope(world.people["IO"], "view", type(world.a)).get() == world.a


@pytest.mark.parametrize("letters", ["AD", "ST"])
def test_a_verb_nobody_knows_is_a_mistake_and_not_a_refusal(letters: str, world: World) -> None:
    user, courses = world.people[letters], policy_for(type(world.a))
    questions: list[Callable[[], object]] = [
        lambda: courses.scope(user, "frobnicate"),
        lambda: courses.may_ever(user, "frobnicate"),
        lambda: courses.may(user, "frobnicate", world.a),
    ]

    for ask in questions:
        with pytest.raises(LookupError, match="knows no verb"):
            ask()


def test_what_is_not_saved_yet_may_be_added_by_whoever_finds_the_door_open(world: World) -> None:
    lessons, people = policy_for(Lesson), policy_for(User)

    may = {letters for letters in ("IO", "CC", "CV", "NO") if lessons.may(world.people[letters], "add", Lesson())}

    assert may == {"IO", "CC"}
    assert [people.may_new(world.people[letters], "add", None) for letters in ("AD", "MA")] == [True, False]


@pytest.mark.parametrize(
    ("role", "status"), [("student", "active"), ("staff", "suspended")], ids=["a student", "somebody suspended"]
)
def test_whoever_is_not_at_work_adds_nothing_whatever_they_hold(role: str, status: str, world: World) -> None:
    user = give_role(person("idle", role, status=status), "instructor")
    grant(user, "edit_content", world.a)
    grant(user, "grant_access", world.top)
    courses: Any = policy_for(type(world.a))

    may = [
        policy_for(Lesson).may_new(user, "add", world.a),
        policy_for(CategoryUserGrant).may_new(user, "add", world.top),
        courses.may_new(user, "import", None),
        courses.may_add_in(user, None),
    ]

    assert may == [False] * 4


def test_nobody_at_all_reaches_nothing(world: World) -> None:
    assert not scope(None, "view", type(world.a)).exists()


def test_a_model_without_a_policy_is_closed(world: World) -> None:
    with pytest.raises(LookupError, match="has no policy"):
        scope(world.people["AD"], "view", apps.get_model("sessions.session"))


def test_people_who_see_names_only_see_nothing_else(world: World) -> None:
    people = policy_for(apps.get_model("accounts.user"))

    for letters in ("MO", "IO", "CM"):
        assert {"email", "username", "last_login", "status", "groups"} <= people.masked_fields(world.people[letters])
        assert not {"first_name", "last_name"} & people.masked_fields(world.people[letters])
    assert people.masked_fields(world.people["MA"]) == frozenset()


def test_support_sees_courses_without_money(world: World) -> None:
    courses = policy_for(apps.get_model("catalog.course"))

    assert courses.masked_fields(world.people["SU"]) == {"price", "discount_price", "discount_ends_at"}
    assert courses.masked_fields(world.people["MA"]) == courses.masked_fields(world.people["IO"]) == frozenset()


# Whether they may start courses in the category of A, elsewhere, and whether they have to teach those themselves.
STARTS_COURSES = {
    "AD": (True, True, False),
    "IO": (True, True, True),
    "MA": (False, False, True),
    "CI": (False, False, True),
    "CAT": (False, False, True),
    "NO": (False, False, True),
}


@pytest.mark.parametrize("letters", STARTS_COURSES)
def test_who_may_start_courses_from_a_file_and_for_whom(letters: str, world: World) -> None:
    courses: Any = policy_for(type(world.a))
    user, here, there = world.people[letters], world.a.category_id, world.b.category_id

    found = (
        courses.may_add_in(user, here, verb="import"),
        courses.may_add_in(user, there, verb="import"),
        courses.must_teach(user, here, verb="import"),
    )

    assert found == STARTS_COURSES[letters]


def test_a_manager_granted_imports_on_a_category_starts_courses_below_it_for_anybody(world: World) -> None:
    manager, courses = world.people["MA"], policy_for(type(world.a))
    grant(manager, "import_content", world.top)

    assert courses.may_add_in(manager, world.a.category_id, verb="import")  # type: ignore[attr-defined]
    assert not courses.must_teach(manager, world.a.category_id, verb="import")  # type: ignore[attr-defined]
    assert not courses.may_add_in(manager, world.b.category_id, verb="import")  # type: ignore[attr-defined]
    assert not courses.may_add_in(manager, world.a.category_id, verb="add")  # type: ignore[attr-defined]
