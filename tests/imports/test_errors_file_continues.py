"""The errors file comes back corrected: its rows replace those of the same import, line by line."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.records.rules import RuleBroken
from imports import services
from imports.codes import FileRefused
from imports.errors_file import errors_file_name, write_errors
from imports.models import ImportJob
from tests.support.importing import codes, outcomes, planned, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

FILE = (
    "course_code,title,category,price\n"
    "A-1,First steps,programming,cheap\n"
    "A-2,=SUM(A1),programming,20\n"
    "A-3,,nowhere,-5\n"
    "A-4,Short\n"
)
Edit = Callable[[list[list[str]]], Any]


@pytest.fixture
def faulty(administrator: User) -> ImportJob:
    return planned("courses", FILE, administrator)


def errors_of(job: ImportJob) -> list[list[str]]:
    out = io.BytesIO()
    write_errors(job, out)
    return list(csv.reader(io.StringIO(out.getvalue().decode(job.encoding), newline="")))


def continued(job: ImportJob, rows: list[list[str]], by: User, name: str = "") -> ImportJob:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    file = io.BytesIO(text.getvalue().encode())
    return services.continue_with(job, file, name=name or errors_file_name(job), by=by)


def put(rows: list[list[str]], line: int, **cells: str) -> list[list[str]]:
    """The errors file with these cells of the row that stands for this line of the upload."""
    changed = next(row for row in rows if row[0] == str(line))
    for header, text in cells.items():
        changed[rows[0].index(header)] = text
    return rows


def test_the_corrected_rows_replace_those_of_their_lines_and_the_rest_stays(
    faulty: ImportJob, administrator: User
) -> None:
    rows = put(errors_of(faulty), 2, price="10")

    job = continued(faulty, put(rows, 4, title="Third", category="programming", price="5"), administrator)

    assert job.pk == faulty.pk
    assert outcomes(job) == ["create", "create", "create", "invalid"]
    assert sorted(job.corrections.values_list("number", "was", "value")) == [
        (2, "cheap", "10"),
        (4, "", "Third"),
        (4, "-5", "5"),
        (4, "nowhere", "programming"),
    ]
    services.apply_now(job, by=administrator, good_rows_only=True)
    assert sorted(Course.objects.values_list("code", flat=True)) == ["A-1", "A-2", "A-3"]


def test_it_goes_on_until_nothing_is_left(faulty: ImportJob, administrator: User) -> None:
    job = continued(faulty, put(errors_of(faulty), 2, price="10"), administrator)
    rows = errors_of(job)
    job = continued(job, put(rows, 4, title="Third", category="programming", price="5"), administrator)
    header, short = errors_of(job)
    whole = {"course_code": "A-4", "title": "Short", "category": "programming", "price": "1"}

    line = [whole.get(name, short[0] if at == 0 else "") for at, name in enumerate(header)]
    job = continued(job, [header, line], administrator)

    assert [row[0] for row in rows[1:]] == ["4", "5"]
    assert outcomes(job) == ["create"] * 4


def test_rows_corrected_on_the_page_are_in_the_errors_file_as_corrected(faulty: ImportJob, administrator: User) -> None:
    job = services.correct_row(faulty, row(faulty, 4), by=administrator, cells={"title": "Third"})

    found = next(row for row in errors_of(job) if row[0] == "4")

    assert "Third" in found
    assert codes(job, 4) == ["R_RANGE", "R_FK_MISSING"]


def test_columns_and_rows_left_out_of_the_file_stay_as_they_are(faulty: ImportJob, administrator: User) -> None:
    job = continued(faulty, [[f"Line of import {faulty.pk}", "price"], ["2", "10"]], administrator)

    assert outcomes(job) == ["create", "create", "invalid", "invalid"]


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda rows: rows, "as they stand already"),
        (lambda rows: [line[1:] for line in rows], "The file has no column “Line of import"),
        (lambda rows: [["Line of import 999999", *rows[0][1:]], *rows[1:]], "rows of another import"),
        (lambda rows: put(rows, 2, **{rows[0][0]: "99"}), "Line 99: the import has no such line"),
        (lambda rows: put(rows, 2, **{rows[0][0]: "4"}), "stands twice"),
        (lambda rows: put(rows, 2, **{rows[0][0]: "second"}), "does not say in “Line of import"),
        (lambda rows: [[*line, "x"] for line in rows], "The import has no column “x”"),
    ],
)
def test_a_file_that_does_not_belong_here_is_refused_and_changes_nothing(
    faulty: ImportJob, administrator: User, edit: Edit, sentence: str
) -> None:
    before = list(faulty.rows.values())

    with pytest.raises(RuleBroken, match=sentence):
        continued(faulty, edit(errors_of(faulty)), administrator)

    assert list(faulty.rows.values()) == before
    assert faulty.corrections.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("errors.csv", b"", "E_EMPTY"),
        ("errors.pdf", b"%PDF", "E_UNSUPPORTED"),
        ("../errors.csv", b"x", "E_FILENAME"),
        ("errors.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "E_TYPE_MISMATCH"),
    ],
)
def test_a_dangerous_file_is_refused_like_any_upload(
    faulty: ImportJob, administrator: User, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        services.continue_with(faulty, io.BytesIO(content), name=name, by=administrator)

    assert [message.code for message in refused.value.messages] == [code]
    assert faulty.corrections.count() == 0


def test_nobody_continues_somebody_elses_import(faulty: ImportJob, manager: User) -> None:
    rows = put(errors_of(faulty), 2, price="10")

    with pytest.raises(RuleBroken, match="belongs to somebody else"):
        continued(faulty, rows, manager)

    assert faulty.corrections.count() == 0


def test_a_workbook_continues_with_cells_of_their_own_type(administrator: User) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for line in (["course_code", "title", "category", "price"], [123, "A number", "programming", 10]):
        sheet.append(line)
    sheet.append(["A-2", "Formula", "programming", "=1+1"])
    out = io.BytesIO()
    book.save(out)
    job = services.upload_file(io.BytesIO(out.getvalue()), name="courses.xlsx", kind="courses", by=administrator)
    job = services.plan_now(job, by=administrator)
    errors = io.BytesIO()
    write_errors(job, errors)
    first = codes(job, 2), codes(job, 3)

    book = openpyxl.load_workbook(io.BytesIO(errors.getvalue()))
    page: Any = book.worksheets[0]
    places = {cell.value: cell.column for cell in page[1]}
    page.cell(2, places["course_code"]).value = "123"
    page.cell(3, places["price"]).value = 12.5
    corrected = io.BytesIO()
    book.save(corrected)
    job = services.continue_with(job, corrected, name="courses-errors.xlsx", by=administrator)

    assert first == (["R_TYPE"], ["R_FORMULA"])
    assert outcomes(job) == ["create", "create"]
    assert row(job, 3).changes["price"] == ["", "12.50"]


def test_the_encoding_of_the_upload_is_understood_again(administrator: User) -> None:
    text = "course_code,title,category,price\nA-1,Café,programming,teuer\n".encode("cp1252")
    job = services.upload_file(io.BytesIO(text), name="c.csv", kind="courses", by=administrator, encoding="cp1252")
    job = services.plan_now(job, by=administrator)
    errors = io.BytesIO()
    write_errors(job, errors)

    corrected = errors.getvalue().decode("cp1252").replace("é", "è").replace("teuer", "5").encode("cp1252")
    job = services.continue_with(job, io.BytesIO(corrected), name="c-errors.csv", by=administrator)

    assert (outcomes(job), row(job, 2).label) == (["create"], "Cafè")
