"""Courses archived by a status cell: asked for first, with everything below them, and taken back as a whole."""

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson, Module, Resource
from apps.records.rules import RuleBroken
from imports import services
from tests.recipes import catalog
from tests.support.importing import planned

pytestmark = pytest.mark.django_db

FILE = "course_code,status\nPY-101,archived\n"


@pytest.fixture
def curriculum(course: Course) -> Resource:
    module = catalog.module.make(course=course, code="m1")
    return catalog.resource.make(lesson=catalog.lesson.make(course=course, module=module, code="l1"))


def archived_now() -> list[bool]:
    return [model.with_archived.get().archived_at is not None for model in (Course, Module, Lesson, Resource)]


def test_an_import_that_archives_anything_asks_to_be_confirmed(administrator: User, curriculum: Resource) -> None:
    job = planned("courses", FILE, administrator)

    assert services.needs_confirmation(job) == "This import archives 1 record."
    with pytest.raises(RuleBroken, match="archives 1 record"):
        services.apply_now(job, by=administrator)
    assert archived_now() == [False] * 4


def test_a_course_archived_by_a_status_cell_takes_everything_below_along(
    administrator: User, curriculum: Resource
) -> None:
    job = planned("courses", FILE, administrator)

    services.apply_now(job, by=administrator, confirmed=True)

    course, lesson = Course.with_archived.get(), Lesson.with_archived.get()
    assert job.status == "applied"
    assert archived_now() == [True] * 4
    assert course.status == Course.Status.ARCHIVED
    assert (course.archived_by, lesson.archived_by) == (administrator, administrator)
    assert lesson.archived_at == course.archived_at
    assert lesson.history.first().change_set == job.change_set


def test_undo_brings_back_the_course_with_everything_below(administrator: User, curriculum: Resource) -> None:
    job = planned("courses", FILE, administrator)
    services.apply_now(job, by=administrator, confirmed=True)

    services.undo_now(job, by=administrator)

    assert job.status == "undone"
    assert archived_now() == [False] * 4
    assert Course.objects.get().archived_by is None


def test_what_lies_below_a_course_that_was_edited_since_stays_archived_with_it(
    administrator: User, curriculum: Resource
) -> None:
    job = planned("courses", FILE, administrator)
    services.apply_now(job, by=administrator, confirmed=True)
    course = Course.with_archived.get()
    course.title = "Edited by hand"
    course.save()

    services.undo_now(job, by=administrator)

    assert job.status == "partly_undone"
    assert archived_now() == [True] * 4
