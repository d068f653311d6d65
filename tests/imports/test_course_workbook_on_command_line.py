"""Course workbooks on the command line: out, edited, in, and taken back."""

from pathlib import Path

import openpyxl
import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson
from imports.exporter.course_workbook import WORKBOOK
from imports.models import ExportRecord
from tests.support.commands import run
from tests.support.course_workbooks import NEW_COURSE, edit, workbook
from tests.support.people import person

pytestmark = pytest.mark.django_db
KIND = ("--kind", "course-workbook")


def test_out_and_in_again_on_the_command_line(administrator: User, furnished: Course, tmp_path: Path) -> None:
    path, who = tmp_path / "courses.xlsx", ("--as", administrator.email)
    taken_out = run("export", WORKBOOK.key, "-o", path, *who, "--filter", "course_code=py-101")
    unedited = run("imports", "plan", path, *KIND, *who, "--json")
    book = openpyxl.load_workbook(path)
    edit(book, "Lessons", 2, title="A better title", archive="yes")
    edit(book, "Questions", 2, points="many")
    book.save(path)

    plan = run("imports", "plan", path, *KIND, *who, "--json")
    shown = run("imports", "show", plan.json["job"], "--outcome", "update", "--json")
    refused = run("imports", "apply", plan.json["job"], *who, "--good-rows-only", "--json")
    done = run("imports", "apply", plan.json["job"], *who, "--good-rows-only", "--confirm-large", "--json")
    undone = run("imports", "undo", plan.json["job"], *who, "--json")

    assert (taken_out.code, unedited.code, plan.code, refused.code, done.code, undone.code) == (0, 0, 1, 2, 1, 0)
    assert "12 rows" in taken_out.out
    assert unedited.json["counts"]["unchanged"] == 12
    assert [part["source"] for part in plan.json["parts"]] == [
        *("Courses", "Instructors", "Modules", "Lessons"),
        *("Resources", "Assessments", "Questions", "Answers"),
    ]
    assert plan.json["parts"][3] == {
        "kind": "lessons",
        "source": "Lessons",
        "counts": {"create": 0, "update": 1, "unchanged": 2, "invalid": 0, "conflict": 0, "repeated": 0},
    }
    assert [(error["sheet"], error["line"], error["code"]) for error in plan.json["errors"]] == [
        ("Questions", 2, "R_NUMBER")
    ]
    assert [(row["sheet"], row["line"], sorted(row["changes"])) for row in shown.json["rows"]] == [
        ("Lessons", 2, ["archive", "title"])
    ]
    assert (done.json["status"], undone.json["status"]) == ("partly_applied", "undone")
    assert Lesson.objects.count() == 3


def test_flat_answers_say_nothing_of_sheets(administrator: User, category: Category, tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text("course_code,title,category\nA-1,,programming\n")

    answer = run("imports", "plan", path, "--kind", "courses", "--as", administrator.email, "--json").json

    assert "parts" not in answer
    assert "sheet" not in answer["errors"][0]


def test_the_list_of_kinds_names_the_workbook_and_its_template_can_be_filled_in(
    administrator: User, course: Course, tmp_path: Path
) -> None:
    path = tmp_path / "template.xlsx"
    person("ada", User.Role.INSTRUCTOR)

    listed = run("imports", "kinds")
    described = run("imports", "kinds", "--json").json["course-workbook"]
    written = run("imports", "template", "course-workbook", "-o", path)
    plan = run("imports", "plan", path, *KIND, "--as", administrator.email, "--json")

    assert "course-workbook: courses, course-instructors, modules" in listed.out
    assert described["sheets"]["course-instructors"] == "Instructors"
    assert written.code == 0
    assert (plan.code, plan.json["errors"], plan.json["counts"]["invalid"]) == (0, [], 0)


def test_headers_values_and_constants_are_chosen_by_hand_for_every_sheet_they_fit(
    administrator: User, category: Category, tmp_path: Path
) -> None:
    path = tmp_path / "courses.xlsx"
    sheets = {
        "Courses": [["Number", "title", "level"], ["NEW-1", "New", "hard"]],
        "Modules": [["Number", "title", "Mood"], ["NEW-1", "Beginnings", "good"]],
    }
    path.write_bytes(workbook(sheets).getvalue())
    chosen = ("--map", "Number=course_code", "--map-value", "level:hard=advanced", "--constant", "category=programming")

    plan = run("imports", "plan", path, *KIND, "--as", administrator.email, "--json", *chosen)
    wrong = run("imports", "plan", path, *KIND, "--as", administrator.email, "--map", "Nothing=title")

    assert (plan.code, plan.json["counts"]["create"]) == (0, 2)
    assert plan.json["mapping"]["Modules"] == {"Number": "course_code", "title": "title"}
    assert [(one["sheet"], one["column"]) for one in plan.json["warnings"]] == [("Modules", "Mood")]
    assert wrong.code == 2
    assert "fits no column of any table" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("courses.csv",), "A course workbook is an .xlsx file"),
        (("courses.xlsx", "--columns", "title"), "A course workbook is an .xlsx file"),
        (("courses.xlsx", "--filter", "course_code=NONE-1"), "There is no course NONE-1"),
        (("courses.xlsx", "--filter", "mood=good"), "cannot be filtered by mood"),
    ],
)
def test_a_workbook_that_cannot_be_written_says_why_and_is_not_there(
    administrator: User, furnished: Course, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    name, *more = arguments

    ran = run("export", WORKBOOK.key, "-o", tmp_path / name, "--as", administrator.email, *more)

    assert ran.code == 2
    assert words in ran.err
    assert not (tmp_path / name).exists()
    assert not ExportRecord.objects.exists()


def test_the_rows_that_failed_come_back_as_the_same_workbook_and_corrected_they_are_imported(
    administrator: User, category: Category, tmp_path: Path
) -> None:
    path, errors, who = tmp_path / "courses.xlsx", tmp_path / "errors.xlsx", ("--as", administrator.email)
    lessons = [
        ["course_code", "module_code", "lesson_code", "title", "order"],
        ["NEW-1", "m1", "l1", "Names", "1"],
        ["", "", "l2", "Values", "second"],
        ["", "m2", "l3", "Loops", "1"],
    ]
    path.write_bytes(workbook({**NEW_COURSE, "Lessons": lessons}).getvalue())
    job = run("imports", "plan", path, *KIND, *who, "--json").json["job"]
    run("imports", "apply", job, *who, "--good-rows-only")

    written = run("imports", "errors", job, "-o", errors)
    book = openpyxl.load_workbook(errors)
    names = book.sheetnames
    failed = [[cell.value for cell in row] for row in book["Lessons"].iter_rows()]
    edit(book, "Lessons", 2, order="2")
    book.save(errors)
    again = run("imports", "plan", errors, *KIND, *who, "--json")
    run("imports", "apply", again.json["job"], *who)

    assert written.out.startswith("2 rows that failed")
    assert names == ["Courses", "Modules", "Lessons", "Resources", "Assessments", "Questions", "Answers"]
    assert failed == [
        [f"Line of import {job}", "What is wrong", *lessons[0], "order (what is wrong)"],
        [3, None, "NEW-1", "m1", "l2", "Values", "second", "Order must be a whole number, for example 12."],
    ]
    assert (again.code, again.json["counts"]["create"]) == (0, 2)
    assert list(Lesson.objects.order_by("code").values_list("code", "module__code", "order")) == [
        ("l1", "m1", 1),
        ("l2", "m1", 2),
        ("l3", "m2", 1),
    ]
