"""Whole courses in one workbook: planned, written and taken back as one."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.assessments.models import Answer, Assessment, Question
from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from imports import services
from tests.recipes import catalog
from tests.support.course_workbooks import (
    NEW_COURSE,
    applied,
    changes,
    counts,
    edit,
    exported,
    replanned,
    said,
    uploaded,
    workbook,
)
from tests.support.people import person

pytestmark = pytest.mark.django_db
LEVELS: tuple[Any, ...] = (Course, CourseInstructor, Module, Lesson, Resource, Assessment, Question, Answer)


def everything() -> dict[str, list[Any]]:
    """Every table of courses, but for when rows were touched."""
    left_out = {"updated_at", "created_at"}
    return {
        model.__name__: list(
            model._base_manager.order_by("pk").values_list(
                *(field.attname for field in model._meta.concrete_fields if field.name not in left_out)
            )
        )
        for model in LEVELS
    }


def test_a_workbook_is_recognized_by_its_sheets_and_planned_in_the_order_they_depend_on_each_other(
    administrator: User, category: Category
) -> None:
    job = uploaded(workbook({**NEW_COURSE, "Notes": [["Anything"], ["goes"]]}), administrator)

    services.plan_now(job, by=administrator)

    kinds = ["courses", "modules", "lessons", "resources", "assessments", "questions", "answers"]
    assert (job.kind, job.status) == ("course-workbook", "planned")
    assert [part["kind"] for part in job.parts] == kinds
    assert [part["counts"]["create"] for part in job.parts] == [1, 2, 3, 1, 1, 1, 2]
    assert counts(job) == {"create": 11}
    assert [(message["sheet"], message["code"]) for message in job.messages] == [("Notes", "W_UNKNOWN_COLUMN")]


def test_a_course_comes_from_nothing_and_goes_again(administrator: User, category: Category) -> None:
    before = everything()

    job = applied(NEW_COURSE, administrator)
    places = list(Lesson.objects.order_by("code").values_list("code", "module__code", "order"))
    answers = list(Answer.objects.order_by("order").values_list("question__code", "order", "is_correct"))
    change_sets = {row.change_set_id for model in LEVELS for row in model.history.all()}
    services.undo_now(job, by=administrator)

    assert places == [("l1", "m1", 1), ("l2", "m1", 2), ("l3", "m2", 1)]
    assert answers == [("q1", 1, True), ("q1", 2, False)]
    assert change_sets == {job.change_set_id}
    assert job.status == "undone"
    assert everything() == before


def test_unedited_a_workbook_is_no_change(administrator: User, furnished: Course) -> None:
    catalog.course.make(code="OTHER-1")

    job = replanned(exported(administrator, "PY-101"), administrator)

    assert counts(job) == {"unchanged": 12}


def test_edited_it_changes_exactly_what_was_edited(administrator: User, furnished: Course) -> None:
    book = exported(administrator, "PY-101")
    edit(book, "Lessons", 2, title="A better title")
    edit(book, "Answers", 3, is_correct=True)

    job = replanned(book, administrator)
    services.apply_now(job, by=administrator)

    assert changes(job) == {
        ("Lessons", 2): {"title": ["Lesson 1", "A better title"]},
        ("Answers", 3): {"is_correct": ["no", "yes"]},
    }
    assert Lesson.objects.get(code="l1").title == "A better title"
    assert Answer.objects.get(order=2).is_correct


def test_lessons_are_moved_reordered_and_archived(administrator: User, furnished: Course) -> None:
    before = everything()
    book = exported(administrator, "PY-101")
    edit(book, "Lessons", 2, archive="yes")
    edit(book, "Lessons", 3, module_code="m2", order=1)
    edit(book, "Lessons", 4, order=2)

    job = replanned(book, administrator)
    asked = services.needs_confirmation(job)
    services.apply_now(job, by=administrator, confirmed=True)
    moved = list(Lesson.objects.order_by("order").values_list("code", "module__code", "order"))
    archived = [model.with_archived.get().is_archived for model in (Resource, Assessment, Question)]
    services.undo_now(job, by=administrator)

    assert asked == "This import archives 1 record."
    assert moved == [("l2", "m2", 1), ("l3", "m2", 2)]
    assert archived == [True, True, True]
    assert everything() == before


def test_a_new_lesson_comes_after_what_the_same_file_moves_into_its_module(
    administrator: User, furnished: Course
) -> None:
    book = exported(administrator, "PY-101")
    edit(book, "Lessons", 3, module_code="m2", order=5)
    edit(book, "Lessons", 5, course_code="PY-101", module_code="m2", title="The end")

    job = replanned(book, administrator)

    assert job.rows.get(outcome="create").changes["order"] == ["", "6"]


def test_a_module_a_lesson_and_what_is_edited_below_can_be_archived_in_one_go(
    administrator: User, furnished: Course
) -> None:
    before = everything()
    book = exported(administrator, "PY-101")
    edit(book, "Courses", 2, archive="yes", title="On its way out")
    edit(book, "Modules", 2, archive="yes")
    edit(book, "Lessons", 2, archive="yes")
    edit(book, "Resources", 2, title="Edited all the same")

    job = replanned(book, administrator)
    services.apply_now(job, by=administrator, confirmed=True)
    archived = [not model.objects.exists() for model in (Course, Module, Lesson, Resource, Assessment, Question)]
    services.undo_now(job, by=administrator)

    assert (job.counts["archived"], job.applied_counts["update"]) == (3, 4)
    assert archived == [True] * 6
    assert job.status == "undone"
    assert everything() == before


def test_the_same_file_again_finds_what_it_has_archived(administrator: User, furnished: Course) -> None:
    book = exported(administrator, "PY-101")
    edit(book, "Lessons", 4, archive="yes")
    services.apply_now(replanned(book, administrator), by=administrator, confirmed=True)

    again = replanned(book, administrator)

    assert counts(again) == {"unchanged": 12}


@pytest.mark.parametrize(
    ("line", "cells", "code"),
    [
        (5, {"course_code": "PY-101", "lesson_code": "l9", "title": "New", "archive": "yes"}, "R_RULE"),
        (2, {"archive": "perhaps"}, "R_BOOL"),
        (2, {"archive": "(clear)"}, "R_REQUIRED"),
    ],
)
def test_what_cannot_be_archived_says_why(
    administrator: User, furnished: Course, line: int, cells: dict[str, str], code: str
) -> None:
    book = exported(administrator, "PY-101")
    edit(book, "Lessons", line, **cells)

    job = replanned(book, administrator)

    assert said(job) == {("Lessons", line): [code]}


def test_a_blank_parent_is_the_one_above_but_never_that_of_another_course(
    administrator: User, furnished: Course
) -> None:
    catalog.module.make(course=catalog.course.make(code="OTHER-1"), code="m7")
    lessons = [
        ["course_code", "module_code", "lesson_code", "title"],
        ["PY-101", "m1", "n1", "Below m1"],
        ["", "", "n2", "Below m1 as well"],
        ["OTHER-1", "", "n1", "Into the last module"],
        ["", "m7", "n2", "Below m7"],
        ["", "", "", ""],
        ["", "", "n3", "Below m7 still"],
    ]

    applied({"Lessons": lessons}, administrator)

    found = Lesson.objects.filter(code__startswith="n").order_by("course__code", "code")
    assert list(found.values_list("course__code", "code", "module__code")) == [
        ("OTHER-1", "n1", "m7"),
        ("OTHER-1", "n2", "m7"),
        ("OTHER-1", "n3", "m7"),
        ("PY-101", "n1", "m1"),
        ("PY-101", "n2", "m1"),
    ]


def test_a_lesson_without_a_module_goes_into_the_last_one_of_its_course_even_if_that_is_new(
    administrator: User, furnished: Course
) -> None:
    sheets = {
        "Modules": [["course_code", "module_code", "title"], ["PY-101", "m9", "The last one"]],
        "Lessons": [["course_code", "lesson_code", "title"], ["PY-101", "n1", "At the end"]],
        "Courses": [["course_code", "title", "category"], ["NEW-1", "Without modules", "programming"]],
        "Resources": [["course_code", "lesson_code", "title"], ["PY-101", "n1", "Beside it"]],
    }
    sheets["Lessons"].append(["NEW-1", "n1", "Alone"])

    applied(sheets, administrator)

    found = Lesson.objects.filter(code="n1").order_by("course__code")
    assert list(found.values_list("course__code", "module__code")) == [("NEW-1", "m1"), ("PY-101", "m9")]


def test_the_instructor_a_course_row_makes_and_the_row_of_the_instructor_are_one(
    administrator: User, category: Category
) -> None:
    person("ada", User.Role.INSTRUCTOR)
    sheets = {
        "Courses": [
            ["course_code", "title", "category", "instructor_email"],
            ["NEW-1", "New", "programming", "ada@example.org"],
        ],
        "Instructors": [
            ["course_code", "instructor_email", "role", "can_view_analytics"],
            ["NEW-1", "ada@example.org", "primary", "no"],
        ],
    }

    job = applied(sheets, administrator)
    ada = CourseInstructor.objects.get()
    facts = (ada.role, ada.is_lead, ada.can_view_analytics)
    services.undo_now(job, by=administrator)

    assert (job.applied_counts["create"], facts) == (2, ("primary", True, False))
    assert not CourseInstructor.objects.exists()


def test_what_was_edited_since_stays_with_what_it_lies_in_and_the_rest_goes(
    administrator: User, category: Category
) -> None:
    job = applied(NEW_COURSE, administrator)
    lesson = Lesson.objects.get(code="l2")
    lesson.title = "Edited by hand"
    lesson.save()

    preview = services.undo_preview(job, by=administrator)
    services.undo_now(job, by=administrator)

    assert preview["counts"] == {"undo": 8, "left": 3}
    assert {(left["sheet"], left["key"]) for left in preview["left"]} == {
        ("Courses", "NEW-1"),
        ("Modules", "NEW-1 / m1"),
        ("Lessons", "NEW-1 / l2"),
    }
    assert job.status == "partly_undone"
    assert list(Lesson.objects.values_list("code", flat=True)) == ["l2"]
    assert list(Module.objects.values_list("code", flat=True)) == ["m1"]
