"""A workbook is repaired sheet by sheet, and what needs a second person needs one in a workbook too."""

import io
from typing import Any

import openpyxl
import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Lesson
from apps.records.rules import RuleBroken
from imports import services
from imports.errors_file import write_errors
from imports.models import ImportJob
from tests.support.commands import run
from tests.support.course_workbooks import NEW_COURSE, counts, edit, planned
from tests.support.people import person

pytestmark = pytest.mark.django_db
LESSONS = [
    ["course_code", "module_code", "lesson_code", "title", "order"],
    ["NEW-1", "m1", "l1", "Names", "first"],
    ["NEW-1", "m1", "l2", "Values", "first"],
]


@pytest.fixture
def faulty(administrator: User, category: Category) -> ImportJob:
    """Two lessons with an order that is no number, below a course the same file makes."""
    return planned({**NEW_COURSE, "Lessons": LESSONS}, administrator)


def lessons_part(job: ImportJob) -> Any:
    return next(part for part in job.parts if part["kind"] == "lessons")


def test_a_cell_of_a_sheet_is_corrected_and_every_other_row_stays(faulty: ImportJob, administrator: User) -> None:
    before = lessons_part(faulty)["counts"]["invalid"]
    row = faulty.rows.get(label="Names", outcome="invalid")

    job = services.correct_row(faulty, row, by=administrator, cells={"order": "1"})

    assert (before, lessons_part(job)["counts"]["invalid"]) == (2, 1)
    assert (job.counts["corrected"], lessons_part(job)["counts"]["corrected"]) == (1, 1)
    assert job.rows.get(part=row.part, number=row.number).changes["order"] == ["", "1"]
    assert [one.was for one in job.corrections.all()] == ["first"]


def test_a_value_is_replaced_in_every_row_of_its_sheet(faulty: ImportJob, administrator: User) -> None:
    part = faulty.rows.filter(outcome="invalid")[0].part

    job = services.correct_value(faulty, "order", "first", "1", part=part, by=administrator)

    assert job.counts["invalid"] == 0
    assert lessons_part(job)["value_mapping"] == {"order": {"first": "1"}}


def test_the_errors_workbook_continues_its_import_sheet_by_sheet(faulty: ImportJob, administrator: User) -> None:
    written, corrected = io.BytesIO(), io.BytesIO()
    write_errors(faulty, written)
    book = openpyxl.load_workbook(written)
    for line, order in ((2, 1), (3, 2)):
        edit(book, "Lessons", line, order=order)
    book.save(corrected)

    job = services.continue_with(faulty, corrected, name="courses-errors.xlsx", by=administrator)
    services.apply_now(job, by=administrator, confirmed=True)

    assert counts(job)["create"] == sum(len(rows) - 1 for rows in {**NEW_COURSE, "Lessons": LESSONS}.values())
    assert list(Lesson.objects.order_by("code").values_list("code", "order")) == [("l1", 1), ("l2", 2)]


def test_a_file_without_sheets_does_not_continue_a_workbook(faulty: ImportJob, administrator: User) -> None:
    before = list(faulty.rows.values())

    ran = run("imports", "correct", faulty.pk, "--line", 2, "--set", "order=1", "--as", administrator.email)

    assert ran.code == 2
    assert "--sheet" in ran.err
    assert list(faulty.rows.values()) == before


def test_rows_that_need_a_second_person_need_one_in_a_workbook_too(
    administrator: User, category: Category, settings: Any
) -> None:
    settings.IMPORT_APPROVAL_KINDS = ["modules"]
    second, job = person("second", User.Role.ADMINISTRATOR), planned(NEW_COURSE, administrator)

    with pytest.raises(RuleBroken, match="Modules are imported once a second person has approved"):
        services.apply_now(job, by=administrator, confirmed=True)

    job.refresh_from_db()
    assert job.status == ImportJob.Status.PLANNED
    assert not Lesson.objects.exists()

    services.ask_for_approval(job, by=administrator, of=[second.email])
    services.approve_plan(job, by=second)

    assert services.apply_now(job, by=administrator, confirmed=True).status == ImportJob.Status.APPLIED


def test_a_whole_workbook_can_need_a_second_person(administrator: User, category: Category, settings: Any) -> None:
    settings.IMPORT_APPROVAL_KINDS = ["course-workbook"]
    job = planned(NEW_COURSE, administrator)

    with pytest.raises(RuleBroken, match="A file of this kind is imported once a second person has approved the plan"):
        services.apply_now(job, by=administrator, confirmed=True)

    assert not Lesson.objects.exists()
