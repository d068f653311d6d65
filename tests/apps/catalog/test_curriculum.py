"""Codes made up when left blank, places, and moving things around."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog import services
from apps.catalog.codes import free_codes, free_slugs, next_version_code
from apps.catalog.models import Course, Lesson, Module, Resource
from apps.records.rules import RuleBroken
from tests.recipes import catalog


@pytest.fixture
def three(module: Module) -> list[Lesson]:
    return [catalog.lesson.make(module=module, code=f"l{n}", order=n) for n in (1, 2, 3)]


def codes(module: Module) -> list[str]:
    return list(Lesson.objects.filter(module=module).order_by("order").values_list("code", flat=True))


def test_a_blank_code_follows_the_highest_and_an_archived_one_stays_taken(course: Course) -> None:
    catalog.module.make(course=course, code="m2")
    catalog.module.make(course=course, code="M7", archived_at=timezone.now())
    catalog.module.make(course=course, code="intro")

    made = Module.objects.create(course=course, title="The next one")

    assert made.code == "m8"


def test_a_blank_code_is_counted_in_the_course_for_lessons_and_in_the_lesson_for_resources(lesson: Lesson) -> None:
    elsewhere = catalog.module.make(course=lesson.course, code="m2")

    second = Lesson.objects.create(course=lesson.course, module=elsewhere, title="In another module")
    resource = Resource.objects.create(lesson=second, title="A link", url="https://example.org/")

    assert (second.code, second.order) == ("l2", 1)
    assert (resource.code, resource.order) == ("r1", 1)


def test_many_codes_are_made_up_without_asking_again() -> None:
    made = free_codes("l", ["L3", "l1", "lab", "l2-b", "m9"])

    assert [next(made) for _ in range(3)] == ["l4", "l5", "l6"]


@pytest.mark.django_db
def test_a_slug_is_made_from_the_title_and_is_unique() -> None:
    first = Course.objects.create(code="A-1", title="Déjà vu & co.")
    second = Course.objects.create(code="A-2", title="Déjà vu & co.")
    third = Course.objects.create(code="A-3", title="日本語")

    assert [first.slug, second.slug, third.slug] == ["deja-vu-co", "deja-vu-co-2", "untitled"]
    assert next(free_slugs("Déjà vu & co.", [first.slug, second.slug])) == "deja-vu-co-3"


def test_the_code_of_a_next_version_counts_on() -> None:
    assert next_version_code("PY-101", ["PY-101"]) == "PY-101-v2"
    assert next_version_code("PY-101-v2", ["PY-101", "py-101-V2"]) == "PY-101-v3"


def test_reordering_changes_places_and_never_codes(module: Module, three: list[Lesson], administrator: User) -> None:
    first, second, third = three

    services.reorder_lessons(module, [third.pk, first.pk, second.pk], by=administrator)

    assert codes(module) == ["l3", "l1", "l2"]
    assert third.history.first().order == 1
    assert third.history.first().change_set.actor == administrator


def test_only_what_moves_is_written(module: Module, three: list[Lesson], administrator: User) -> None:
    first, second, third = three

    services.reorder_lessons(module, [first.pk, third.pk, second.pk], by=administrator)

    assert first.history.count() == 1
    assert second.history.count() == third.history.count() == 2


@pytest.mark.parametrize("wrong", ["one missing", "one twice", "a stranger"])
def test_an_order_that_does_not_name_each_lesson_once_is_refused(
    module: Module, three: list[Lesson], administrator: User, wrong: str
) -> None:
    stranger = catalog.lesson.make()
    ids = [lesson.pk for lesson in reversed(three)]
    ids = {"one missing": ids[:2], "one twice": [*ids[:2], ids[0]], "a stranger": [*ids[:2], stranger.pk]}[wrong]

    with pytest.raises(RuleBroken, match="Reload the page"):
        services.reorder_lessons(module, ids, by=administrator)

    assert codes(module) == ["l1", "l2", "l3"]


def test_a_module_moves_to_a_place_and_the_others_make_room(course: Course, administrator: User) -> None:
    modules = [catalog.module.make(course=course, code=f"m{n}", order=n) for n in (1, 2, 3)]

    services.move_module(modules[2], 1, by=administrator)

    assert list(Module.objects.filter(course=course).values_list("code", flat=True)) == ["m3", "m1", "m2"]


def test_a_lesson_moves_into_another_module_of_its_course(
    course: Course, module: Module, three: list[Lesson], administrator: User
) -> None:
    target = catalog.module.make(course=course, code="m2", order=2)
    catalog.lesson.make(module=target, code="l8", order=1)

    services.move_lesson(three[0], to_module=target, position=1, by=administrator)
    services.move_lesson(three[1], to_module=target, by=administrator)

    assert codes(target) == ["l1", "l8", "l2"]
    assert codes(module) == ["l3"]


def test_a_lesson_never_leaves_its_course_nor_enters_an_archived_module(
    course: Course, three: list[Lesson], administrator: User
) -> None:
    foreign = catalog.module.make()
    archived = catalog.module.make(course=course, code="m5", archived_at=timezone.now())

    with pytest.raises(RuleBroken, match="belongs to another course"):
        services.move_lesson(three[0], to_module=foreign, by=administrator)
    with pytest.raises(RuleBroken, match="is archived"):
        services.move_lesson(three[0], to_module=archived, by=administrator)

    assert Lesson.objects.get(pk=three[0].pk).module == three[0].module


def test_the_whole_curriculum_is_arranged_in_one_change_set(
    course: Course, module: Module, three: list[Lesson], administrator: User
) -> None:
    first, second, third = three
    later = catalog.module.make(course=course, code="m2", order=2)

    services.arrange_curriculum(course, [(later.pk, [third.pk]), (module.pk, [second.pk, first.pk])], by=administrator)

    assert codes(later) == ["l3"]
    assert codes(module) == ["l2", "l1"]
    assert third.history.first().change_set == later.history.first().change_set


def test_a_curriculum_that_changed_meanwhile_is_not_arranged(
    course: Course, module: Module, three: list[Lesson], administrator: User
) -> None:
    catalog.module.make(course=course, code="m2", order=2)

    with pytest.raises(RuleBroken, match="has changed in the meantime"):
        services.arrange_curriculum(course, [(module.pk, [lesson.pk for lesson in reversed(three)])], by=administrator)

    assert codes(module) == ["l1", "l2", "l3"]


def test_a_lesson_names_a_module_of_its_own_course(lesson: Lesson) -> None:
    lesson.module = catalog.module.make()

    with pytest.raises(ValidationError, match="belongs to another course"):
        lesson.full_clean()


def test_a_lesson_made_from_a_module_takes_its_course(module: Module) -> None:
    lesson = Lesson(module=module, title="A new one")

    lesson.full_clean(exclude=["course"])

    assert lesson.course == module.course
