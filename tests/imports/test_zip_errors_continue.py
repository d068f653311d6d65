"""The failed rows of a zip: corrected on the page or in their workbook, and what is joined to them follows."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from apps.accounts.models import User
from apps.enrollments.models import Enrollment
from imports import services
from imports.errors_file import write_errors
from imports.models import ImportJob
from tests.imports.conftest import Upload, page
from tests.imports.test_wizard_steps import text_of
from tests.support.commands import run
from tests.support.zips import CANVAS, write_zip

pytestmark = pytest.mark.django_db
BROKEN = {**CANVAS, "users.csv": CANVAS["users.csv"].replace("sam@example.org", "sam at home")}


@pytest.fixture
def faulty(administrator: User, tmp_path: Path) -> ImportJob:
    """A person without an address, and the enrollment that finds it in that person's row."""
    path = write_zip(tmp_path / "files.zip", BROKEN)
    job = replanned(path, administrator)
    assert {row.part for row in job.rows.filter(outcome="invalid")} == {0, len(job.parts) - 1}
    return job


def replanned(path: Path, by: User) -> ImportJob:
    ran = run("imports", "plan", path, "--preset", "canvas-sis", "--as", by.email, "--json")
    return ImportJob.objects.get(pk=ran.json["job"])


def corrected(job: ImportJob, *sheets: str) -> bytes:
    """The workbook of the failed rows, with the address as it should be in these sheets."""
    written, out = io.BytesIO(), io.BytesIO()
    write_errors(job, written)
    book = openpyxl.load_workbook(written)
    for cell in (cell for name in sheets for line in book[name] for cell in line):
        if cell.value == "sam at home":
            cell.value = "sam@example.org"
    book.save(out)
    return out.getvalue()


def test_a_row_corrected_on_the_page_is_found_by_the_rows_that_name_it(faulty: ImportJob, administrator: User) -> None:
    row = faulty.rows.get(part=0, outcome="invalid")

    job = services.correct_row(faulty, row, by=administrator, cells={"email": "sam@example.org"})

    assert job.counts["invalid"] == 0
    services.apply_now(job, by=administrator, confirmed=True)
    assert Enrollment.objects.filter(user__email="sam@example.org", course__code="E1").exists()


def test_the_workbook_of_failed_rows_is_offered_to_its_import_and_continues_it(
    faulty: ImportJob, as_administrator: Client, upload: Upload, work_off: Any
) -> None:
    arrived = upload(as_administrator, "files-errors.xlsx", corrected(faulty, "users.csv"))
    work_off()
    offered = text_of(as_administrator.get(page(arrived, "map")))

    answer = as_administrator.post(page(faulty, "continue"), {"upload": arrived.pk}, follow=True)

    faulty.refresh_from_db()
    arrived.refresh_from_db()
    assert arrived.kind == "canvas-sis"
    assert "These are rows of files.zip that could not be imported." in offered
    assert "no row is in the way any more" in text_of(answer)
    assert (faulty.status, faulty.counts["invalid"]) == ("planned", 0)
    assert (arrived.status, bool(arrived.file)) == ("expired", False)


def test_after_the_good_rows_were_applied_the_workbook_is_an_import_of_the_same_kind(
    faulty: ImportJob, administrator: User, tmp_path: Path
) -> None:
    services.apply_now(faulty, by=administrator, good_rows_only=True, confirmed=True)
    path = tmp_path / "files-errors.xlsx"
    path.write_bytes(corrected(faulty, *(part["source"] for part in faulty.parts)))

    job = replanned(path, administrator)
    services.apply_now(job, by=administrator, confirmed=True)

    assert (job.kind, job.counts["create"], job.counts["invalid"]) == ("canvas-sis", 2, 0)
    assert Enrollment.objects.filter(user__email="sam@example.org", course__code="E1").exists()


def test_a_workbook_with_other_sheets_is_no_zip_of_theirs(administrator: User) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.create_sheet("users.csv").append(["who", "what"])
    book.save(out)

    job = services.upload_file(io.BytesIO(out.getvalue()), name="files.xlsx", by=administrator, kind="canvas-sis")

    assert [message["code"] for message in job.messages] == ["E_NO_ROWS"]
    assert not job.file
