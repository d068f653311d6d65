"""Courses archived by a status cell: asked for first, with everything below them, and taken back as a whole."""

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson, Module, Resource
from apps.records.rules import RuleBroken
from imports import services
from imports.mapping import suggest_mapping
from imports.types import KINDS
from tests.recipes import catalog
from tests.support.importing import planned
from tests.support.people import grant, person

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


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("modules", "course_code,module_code,archive\nPY-101,m1,yes\n", [False, True, True, True]),
        ("lessons", "course_code,lesson_code,archive\nPY-101,l1,YES\n", [False, False, True, True]),
        (
            "resources",
            "course_code,lesson_code,resource_code,archive\nPY-101,l1,r1,true\n",
            [False, False, False, True],
        ),
        ("courses", "course_code,archive\nPY-101,yes\n", [True, True, True, True]),
        ("lessons", "course_code,lesson_code,archive\nPY-101,l1,no\n", [False] * 4),
        ("lessons", "course_code,lesson_code,archive\nPY-101,l1,\n", [False] * 4),
    ],
)
def test_a_column_of_its_own_archives_a_record_with_what_lies_below_and_undo_brings_it_back(
    administrator: User, curriculum: Resource, kind: str, text: str, expected: list[bool]
) -> None:
    Resource.objects.update(code="r1")
    job = planned(kind, text, administrator)

    asked = services.needs_confirmation(job)
    services.apply_now(job, by=administrator, confirmed=True)
    archived = archived_now()
    if any(expected):
        services.undo_now(job, by=administrator)

    assert (asked != "", archived) == (any(expected), expected)
    assert archived_now() == [False] * 4


def test_archiving_a_course_takes_the_right_to_archive_it_and_not_the_one_to_publish(
    curriculum: Resource, instructor: User
) -> None:
    editor = person("editor", User.Role.INSTRUCTOR)
    grant(editor, "import_content", Course.objects.get())
    text = "course_code,archive\nPY-101,yes\n"

    refused, allowed = planned("courses", text, editor), planned("courses", text, instructor)

    assert [message["code"] for message in refused.rows.get().messages] == ["R_DENIED"]
    assert allowed.rows.get().outcome == "update"


def test_a_course_is_archived_or_gets_another_state_and_never_both(administrator: User, curriculum: Resource) -> None:
    job = planned("courses", "course_code,status,archive\nPY-101,unpublished,yes\n", administrator)

    assert [message["code"] for message in job.rows.get().messages][-1] == "R_RULE"
    assert archived_now() == [False] * 4


def test_a_column_that_only_sounds_like_it_archives_nothing(administrator: User, curriculum: Resource) -> None:
    text = "course_code,lesson_code,Archived\nPY-101,l1,yes\n"

    assert suggest_mapping(KINDS["lessons"], text.splitlines()[0].split(","))["Archived"] == ""
