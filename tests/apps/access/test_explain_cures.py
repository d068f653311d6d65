"""What explain says is missing, what it would take, fields, and records that are not there yet: each is true."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Model

from apps.access.explain import explain
from apps.access.explain.keys import find, key_of
from apps.access.models import Role
from apps.access.services import set_permissions
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.grants import grant_right
from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.catalog.rights import RIGHTS, WORDS
from apps.records.policy import all_policies, policy_for, scope
from imports.models import ImportJob
from tests.apps.access.conftest import RIGHT_OF, World
from tests.recipes import RECIPES, catalog
from tests.support.people import give_role, grant, person

PEOPLE = ("IO", "IX", "CV", "CC", "CP", "CI", "CE", "CG", "CAT", "MO", "MA", "SU", "AD", "NO", "ST")
NAUGHTY = ("", "/", "//", "a/b/c/d/e", "\x00", "9" * 40, "-1", "²", "1.5", "'; --", "%", "ſ", "x" * 600, "None", "\n")


def answer(world: World, letters: str, verb: str, model: str, key: str, field: str = "") -> Any:
    return explain(world.people[letters].email, verb, model, key, field)


@pytest.fixture
def one_of_each(world: World) -> Iterator[Model]:
    return (RECIPES[one.model].make() for one in all_policies() if one.model in RECIPES)


def test_every_kind_of_record_is_found_by_the_key_people_type_for_it(one_of_each: Iterator[Model]) -> None:
    lost = [record._meta.label for record in one_of_each if find(type(record), key_of(record)) != record]

    assert lost == []


@pytest.mark.parametrize("key", NAUGHTY)
def test_no_key_whatever_it_holds_is_more_than_not_found(key: str, world: World) -> None:
    for one in all_policies():
        assert find(one.model, key) is None, one.model
        assert explain("ix@example.org", one.verbs[0], one.model._meta.label, key).allowed is False


def test_an_address_with_a_slash_is_one_part_of_a_key(world: World) -> None:
    row = catalog.course_instructor.make(course=world.a, user=person("a/b", User.Role.INSTRUCTOR))

    assert find(CourseInstructor, "A/a/b@example.org") == row
    assert find(CourseInstructor, "A/b/a/b@example.org") is None


def test_keys_are_compared_without_case_and_spaces_around_them(world: World) -> None:
    assert find(Course, " a ") == world.a


def test_whoever_is_said_to_be_able_to_give_a_right_can_and_then_the_answer_is_yes(world: World) -> None:
    for verb, right in (("view", "view_course"), ("change", "edit_content"), ("publish", "publish_course")):
        before = answer(world, "NO", verb, "catalog.course", "A")
        words = f"Robin Io or an administrator can give Robin No the right to {WORDS[right]}."
        assert (before.allowed, before.needed[0].text) == (False, words)

        grant_right(world.people["NO"], right, world.a, by=world.people["IO"], reason="Was missing.")

        assert answer(world, "NO", verb, "catalog.course", "A").allowed is True


def test_the_right_to_give_rights_is_said_to_come_from_administrators_only(world: World) -> None:
    before = answer(world, "NO", "grant", "catalog.course", "A")

    assert before.needed[0].text == "An administrator can give Robin No the right to give rights."


def test_a_role_that_is_named_as_enough_is_enough(world: World) -> None:
    before = answer(world, "NO", "view", "enrollments.enrollment", "learner-of-a@example.org/A")
    assert "An administrator can give Robin No the role Manager or Support." in [cure.text for cure in before.needed]

    give_role(world.people["NO"], "support")

    assert answer(world, "NO", "view", "enrollments.enrollment", "learner-of-a@example.org/A").allowed is True


def test_a_permission_that_is_named_as_enough_is_enough(world: World) -> None:
    before = answer(world, "MO", "change", "catalog.course", "A")
    assert any("“Can change course”" in cure.text for cure in before.needed)

    held = Permission.objects.filter(codename="change_course", content_type__model="course")
    set_permissions(Role.objects.get(name="moderator"), list(held), by=world.people["AD"])

    assert answer(world, "MO", "change", "catalog.course", "A").allowed is True


def test_two_permissions_that_are_enough_only_together_are_named_together(world: World) -> None:
    steps = answer(world, "NO", "import", "catalog.courseinstructor", "A/io@example.org").chain

    together = ("catalog.import_courseinstructor", "catalog.set_instructor_course")
    assert together in [step.permissions for step in steps]


def test_two_roles_that_are_enough_only_together_are_named_together(world: World) -> None:
    for name, codename in (("moderator", "import_courseinstructor"), ("support", "set_instructor_course")):
        held = Permission.objects.filter(codename=codename, content_type__app_label="catalog")
        set_permissions(Role.objects.get(name=name), list(held), by=world.people["AD"])
        give_role(world.people["NO"], name)

    said = answer(world, "NO", "import", "catalog.courseinstructor", "A/io@example.org")

    assert said.allowed is True
    assert "Robin No has the roles Moderator and Support, which may" in said.because[0]


def test_instructors_in_a_file_need_a_right_to_import_and_one_to_choose(world: World) -> None:
    only_import = answer(world, "CI", "import", "catalog.courseinstructor", "A/io@example.org")
    both = answer(world, "IO", "import", "catalog.courseinstructor", "A/io@example.org")

    assert "Robin Ci is no primary instructor of the course A." in only_import.because
    assert not any("does not hold the right to import" in sentence for sentence in only_import.because)
    assert both.because[0].endswith("; and Robin Io is a primary instructor of the course A.")


def test_the_right_to_choose_instructors_may_come_from_a_role_and_that_to_import_from_the_course(world: World) -> None:
    role = Role.objects.create(name="choosers")
    role.permissions.set(Permission.objects.filter(codename="set_instructor_course"))
    give_role(world.people["CI"], role.name)

    said = answer(world, "CI", "import", "catalog.courseinstructor", "A/io@example.org")

    assert said.allowed is True
    (words,) = said.because
    assert words.startswith("Robin Ci holds the right to import on the course A, given on")
    assert words.endswith("; and a role of Robin Ci may choose the instructors of all courses.")


def test_what_nobody_may_is_said_as_such(world: World) -> None:
    change: Any = RECIPES[ChangeSet].make()

    said = answer(world, "AD", "delete", "audit.changeset", str(change.pk))

    assert said.allowed is False
    assert said.because == ["Nobody may delete changes, administrators included."]
    assert said.needed == []


def test_somebody_elses_work_is_said_to_be_theirs(world: World) -> None:
    job: Any = RECIPES[ImportJob].make(uploader=world.people["CI"])

    said = answer(world, "IO", "view", "imports.importjob", str(job.pk))

    assert said.because[0] == "This import belongs to Robin Ci, not to Robin Io."


def test_a_learner_is_seen_because_of_the_course_they_share(world: World) -> None:
    said = answer(world, "CM", "view", "accounts.user", "learner-of-a@example.org")

    assert "Robin Cm holds the right to manage learners on the course A" in said.because[0]
    assert said.because[0].endswith("; Robin Learner-of-a learns there, and the name is shown.")


def test_a_lock_of_a_learner_is_lifted_by_a_role_and_that_of_a_colleague_by_nobody_else(world: World) -> None:
    learner = answer(world, "MO", "unlock", "accounts.user", "learner-of-a@example.org")
    colleague = answer(world, "SU", "unlock", "accounts.user", "io@example.org")

    assert "No role of Robin Mo may lift the sign-in lock of learners." in learner.because
    assert colleague.because == [
        "Robin Su is no administrator; administrators may lift the sign-in lock of people.",
    ]


# Fields


@pytest.mark.parametrize(
    ("letters", "field", "state"),
    [
        ("AD", "price", "writable"),
        ("IO", "price", "writable"),
        ("CC", "price", "read-only"),
        ("CC", "title", "writable"),
        ("CV", "title", "read-only"),
        ("MA", "price", "read-only"),
        ("SU", "price", "hidden"),
        ("IX", "title", "hidden"),
        ("AD", "status", "read-only"),
    ],
)
def test_a_field_is_writable_only_read_or_hidden(letters: str, field: str, state: str, world: World) -> None:
    seen = answer(world, letters, "view", "catalog.course", "A", field)
    changed = answer(world, letters, "change", "catalog.course", "A", field)

    assert (seen.field_state, changed.field_state) == (state, state)
    assert (seen.allowed, changed.allowed) == (state != "hidden", state == "writable")
    assert seen.because
    assert changed.because


def test_fields_are_writable_exactly_where_the_form_of_the_screen_has_them(world: World, client: Any) -> None:
    for letters in ("AD", "IO", "CC"):
        client.force_login(world.people[letters])
        page = client.get(f"/admin/catalog/course/{world.a.pk}/change/")
        for field in ("title", "price", "discount_price", "discount_ends_at", "currency", "level"):
            said = answer(world, letters, "change", "catalog.course", "A", field)
            assert said.allowed is (field in page.context["adminform"].form.fields), (letters, field)


@pytest.mark.parametrize(
    ("field", "words"), [("role", "change the roles of"), ("status", "suspend or reactivate people")]
)
def test_the_role_and_the_status_of_a_person_need_a_right_of_their_own(field: str, words: str, world: World) -> None:
    said = answer(world, "MA", "change", "accounts.user", "io@example.org", field)

    assert said.field_state == "read-only"
    assert any(words in sentence for sentence in said.because)


def test_a_field_or_a_verb_that_makes_no_sense_is_a_mistake(world: World) -> None:
    with pytest.raises(LookupError, match="has no field nothing"):
        answer(world, "IO", "view", "catalog.course", "A", "nothing")
    with pytest.raises(LookupError, match="publish does not"):
        answer(world, "IO", "publish", "catalog.course", "A", "price")


# What is not there yet


class Undone(Exception):
    pass


def is_in_scope_once_made(user: Any, verb: str, course: Course) -> bool:
    """Makes a lesson on the course, asks the policy about it, and takes it back."""
    found = False
    try:
        with transaction.atomic():
            made = catalog.lesson.make(course=course)
            found = scope(user, verb, Lesson).filter(pk=made.pk).exists()
            raise Undone
    except Undone:
        return found


def test_a_new_lesson_is_allowed_exactly_where_it_would_be_in_scope(world: World) -> None:
    for letters in PEOPLE:
        for course in (world.a, world.b):
            for verb in ("add", "import"):
                said = answer(world, letters, verb, "catalog.lesson", f"{course.code}/brand-new")
                assert said.allowed is is_in_scope_once_made(world.people[letters], verb, course), (letters, verb)
                assert said.because


def test_on_a_course_that_does_not_exist_nothing_is_added(world: World) -> None:
    for letters in ("IO", "AD"):
        assert answer(world, letters, "add", "catalog.lesson", "NOPE/l1").allowed is False


def test_starting_a_course_is_for_those_whose_role_says_so_and_names_it(world: World) -> None:
    for letters in PEOPLE:
        said = answer(world, letters, "add", "catalog.course", "BRAND-NEW")
        assert said.allowed is policy_for(Course).may_ever(world.people[letters], "add"), letters
        assert said.because

    assert "the role Instructor" in answer(world, "IO", "add", "catalog.course", "BRAND-NEW").because[0]
    assert "courses of their own" in answer(world, "NO", "add", "catalog.course", "BRAND-NEW").because[0]


def test_a_file_brings_courses_into_categories_given_for_it(world: World) -> None:
    grant(world.people["NO"], "import_content", world.top)

    said = answer(world, "NO", "import", "catalog.course", "BRAND-NEW")

    assert said.allowed is True
    assert "Robin No holds the right to import on the category Top" in said.because[0]


def test_every_door_for_new_records_answers_as_the_policy_does(world: World) -> None:
    for one in all_policies():
        for letters in PEOPLE:
            for verb in ("add", "import"):
                if verb not in one.verbs:
                    continue
                said = explain(world.people[letters].email, verb, one.model._meta.label, "no/such/thing/at/all")
                assert said.because
                assert "The rule for" not in said.because[0], (one.model, letters, verb)
                if said.allowed:
                    assert one.may_ever(world.people[letters], verb), (one.model, letters, verb)


@pytest.mark.parametrize("letters", RIGHT_OF)
def test_each_right_is_named_in_words_and_never_by_its_code(letters: str, world: World) -> None:
    for verb in policy_for(Course).verbs:
        said = answer(world, letters, verb, "catalog.course", "A")
        assert not any(code in " ".join(said.because) for code in RIGHTS)
