"""`manage.py imports correct`: cells of one line, or the errors file as it comes back."""

from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from imports.models import ImportJob
from tests.support.commands import Ran, run
from tests.support.importing import planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

FILE = "course_code,Course title,category,price\nA-1,One,programming,cheap\nA-2,,programming,5\n"


@pytest.fixture
def job(administrator: User) -> ImportJob:
    mapping = {"course_code": "course_code", "Course title": "title", "category": "category", "price": "price"}
    return planned("courses", FILE, administrator, mapping=mapping)


def correct(job: ImportJob, by: User, *more: Any) -> Ran:
    return run("imports", "correct", job.pk, "--as", by.email, *more)


def test_cells_of_a_line_are_written_anew_and_the_plan_is_answered(job: ImportJob, administrator: User) -> None:
    first = correct(job, administrator, "--line", 2, "--set", "price=10", "--json")
    second = correct(job, administrator, "--line", 3, "--set", "title=Two", "--json")

    assert (first.code, first.json["status"], first.json["counts"]["invalid"]) == (1, "planned", 1)
    assert [error["line"] for error in first.json["errors"]] == [3]
    assert (second.code, second.json["counts"]["create"], second.json["errors"]) == (0, 2, [])


def test_the_errors_file_continues_its_import(job: ImportJob, administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    run("imports", "errors", job.pk, "-o", path)
    path.write_text(path.read_text().replace("cheap", "10").replace("A-2,,", "A-2,Two,"))

    ran = correct(job, administrator, "--from", path, "--json")

    assert (ran.code, ran.json["job"], ran.json["counts"]["create"]) == (0, job.pk, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--line", 2),
        ("--line", 99, "--set", "price=1"),
        ("--set", "price=1"),
        ("--line", 2, "--set", "price"),
        ("--line", 2, "--set", "price=1", "--from", "x.csv"),
    ],
)
def test_arguments_that_say_nothing_end_with_how_to_say_it(
    job: ImportJob, administrator: User, arguments: tuple[Any, ...]
) -> None:
    ran = correct(job, administrator, *arguments)

    assert ran.code == 2
    assert "--" in ran.err
    assert job.corrections.count() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--line", 2, "--set", "seats=1"), "The file has no column “seats”"),
        (("--line", 2, "--set", "price=cheap"), "Write what the cell should hold"),
        (("--from", "/nowhere/errors.csv"), "The file cannot be opened"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    job: ImportJob, administrator: User, arguments: tuple[Any, ...], said: str
) -> None:
    ran = correct(job, administrator, *arguments, "--json")

    assert (ran.code, ran.json["status"]) == (2, "failed")
    assert said in ran.json["message"]
    assert job.corrections.count() == 0


def test_the_import_of_somebody_else_is_not_there(job: ImportJob, manager: User) -> None:
    ran = correct(job, manager, "--line", 2, "--set", "price=1", "--json")

    assert (ran.code, ran.json["message"]) == (2, f"There is no import {job.pk}.")
