"""Reports as files: what stands in them, what a spreadsheet does not execute, and what a format refuses."""

import csv
import hashlib
import io
from codecs import BOM_UTF8
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.records.rules import RuleBroken
from apps.reports.definition import Definition
from apps.reports.making import paper, table_for
from apps.reports.models import ReportRun
from apps.reports.services import make_file
from tests.apps.reports.conftest import ENROLLMENTS


def made(definition: Definition, by: User, fmt: str) -> tuple[bytes, ReportRun]:
    out = io.BytesIO()
    run = make_file(table_for(definition, by), title="Who learns", by=by, fmt=fmt, to=out)
    return out.getvalue(), run


def test_csv_holds_the_rows_and_nothing_that_would_be_executed(enrolled: list[Enrollment], manager: User) -> None:
    Course.objects.filter(code="ART-1").update(title="=HYPERLINK(1)")
    content, run = made(replace(ENROLLMENTS, columns=("course_title", "progress_percent")), manager, "csv")

    table = list(csv.reader(io.StringIO(content.removeprefix(BOM_UTF8).decode())))

    assert content.startswith(BOM_UTF8)
    assert table[0] == ["Course", "Progress (%)"]
    assert ["'=HYPERLINK(1)", "30"] in table
    assert len(table) == 4
    assert (run.row_count, run.sha256) == (3, hashlib.sha256(content).hexdigest())


def test_a_workbook_has_typed_cells_totals_a_header_that_stays_and_says_what_it_is(
    enrolled: list[Enrollment], manager: User
) -> None:
    wanted = replace(
        ENROLLMENTS,
        columns=("user_email", "enrolled_at", "progress_percent"),
        listing="status__exact=active",
        figures=("rows", "average:progress_percent"),
    )
    Enrollment.objects.filter(pk=enrolled[0].pk).update(enrolled_at=enrolled[0].enrolled_at.replace(microsecond=123))

    content, run = made(wanted, manager, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    page, about = book.worksheets
    told = {row[0].value: row[1].value for row in about.iter_rows()}

    assert [cell.value for cell in page[1]] == ["Learner's e-mail", "Enrolled", "Progress (%)"]
    assert page.freeze_panes == "A2"
    assert isinstance(page["B2"].value, datetime)
    assert page["C2"].value == 20
    assert page["A5"].value == "3 rows"
    assert (page["A6"].value, page["C6"].value) == ("Average", 40)
    assert (page.title, about.title) == ("Enrollments", "About")
    assert told["Only status"] == "Active"
    assert told["Made by"] == "Robin Manager (manager@example.org)"
    assert told["Rows"] == "3"
    assert told["As of"]
    assert run.format == "xlsx"


def test_months_are_months_in_a_workbook(enrolled: list[Enrollment], manager: User) -> None:
    content, _ = made(Definition("enrollments", groups=("enrolled_at:month",), figures=("rows",)), manager, "xlsx")
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]

    assert page["A2"].number_format == "yyyy-mm"
    assert isinstance(page["A2"].value, datetime)
    assert page[f"A{page.max_row}"].value == "Total"


def test_a_pdf_has_every_row_in_any_script(enrolled: list[Enrollment], manager: User) -> None:
    Course.objects.filter(code="ART-1").update(title="水彩画と " + "a very long name " * 11)
    content, run = made(replace(ENROLLMENTS, columns=("user_email", "course_title"), figures=("rows",)), manager, "pdf")

    assert content.startswith(b"%PDF")
    assert run.row_count == 3


def test_a_pdf_refuses_more_than_paper_is_good_for(
    enrolled: list[Enrollment], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "MOST_ROWS", 2)

    with pytest.raises(RuleBroken, match="at most 2 rows"):
        made(ENROLLMENTS, manager, "pdf")
    monkeypatch.setattr(paper, "MOST_COLUMNS", 2)
    with pytest.raises(RuleBroken, match="at most 2 columns"):
        made(ENROLLMENTS, manager, "pdf")
    assert not ReportRun.objects.exists()


def test_every_file_is_recorded_with_what_was_in_it(enrolled: list[Enrollment], instructor: User) -> None:
    _, run = made(replace(ENROLLMENTS, columns=("user_email", "course_code")), instructor, "csv")

    assert (run.requester, run.columns, run.reach) == (instructor, ["course_code"], [enrolled[0].course_id])
    assert run.what.source == "enrollments"


@pytest.mark.parametrize("fmt", ["exe", ""])
def test_there_is_no_other_format(enrolled: list[Enrollment], manager: User, fmt: Any) -> None:
    with pytest.raises(RuleBroken, match="csv, xlsx, pdf"):
        made(ENROLLMENTS, manager, fmt)
    assert not ReportRun.objects.exists()
