"""What a course workbook is refused for, and what hangs on a row that is."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson, Module
from imports import services
from imports.models import ImportJob
from tests.recipes import catalog
from tests.support.course_workbooks import (
    NEW_COURSE,
    counts,
    edit,
    exported,
    planned,
    replanned,
    said,
)

pytestmark = pytest.mark.django_db


def test_what_hangs_on_a_row_that_cannot_be_imported_names_that_row(administrator: User, category: Category) -> None:
    sheets = {**NEW_COURSE, "Courses": [["course_code", "title", "category"], ["NEW-1", "A course", "nowhere"]]}

    job = planned(sheets, administrator)

    lesson = job.rows.get(part=2, number=2)
    assert counts(job) == {"invalid": 11}
    assert lesson.messages[0]["code"] == "R_FK_MISSING"
    assert lesson.messages[0]["message"] == (
        "The course “NEW-1” on line 2 of “Courses” cannot be imported. Correct that first."
    )


def test_a_reference_that_is_neither_there_nor_in_the_file_is_missing(administrator: User, furnished: Course) -> None:
    job = planned({"Modules": [["course_code", "title"], ["GONE-1", "Nowhere"]]}, administrator)

    assert said(job) == {("Modules", 2): ["R_FK_MISSING"]}


def test_a_record_changed_meanwhile_stops_all_of_it(administrator: User, furnished: Course) -> None:
    book = exported(administrator, "PY-101")
    edit(book, "Courses", 2, title="Renamed by the file")
    edit(book, "Lessons", 3, title="Renamed by the file")
    job = replanned(book, administrator)
    lesson = Lesson.objects.get(code="l2")
    lesson.title = "Renamed by hand"
    lesson.save()

    services.apply_now(job, by=administrator)

    assert job.status == "failed"
    assert [part["counts"]["conflict"] for part in job.parts if part["source"] == "Lessons"] == [1]
    assert Course.objects.get().title == "Python from the first line"


def test_of_good_rows_what_hangs_on_a_conflict_is_left_out(administrator: User, category: Category) -> None:
    job = planned(NEW_COURSE, administrator)
    catalog.course.make(code="NEW-1", category=category)

    services.apply_now(job, by=administrator, good_rows_only=True)

    assert job.status == "partly_applied"
    assert job.counts["conflict"] == 11
    assert not Module.objects.exists()


def test_a_key_that_stands_twice_in_a_sheet_leaves_nothing_to_hang_on(administrator: User, category: Category) -> None:
    courses = [["course_code", "title", "category"], ["NEW-1", "One", "programming"], ["NEW-1", "Two", "programming"]]

    job = planned({**NEW_COURSE, "Courses": courses}, administrator)

    assert counts(job) == {"invalid": 12}
    assert said(job)["Courses", 2] == ["R_DUP_IN_FILE"]
    assert said(job)["Modules", 2] == ["R_FK_MISSING"]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({"Notes": [["a", "b"], ["c", "d"]]}, "E_SHEET"),
        ({"Courses": [["course_code", "title"]]}, "E_NO_ROWS"),
        ({"Courses": [["course_code", "course_code"], ["A-1", "A-2"]]}, "E_HEADER_DUP"),
        ({"Lessons": [["title", "order"], ["One", "1"]]}, "E_HEADER_MISSING"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_and_says_which_sheet(
    administrator: User, sheets: dict[str, list[list[str]]], code: str
) -> None:
    job = planned(sheets, administrator)

    assert job.status == ImportJob.Status.REFUSED
    assert {message["code"] for message in job.messages} == {code}
    assert not job.rows.exists()
    if code.startswith("E_HEADER"):
        assert {message["sheet"] for message in job.messages} == set(sheets)


def test_the_limit_of_rows_holds_for_the_whole_file(administrator: User, category: Category, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 10

    job = planned(NEW_COURSE, administrator)

    assert job.status == ImportJob.Status.REFUSED
    assert [message["code"] for message in job.messages] == ["E_TOO_MANY_ROWS"]
