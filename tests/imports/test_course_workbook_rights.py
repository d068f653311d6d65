"""Whose workbook it is decides what it may do: no more than each of its sheets alone, and below a new course as much
as its maker will hold."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course, CourseInstructor, CourseUserGrant, Lesson, Module
from apps.records.rules import RuleBroken
from imports import services
from imports.models import ExportRecord, ImportJob
from tests.recipes import catalog
from tests.support.course_workbooks import (
    NEW_COURSE,
    applied,
    counts,
    edit,
    exported,
    furnish,
    planned,
    replanned,
    said,
)
from tests.support.people import give_role, grant, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(furnished: Course) -> User:
    """May import into, and export from, one course that somebody else teaches."""
    user = person("author", User.Role.INSTRUCTOR)
    grant(user, "import_content", furnished)
    grant(user, "export_data", furnished)
    return user


def test_an_author_takes_a_course_out_and_brings_it_back_as_no_change(author: User) -> None:
    book = exported(author, "PY-101")

    job = replanned(book, author)

    assert [row[0].value for row in book["Instructors"].iter_rows()] == ["course_code"]
    assert counts(job) == {"unchanged": 11}


def test_who_leads_a_course_gets_no_rows_that_could_not_come_back_and_can_still_write_some(
    furnished: Course, instructor: User
) -> None:
    book = exported(instructor, "PY-101")

    unedited = replanned(book, instructor)
    page = book["Instructors"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    page.append(["PY-101", instructor.email])
    edited = replanned(book, instructor)

    assert [row[:2] for row in rows] == [["course_code", "instructor_email"]]
    assert counts(unedited) == {"unchanged": 11}
    assert counts(edited) == {"unchanged": 12}


def add_column(book: Any, sheet: str, name: str) -> None:
    """Unless it is there."""
    page = book[sheet]
    if name not in [cell.value for cell in page[1]]:
        page.cell(1, page.max_column + 1).value = name


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"price": 5}, "price"),
        ({"status": "published"}, "status"),
        ({"instructor_email": "author@example.org"}, "instructor_email"),
        ({"category": "other"}, "category"),
    ],
)
def test_what_takes_a_right_of_its_own_is_denied_and_the_rest_is_not(
    author: User, cells: dict[str, Any], column: str
) -> None:
    catalog.category.make(name="Other", slug="other")
    book = exported(author, "PY-101")
    add_column(book, "Courses", column)
    edit(book, "Courses", 2, **cells)
    edit(book, "Lessons", 2, title="A better title")

    job = replanned(book, author)

    faults = job.rows.get(outcome="invalid").messages
    assert counts(job) == {"unchanged": 9, "update": 1, "invalid": 1}
    assert [(fault["code"], fault["column"]) for fault in faults] == [("R_DENIED", column)]


def test_archiving_takes_the_right_to_archive(author: User) -> None:
    book = exported(author, "PY-101")

    assert "archive" not in [cell.value for cell in book["Lessons"][1]]
    add_column(book, "Lessons", "archive")
    edit(book, "Lessons", 2, archive="yes")
    job = replanned(book, author)

    assert said(job) == {("Lessons", 2): ["R_DENIED"]}


def test_who_may_not_choose_instructors_brings_none(author: User, furnished: Course) -> None:
    person("ada", User.Role.INSTRUCTOR)
    sheets = {
        "Instructors": [["course_code", "instructor_email"], ["PY-101", "ada@example.org"]],
        "Lessons": [["course_code", "module_code", "title"], ["PY-101", "m1", "A new lesson"]],
    }

    job = planned(sheets, author)

    assert said(job) == {("Instructors", 2): ["R_DENIED", "R_FK_MISSING"]}
    assert counts(job) == {"create": 1, "invalid": 1}


def test_a_colleagues_course_and_one_that_does_not_exist_are_missing_in_the_same_words(author: User) -> None:
    furnish(catalog.course.make(code="THEIRS-1", title="A secret title"))
    sheets = {
        "Modules": [
            ["course_code", "module_code", "title"],
            ["THEIRS-1", "m1", "Into theirs"],
            ["NOWHERE-1", "m1", "Into nothing"],
        ],
        "Resources": [
            ["course_code", "lesson_code", "title"],
            ["THEIRS-1", "l1", "Beside theirs"],
            ["NOWHERE-1", "l1", "Beside nothing"],
        ],
    }

    job = planned(sheets, author)

    words = [row.messages[0]["message"] for row in job.rows.order_by("part", "number")]
    assert set(said(job)) == {(sheet, line) for sheet in sheets for line in (2, 3)}
    assert {code for codes in said(job).values() for code in codes} == {"R_FK_MISSING"}
    assert words[0].replace("THEIRS", "NOWHERE") == words[1]
    assert words[2].replace("THEIRS", "NOWHERE") == words[3]


def test_a_new_course_under_a_code_out_of_reach_gives_nothing_away(author: User) -> None:
    catalog.course.make(code="THEIRS-1", title="A secret title")
    sheets = {
        "Courses": [["course_code", "title", "category"], ["THEIRS-1", "Mine", "programming"]],
        "Modules": [["course_code", "module_code", "title"], ["THEIRS-1", "m1", "Below it"]],
    }

    job = planned(sheets, author)

    everything_said = str(list(job.rows.values_list("messages", flat=True)))
    assert said(job) == {("Courses", 2): ["R_RULE"], ("Modules", 2): ["R_FK_MISSING"]}
    assert "A secret title" not in everything_said


def test_whoever_starts_a_course_brings_everything_below_it_and_takes_it_back(category: Category) -> None:
    starter = give_role(person("starter", User.Role.INSTRUCTOR), "instructor")

    job = applied(NEW_COURSE, starter)
    teaches = list(CourseInstructor.objects.values_list("user", "role"))
    lessons = Lesson.objects.count()
    services.undo_now(job, by=starter)

    assert job.run is not None
    assert teaches == [(starter.pk, "primary")]
    assert lessons == 3
    assert job.status == "undone"
    assert not Course.with_archived.exists()


def test_who_has_no_course_yet_brings_nothing_into_those_of_others(furnished: Course) -> None:
    starter = give_role(person("starter", User.Role.INSTRUCTOR), "instructor")
    modules = [*NEW_COURSE["Modules"], ["PY-101", "m9", "Into theirs"]]

    job = planned({**NEW_COURSE, "Modules": modules}, starter)

    assert said(job) == {("Modules", 4): ["R_FK_MISSING"]}


def test_who_may_import_nothing_of_it_is_refused(category: Category) -> None:
    nobody = person("nobody", User.Role.STAFF)

    job = planned(NEW_COURSE, nobody)

    assert job.status == ImportJob.Status.REFUSED
    assert [message["code"] for message in job.messages] == ["E_DENIED"]


def test_a_right_that_was_lost_since_the_plan_stops_the_apply(author: User) -> None:
    book = exported(author, "PY-101")
    edit(book, "Lessons", 2, title="A better title")
    edit(book, "Modules", 2, title="A better title")
    job = replanned(book, author)
    grant(author, "import_content", catalog.course.make(code="OTHER-1"))
    CourseUserGrant.objects.filter(user=author, content_object__code="PY-101").delete()

    services.apply_now(job, by=author)

    assert job.status == "failed"
    assert job.counts["conflict"] == 2
    assert not Lesson.objects.filter(title="A better title").exists()


def test_exports_hold_only_courses_that_may_be_exported_and_leave_an_entry(author: User) -> None:
    catalog.course.make(code="THEIRS-1")

    exported(author, "PY-101")
    with pytest.raises(RuleBroken, match="There is no course THEIRS-1 that you may export."):
        exported(author, "PY-101", "THEIRS-1")

    record = ExportRecord.objects.get()
    assert (record.kind, record.format, record.requester) == ("course-workbook", "xlsx", author)
    assert record.row_count == 11
    assert record.filters == {"course_code": ["PY-101"]}
    assert "lessons.title" in record.columns


def test_who_may_not_export_gets_no_workbook(furnished: Course) -> None:
    user = person("reader", User.Role.INSTRUCTOR)
    grant(user, "import_content", furnished)

    with pytest.raises(RuleBroken, match="You may not export courses"):
        exported(user, "PY-101")

    assert not ExportRecord.objects.exists()


def test_modules_of_archived_courses_do_not_come_along(author: User, furnished: Course) -> None:
    Module.objects.filter(code="m2").update(archived_at="2026-01-01T00:00Z")

    book = exported(author, "PY-101")

    assert [row[1].value for row in book["Modules"].iter_rows(min_row=2)] == ["m1"]
