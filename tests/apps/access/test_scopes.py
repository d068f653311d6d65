"""The matrix: which rows of each model each person may see and touch, as one table."""

from typing import Any

import pytest
from django.apps import apps

from apps.records.policy import policy_for, scope
from tests.apps.access.conftest import World
from tests.support.people import grant

EVERYBODY = ("AN", "ST", "NO", "IO", "IX", "CV", "CC", "CP", "CM", "CI", "CE", "CG", "CAT", "MO", "MA", "SU", "AD")
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

CONTENT = ("module", "lesson", "resource", "assessment", "question", "answer")
LEARNING = ("enrollment", "lessonprogress")
ATTEMPTS = ("attempt", "attemptanswer")
ON_COURSES = ("course", *CONTENT, "courseinstructor", *LEARNING)

SEES = {"IO": "A", "IX": "B", "CV": "A", "CC": "A", "CP": "A", "CM": "A", "CI": "A", "CE": "A", "CG": "A", "CAT": "A"}
LED = {"IO": "A", "IX": "B"}
EDITS = LED | {"CC": "A", "CAT": "A"}

TABLE: list[tuple[tuple[str, ...], str, dict[str, str]]] = [
    (("course", *LEARNING, *ATTEMPTS), "view", SEES | {"MA": "all", "SU": "all"}),
    ((*CONTENT, "courseinstructor"), "view", SEES | {"MA": "all"}),
    (("course", *CONTENT), "change", EDITS),
    (CONTENT, "add", EDITS),
    (CONTENT, "archive", EDITS),
    (CONTENT, "delete", {}),
    (("course",), "add", LED),
    (("course",), "archive", LED),
    (("course",), "delete", LED),
    (("course",), "publish", LED | {"CP": "A"}),
    (("course",), "price", LED | {"MA": "all"}),
    (("course",), "instructor", LED | {"MA": "all"}),
    (("course",), "grant", LED | {"CG": "A"}),
    (("course", *CONTENT, *LEARNING), "import", LED | {"CI": "A"}),
    (ON_COURSES, "export", LED | {"CE": "A", "MA": "all"}),
    (("courseinstructor",), "change", LED),
    (("courseinstructor",), "import", LED),
    (LEARNING, "change", LED | {"CM": "A"}),
    (("enrollment",), "archive", LED | {"CM": "A"}),
    (LEARNING, "delete", {}),
    (ATTEMPTS, "grade", LED | {"CM": "A"}),
    *((ATTEMPTS, verb, {}) for verb in ("add", "change", "archive", "delete", "import", "export")),
    (("user",), "view", LED | {"CM": "A", "MO": "all", "MA": "all", "SU": "all"}),
    (("user",), "reset_password", {"SU": "all"}),
    (("user",), "unlock", {"SU": "all"}),
    (("user",), "export", {"MA": "all"}),
    *((("user",), verb, {}) for verb in ("add", "change", "delete", "suspend", "set_role", "import", "archive")),
    (("category",), "view", dict.fromkeys(SEES, "all") | {"MO": "all", "MA": "all"}),
    (("category",), "change", {"MA": "all"}),
    (("category",), "import", {}),
]
CELLS = [pytest.param(kind, verb, expected, id=f"{verb}-{kind}") for kinds, verb, expected in TABLE for kind in kinds]


@pytest.mark.parametrize(("kind", "verb", "expected"), CELLS)
def test_each_person_reaches_exactly_the_rows_of_the_matrix(
    kind: str, verb: str, expected: dict[str, str], world: World
) -> None:
    model = apps.get_model(MODELS[kind])

    reached = {
        letters: world.which(set(scope(user, verb, model).values_list("pk", flat=True)), kind)
        for letters, user in world.people.items()
    }

    assert reached == {letters: expected.get(letters, "none") for letters in EVERYBODY} | {"AD": "all"}


@pytest.mark.parametrize(("kind", "verb", "expected"), CELLS)
def test_the_door_is_open_exactly_for_those_who_reach_something(
    kind: str, verb: str, expected: dict[str, str], world: World
) -> None:
    the_policy = policy_for(apps.get_model(MODELS[kind]))

    doors = {letters for letters, user in world.people.items() if the_policy.may_ever(user, verb)}

    imports_for_themselves = {"IO", "IX"} if (kind, verb) == ("course", "import") else set()
    assert doors == {*expected, "AD", *imports_for_themselves}


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


def test_a_verb_nobody_knows_is_a_mistake_and_not_a_refusal(world: World) -> None:
    with pytest.raises(LookupError, match="knows no verb"):
        scope(world.people["AD"], "frobnicate", type(world.a))


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
