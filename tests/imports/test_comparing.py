"""A plan is taken along as a workbook: old and new beside each other, typed, harmless, and on record."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course
from imports.models import ExportRecord, ImportJob
from imports.plan_workbook import write_plan
from tests.imports.conftest import page
from tests.support.importing import planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

FILE = (
    "course_code,title,category,price,starts_on\n"
    'PY-101,"=HYPERLINK(""http://evil"")",programming,12.50,2027-03-01\n'
    "A-2,Next steps,programming,20,\n"
    "A-3,Third,nowhere,cheap,\n"
)


@pytest.fixture
def plan(administrator: User, course: Course) -> ImportJob:
    """One changed, one new and one that cannot be read."""
    return planned("courses", FILE, administrator)


def sheet_of(content: bytes) -> list[dict[str, Any]]:
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
    head = [str(cell.value) for cell in next(rows)]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_old_and_new_stand_beside_each_other_for_every_field_that_changes(plan: ImportJob, course: Course) -> None:
    out = io.BytesIO()

    number, _ = write_plan(plan, out)

    changed, new, invalid = sheet_of(out.getvalue())
    assert number == 3
    assert [row["Line"].value for row in (changed, new, invalid)] == [2, 3, 4]
    assert [row["Outcome"].value for row in (changed, new, invalid)] == ["Changed", "New", "Cannot be read"]
    assert changed["Title: before"].value == course.title
    assert (new["Title: before"].value, new["Title: after"].value) == (None, "Next steps")
    assert "nowhere" in invalid["What is said"].value
    assert invalid["Price: after"].value is None


def test_numbers_and_days_are_numbers_and_days_and_a_formula_is_text(plan: ImportJob) -> None:
    out = io.BytesIO()

    write_plan(plan, out)

    changed, new, _ = sheet_of(out.getvalue())
    assert (changed["Title: after"].value, changed["Title: after"].data_type) == ('=HYPERLINK("http://evil")', "s")
    assert (changed["Price: after"].value, new["Price: after"].value) == (12.5, 20)
    assert changed["Starts on: after"].value.isoformat()[:10] == "2027-03-01"


def test_taking_a_plan_along_is_on_record_like_every_export(
    as_administrator: Client, administrator: User, plan: ImportJob
) -> None:
    answer = as_administrator.get(page(plan, "plan-file"))

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    record = ExportRecord.objects.get()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="courses-plan.xlsx"'
    assert len(sheet_of(content)) == 3
    assert (record.requester, record.kind, record.row_count) == (administrator, "courses", 3)
    assert record.listing == f"The plan of import {plan.pk}"
    assert "price" in record.columns
    assert record.size_bytes == len(content)
    assert len(record.sha256) == 64


def test_an_import_without_a_plan_has_nothing_to_compare(as_administrator: Client, plan: ImportJob) -> None:
    ImportJob.objects.update(planned_at=None)

    answer = as_administrator.get(page(plan, "plan-file"))

    assert answer.status_code == 404
    assert ExportRecord.objects.count() == 0
