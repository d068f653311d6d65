"""What the command line says when it does not do what it was asked."""

from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course, CourseUserGrant, Lesson
from imports.models import ImportJob
from tests.support.commands import Ran, run
from tests.support.importing import planned
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def importer(course: Course) -> User:
    user = person("importer", User.Role.INSTRUCTOR)
    grant(user, "import_content", course)
    return user


def apply(job: ImportJob, by: User) -> Ran:
    return run("imports", "apply", job.pk, "--as", by.email, "--json")


def test_a_right_taken_away_since_the_plan_is_named_and_nothing_is_written(importer: User, lesson: Lesson) -> None:
    job = planned("lessons", "course_code,lesson_code,title\nPY-101,l1,Another title\n", importer)
    CourseUserGrant.objects.filter(user=importer).delete()

    ran = apply(job, importer)

    assert (ran.code, ran.json["status"]) == (2, "failed")
    assert ran.json["message"] == f"{importer} may no longer import lessons."
    lesson.refresh_from_db()
    assert lesson.title == "What a variable is"


def test_a_record_moved_since_the_plan_is_listed_and_nothing_is_written(importer: User, lesson: Lesson) -> None:
    job = planned("lessons", "course_code,lesson_code,title\nPY-101,l1,Another\nPY-101,l2,New\n", importer)
    lesson.title = "Edited by hand"
    lesson.save()

    ran = apply(job, importer)

    assert (ran.code, ran.json["status"], ran.json["counts"]["conflict"]) == (2, "failed", 1)
    assert [left["line"] for left in ran.json["conflicts"]] == [2]
    assert list(Lesson.objects.values_list("title", flat=True)) == ["Edited by hand"]


def test_the_import_of_somebody_else_is_as_absent_as_one_that_never_was(importer: User, other_instructor: User) -> None:
    job = planned("lessons", "course_code,lesson_code,title\nPY-101,l2,New\n", importer)

    foreign, never = (
        apply(job, other_instructor),
        run("imports", "apply", 987654, "--as", other_instructor.email, "--json"),
    )

    assert foreign.code == never.code == 2
    assert foreign.json["message"] == f"There is no import {job.pk}."
    assert never.json["message"] == "There is no import 987654."


def test_the_errors_of_a_csv_file_are_not_written_under_the_name_of_a_workbook(importer: User, tmp_path: Path) -> None:
    job = planned("lessons", "course_code,lesson_code,title,order\nPY-101,l2,New,first\n", importer)

    ran = run("imports", "errors", job.pk, "-o", tmp_path / "errors.xlsx")

    assert ran.code == 2
    assert "ends in .csv" in ran.err
    assert not (tmp_path / "errors.xlsx").exists()
