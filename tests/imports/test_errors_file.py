"""The errors file: the rows that failed as they came, what is wrong beside the cells, and the way back in."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import numbers

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from imports.models import ImportJob
from tests.support.commands import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]
OPTIONS = ("--kind", "courses", "--json")


def planned(path: Path, by: User, *more: str) -> Any:
    return run("imports", "plan", path, "--as", by.email, *OPTIONS, *more).json


def errors_of(job: int, path: Path) -> Path:
    assert run("imports", "errors", job, "-o", path).code == 0
    return path


def rows_of(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=delimiter))


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "courses.csv"
    path.write_text(
        "course_code,title,notes,category,price\n"
        "A-1,First steps,=1+1,programming,cheap\n"
        "A-2,Next steps,fine,programming,20\n"
        "A-3,,-5 tips,nowhere,-5\n"
    )
    return path


def test_every_failed_row_comes_back_with_the_fault_beside_each_cell(
    faulty: Path, administrator: User, tmp_path: Path
) -> None:
    job = planned(faulty, administrator)["job"]

    header, *rows = rows_of(errors_of(job, tmp_path / "errors.csv"))

    first, second = (row[1:] for row in rows)
    assert [row[0] for row in rows] == ["2", "4"]
    assert header == [
        f"Line of import {job}",
        "What is wrong",
        *("course_code", "title", "title (what is wrong)", "notes"),
        *("category", "category (what is wrong)", "price", "price (what is wrong)"),
    ]
    assert first[:7] == ["", "A-1", "First steps", "", "'=1+1", "programming", ""]
    assert first[7] == "cheap"
    assert first[8] == "Price must be a plain number, for example 49.00."
    assert second[1:3] == ["A-3", ""]
    assert "missing" in second[3]
    assert second[4:6] == ["'-5 tips", "nowhere"]
    assert "nowhere" in second[6]
    assert second[7] == "-5"
    assert second[8]


def test_the_corrected_file_is_uploaded_as_it_is_and_holds_only_those_rows(
    faulty: Path, administrator: User, tmp_path: Path
) -> None:
    job = planned(faulty, administrator)["job"]
    path = errors_of(job, tmp_path / "errors.csv")
    corrected = path.read_text().replace("cheap", "10").replace("A-3,,", "A-3,Third,")
    path.write_text(corrected.replace("nowhere", "programming").replace(",-5,", ",5,"))

    again = planned(path, administrator)
    applied = run("imports", "apply", again["job"], "--as", administrator.email, "--json")

    assert again["counts"]["create"] == 2
    assert again["errors"] == []
    assert [warning["column"] for warning in again["warnings"]] == ["notes"]
    assert applied.code == 0
    assert sorted(Course.objects.values_list("code", "price")) == [("A-1", 10), ("A-3", 5)]


def test_a_file_that_was_not_corrected_fails_again_with_the_same_faults(
    faulty: Path, administrator: User, tmp_path: Path
) -> None:
    first = planned(faulty, administrator)

    again = planned(errors_of(first["job"], tmp_path / "errors.csv"), administrator)
    twice = rows_of(errors_of(again["job"], tmp_path / "twice.csv"))

    facts = [(error["column"], error["code"], error["message"]) for error in first["errors"]]
    assert [(error["column"], error["code"], error["message"]) for error in again["errors"]] == facts
    assert [row[1:] for row in twice] == [row[1:] for row in rows_of(tmp_path / "errors.csv")]
    assert [row[0] for row in twice] == [f"Line of import {again['job']}", "2", "3"]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "options"),
    [
        ("utf-8-sig", ";", ()),
        ("utf-16", "\t", ()),
        ("cp1252", "|", ("--encoding", "cp1252")),
    ],
)
def test_format_encoding_and_delimiter_are_those_of_the_upload(
    encoding: str, delimiter: str, options: tuple[str, ...], administrator: User, tmp_path: Path
) -> None:
    path = tmp_path / "courses.csv"
    rows = [["course_code", "title", "category", "price"], ["A-1", "Café", "programming", "teuer"]]
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    job = planned(path, administrator, *options)["job"]

    errors = errors_of(job, tmp_path / "errors.csv")

    found = rows_of(errors, encoding, delimiter)
    assert found[1][2:6] == ["A-1", "Café", "programming", "teuer"]
    assert errors.read_bytes()[:3] == "\r\n".join(found[0]).encode(encoding)[:3]
    assert planned(errors, administrator, *options)["errors"][0]["value"] == "teuer"


def test_a_row_of_another_width_keeps_it_until_it_is_corrected(administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text(
        "course_code,title,category,price\nA-1,Cooking, and baking,programming,10\nA-2,Short\nA-3,Bad,programming,x\n"
    )
    first = planned(path, administrator)

    errors = errors_of(first["job"], tmp_path / "errors.csv")
    again = planned(errors, administrator)

    assert [error["code"] for error in first["errors"]] == ["R_RAGGED", "R_RAGGED", "R_NUMBER"]
    assert [error["code"] for error in again["errors"]] == ["R_RAGGED", "R_RAGGED", "R_NUMBER"]
    assert rows_of(errors)[1][2:6] == ["A-1", "Cooking", " and baking", "programming"]
    assert rows_of(errors)[2] == ["3", "2 cells, 4 expected.", "A-2", "Short"]


def test_invisible_characters_come_back_as_they_were(administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text("course_code,title,category\nA-1,Bad\x07title,programming\n")
    job = planned(path, administrator)["job"]

    errors = errors_of(job, tmp_path / "errors.csv")

    assert rows_of(errors)[1][3] == "Bad\x07title"
    assert [error["code"] for error in planned(errors, administrator)["errors"]] == ["R_CONTROL_CHARS"]


def test_a_workbook_comes_back_as_a_workbook_with_cells_of_their_own_type(administrator: User, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Autumn"
    sheet.append(["course_code", "title", "category", "price", "starts_on", "is_featured"])
    sheet.append([123, "A number as its code", "programming", 10, None, True])
    sheet.append(["A-2", "A share of something", "programming", 0.25, None, False])
    sheet["D3"].number_format = numbers.FORMAT_PERCENTAGE
    sheet.append(["A-3", "A formula", "programming", "=1+1", None, None])
    sheet.append(["A-4", "Fine", "programming", 4, None, None])
    path = tmp_path / "courses.xlsx"
    book.save(path)
    first = planned(path, administrator)

    errors = errors_of(first["job"], tmp_path / "errors.xlsx")

    again = planned(errors, administrator)
    page = openpyxl.load_workbook(errors).worksheets[0]
    assert page.title == "Autumn"
    assert [row[2].value for row in page.iter_rows(min_row=2)] == [123, "A-2", "A-3"]
    assert page["A1"].value == f"Line of import {first['job']}"
    assert page["B1"].value == "What is wrong"
    assert [error["code"] for error in first["errors"]] == ["R_TYPE", "R_NUMBER", "R_FORMULA"]
    assert [error["code"] for error in again["errors"]] == ["R_TYPE", "R_NUMBER", "R_FORMULA"]


def test_without_the_uploaded_file_the_plan_still_knows_the_cells(
    faulty: Path, administrator: User, tmp_path: Path
) -> None:
    job = ImportJob.objects.get(pk=planned(faulty, administrator)["job"])
    with_file = rows_of(errors_of(job.pk, tmp_path / "one.csv"))
    job.file.delete()

    without_file = rows_of(errors_of(job.pk, tmp_path / "two.csv"))

    assert without_file == with_file


def test_rows_that_moved_since_the_plan_are_among_the_failed(
    administrator: User, tmp_path: Path, category: Category
) -> None:
    path = tmp_path / "courses.csv"
    path.write_text("course_code,title,category\nA-1,First steps,programming\nA-2,Next,programming\n")
    job = planned(path, administrator)["job"]
    Course.objects.create(code="A-1", title="Somebody was quicker", category=category)

    applied = run("imports", "apply", job, "--as", administrator.email, "--good-rows-only", "--json")

    assert (applied.code, [row["key"] for row in applied.json["conflicts"]]) == (1, ["A-1"])
    rows = rows_of(errors_of(job, tmp_path / "errors.csv"))
    assert rows[1][2:4] == ["A-1", "First steps"]
    assert "after the plan" in rows[1][1]


def test_an_import_without_a_plan_has_no_errors_file(administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    job = planned(path, administrator)["job"]

    ran = run("imports", "errors", job, "-o", tmp_path / "errors.csv")

    assert ran.code == 2
    assert not (tmp_path / "errors.csv").exists()
