"""Rows out of the platform: whose, which columns, in which form, and that it is recorded."""

import csv
import hashlib
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson
from apps.catalog.services import archive_course
from apps.enrollments.models import Enrollment
from apps.records.rules import RuleBroken
from imports.exporter import csv_chunks, dataset_of, export_dataset
from imports.models import ExportRecord
from imports.types import kind_for
from tests.recipes import catalog
from tests.support.people import person

pytestmark = pytest.mark.django_db


def exported(kind: str, by: User, fmt: str = "csv", **options: Any) -> bytes:
    with TemporaryFile() as file:
        export_dataset(kind_for(kind), by=by, fmt=fmt, to=file, **options)
        file.seek(0)
        return file.read()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def sheet_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def test_an_export_holds_what_the_importer_reads(administrator: User, course: Course) -> None:
    Course.objects.update(price=Decimal("49.5"), starts_on=date(2026, 3, 1), is_featured=True, seats=12)

    row = rows_of(exported("courses", administrator))[0]

    assert row["course_code"] == "PY-101"
    assert row["category"] == "programming"
    assert row["instructor_email"] == "instructor@example.org"
    assert row["price"] == "49.50"
    assert row["starts_on"] == "2026-03-01"
    assert (row["is_featured"], row["has_certificate"]) == ("yes", "no")
    assert row["seats"] == "12"
    assert row["status"] == "draft"


def test_a_workbook_has_typed_cells_and_a_header_that_stays(administrator: User, course: Course) -> None:
    Course.objects.update(price=Decimal("49.5"), starts_on=date(2026, 3, 1), is_featured=True, seats=12, code="007")

    sheet = sheet_of(exported("courses", administrator, "xlsx"))
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))

    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert cells["course_code"].value == "007"
    assert cells["price"].value == 49.5
    assert cells["starts_on"].value == datetime(2026, 3, 1)  # noqa: DTZ001 - cells know no time zone
    assert cells["is_featured"].value is True
    assert cells["seats"].value == 12
    assert cells["description"].value is None


def test_a_workbook_offers_the_choices_of_a_column(administrator: User, course: Course) -> None:
    sheet = sheet_of(exported("courses", administrator, "xlsx", columns=["course_code", "level", "is_featured"]))

    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}

    assert offered == {
        "B2:B1048576": '"all_levels,beginner,intermediate,advanced"',
        "C2:C1048576": '"TRUE,FALSE"',
    }


@pytest.mark.parametrize(
    "text",
    ["=1+1", "-5 tips", "+44 20", "@ada", "\tTab", "\rReturn", "\nLine", "＝1", "＋1", "－1", "＠a"],
)
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_text_a_spreadsheet_would_execute_is_defused(administrator: User, course: Course, text: str, fmt: str) -> None:
    Course.objects.update(description=text)

    content = exported("courses", administrator, fmt, columns=["course_code", "description"])

    found = (
        rows_of(content)[0]["description"] if fmt == "csv" else sheet_of(content)["B2"].value.replace("_x000D_", "\r")
    )
    assert found == f"'{text}"


def test_a_workbook_cell_is_never_a_formula_or_a_link(administrator: User, course: Course) -> None:
    Course.objects.update(title="=HYPERLINK(1)", subtitle="https://example.org")

    sheet = sheet_of(exported("courses", administrator, "xlsx", columns=["title", "subtitle"]))

    assert [cell.data_type for cell in sheet[2]] == ["s", "s"]
    assert sheet["B2"].hyperlink is None


def test_only_what_the_person_may_export_is_in_the_file(
    other_course: Course, course: Course, co_instructor_with: Callable[[str], User]
) -> None:
    exporter = co_instructor_with("export_data")

    rows = rows_of(exported("courses", exporter))

    assert [row["course_code"] for row in rows] == ["PY-101"]


def test_who_may_not_export_gets_a_sentence_and_no_record(course: Course, support: User) -> None:
    with pytest.raises(RuleBroken, match="You may not export courses"):
        exported("courses", support)

    assert not ExportRecord.objects.exists()


def test_a_masked_column_does_not_exist(enrollment: Enrollment, instructor: User) -> None:
    rows = rows_of(exported("enrollments", instructor))

    assert "course_code" in rows[0]
    assert "student_email" not in rows[0]
    with pytest.raises(RuleBroken, match="There is no column student_email"):
        exported("enrollments", instructor, columns=["student_email"])
    with pytest.raises(RuleBroken, match="cannot be filtered by student_email"):
        exported("enrollments", instructor, filters={"student_email": ["student@example.org"]})


def test_columns_come_in_the_order_they_were_asked_for(administrator: User, course: Course) -> None:
    content = exported("courses", administrator, columns=["title", "course_code"])

    assert content.splitlines()[0] == b"title,course_code"


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({"category": ["Programming"]}, ["PY-101"]),
        ({"course_code": ["py-101", "art-1"]}, ["ART-1", "PY-101"]),
        ({"level": ["advanced"]}, []),
        ({"instructor_email": [""]}, ["ART-1"]),
        ({"price": ["49"], "course_code": ["ART-1"]}, ["ART-1"]),
    ],
)
def test_a_filter_compares_as_people_write(
    administrator: User, course: Course, other_course: Course, filters: dict[str, list[str]], codes: list[str]
) -> None:
    Course.objects.update(price=Decimal(49))

    rows = rows_of(exported("courses", administrator, filters=filters))

    assert sorted(row["course_code"] for row in rows) == codes


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"colour": ["red"]}, "cannot be filtered by colour"),
        ({"price": ["cheap"]}, "cannot be a filter on price"),
        ({"archived": ["perhaps"]}, "knows no, yes, all"),
    ],
)
def test_a_filter_that_says_nothing_is_refused(
    administrator: User, course: Course, filters: dict[str, list[str]], sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        exported("courses", administrator, filters=filters)


def test_archived_records_are_left_out_unless_asked_for(
    administrator: User, enrollment: Enrollment, lesson: Lesson, course: Course
) -> None:
    archive_course(course, by=administrator)

    for kind in ("courses", "modules", "lessons", "enrollments"):
        assert rows_of(exported(kind, administrator)) == []
        assert len(rows_of(exported(kind, administrator, filters={"archived": ["yes"]}))) == 1
        assert len(rows_of(exported(kind, administrator, filters={"archived": ["all"]}))) == 1


def test_an_export_is_recorded_with_what_left_the_platform(administrator: User, course: Course) -> None:
    exported("courses", administrator, columns=["course_code"], filters={"category": ["programming"]})

    record = ExportRecord.objects.get()

    assert (record.requester, record.kind, record.format) == (administrator, "courses", "csv")
    assert (record.columns, record.filters) == (["course_code"], {"category": ["programming"]})
    content = b"course_code\r\nPY-101\r\n"
    assert (record.row_count, record.size_bytes) == (1, len(content))
    assert record.sha256 == hashlib.sha256(content).hexdigest()


def test_the_record_of_an_export_cannot_be_changed(administrator: User, course: Course) -> None:
    exported("courses", administrator)

    with pytest.raises(DatabaseError), transaction.atomic():
        ExportRecord.objects.update(row_count=0)

    assert ExportRecord.objects.get().row_count == 1


def test_the_number_of_queries_does_not_depend_on_the_rows(administrator: User, category: Category) -> None:
    with CaptureQueriesContext(connection) as few:
        exported("courses", administrator)
    teacher = person("teacher", User.Role.INSTRUCTOR)
    for number in range(30):
        made = catalog.course.make(code=f"N-{number}", category=category)
        catalog.course_instructor.make(course=made, user=teacher)
    with CaptureQueriesContext(connection) as many:
        content = exported("courses", administrator)

    assert len(rows_of(content)) == 30
    assert len(many) == len(few)


def test_the_header_comes_before_the_first_query(administrator: User, course: Course) -> None:
    chunks = csv_chunks(dataset_of(kind_for("courses"), by=administrator, columns=["course_code"]))

    with CaptureQueriesContext(connection) as queries:
        first = next(chunks)

    assert first == b"course_code\r\n"
    assert len(queries) == 0


def test_a_text_longer_than_a_workbook_cell_is_not_cut_off(administrator: User, course: Course) -> None:
    Course.objects.update(description="x" * 40_000)

    with pytest.raises(RuleBroken, match="40,000 characters"):
        exported("courses", administrator, "xlsx")

    assert len(rows_of(exported("courses", administrator))[0]["description"]) == 40_000


def test_moments_no_date_cell_can_hold_are_written_as_text(administrator: User, enrollment: Enrollment) -> None:
    columns = ["student_email", "enrolled_at"]
    Enrollment.objects.update(enrolled_at=datetime(2026, 3, 1, 14, 30, tzinfo=UTC))
    exact = sheet_of(exported("enrollments", administrator, "xlsx", columns=columns))["B2"].value
    Enrollment.objects.update(enrolled_at=datetime(2026, 3, 1, 14, 30, 0, 123456, tzinfo=UTC))
    precise = sheet_of(exported("enrollments", administrator, "xlsx", columns=columns))["B2"].value

    assert exact == datetime(2026, 3, 1, 14, 30)  # noqa: DTZ001 - cells know no time zone
    assert precise == "2026-03-01 14:30:00.123456+00:00"
