"""What the screens refuse, in words, with nothing changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.catalog.models import Category, Course
from imports.models import ImportJob
from tests.imports.conftest import CATALOGUE, page

Upload = Callable[..., ImportJob]
Choose = Callable[..., dict[str, str]]


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_no_file_is_asked_for_again(as_administrator: Client) -> None:
    answer = as_administrator.post(reverse("admin:imports_importjob_add"), {})

    assert answer.status_code == 422
    assert "Choose a file to upload." in text_of(answer)
    assert ImportJob.objects.count() == 0


def test_an_unknown_kind_is_refused(as_administrator: Client) -> None:
    file = SimpleUploadedFile("courses.csv", CATALOGUE.encode())

    answer = as_administrator.post(reverse("admin:imports_importjob_add"), {"file": file, "kind": "passwords"})

    assert answer.status_code == 422
    assert ImportJob.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "E_EMPTY"),
        ("header.csv", b"course_code,title,category\n", "E_NO_ROWS"),
        ("twice.csv", b"course_code,title,title\nA,B,C\n", "E_HEADER_DUP"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "E_TYPE_MISMATCH"),
        ("quote.csv", b'course_code,title\nA,"never closed\n', "E_QUOTE"),
        ("notes.pdf", b"%PDF-1.4", "E_UNSUPPORTED"),
        ("macros.xlsm", b"PK\x03\x04", "E_MACRO"),
    ],
)
def test_a_refused_file_says_why_and_is_not_kept(
    as_administrator: Client, upload: Upload, name: str, content: bytes, code: str
) -> None:
    job = upload(as_administrator, name, content)

    text = text_of(as_administrator.get(page(job, "stopped")))

    assert job.status == "refused"
    assert not job.file
    assert code in text
    assert "This file cannot be imported. Nothing was written" in text
    assert "Upload another file" in text


def test_an_encoding_is_chosen_by_looking_at_the_doubtful_lines(as_administrator: Client, upload: Upload) -> None:
    words = "course_code,title,category\nPY-1,Café “Türkei” – Économie,music\n"
    job = upload(as_administrator, "courses.csv", words.encode("cp1252"))

    offered = text_of(as_administrator.get(page(job, "stopped")))
    as_administrator.post(page(job, "reread"), {"encoding": "cp1252"})

    job.refresh_from_db()
    assert "Windows-1252 (Western)" in offered
    assert "Café “Türkei” – Économie" in offered
    assert (job.status, job.encoding) == ("uploaded", "cp1252")
    assert job.samples[0][1] == "Café “Türkei” – Économie"


def test_the_delimiter_is_shown_and_can_be_overridden(as_administrator: Client, upload: Upload) -> None:
    job = upload(as_administrator, "courses.csv", "course_code;title;category\nA;B, C;music\n")
    shown = text_of(as_administrator.get(page(job, "map")))

    as_administrator.post(page(job, "reread"), {"delimiter": ","})

    job.refresh_from_db()
    assert "cells parted by a semicolon" in shown
    assert job.delimiter == ","


@pytest.mark.parametrize("posted", [{"delimiter": "x"}, {"encoding": "rot13"}, {"kind": "passwords"}])
def test_a_reading_nobody_offered_changes_nothing(
    as_administrator: Client, upload: Upload, posted: dict[str, str]
) -> None:
    job = upload(as_administrator)
    before = ImportJob.objects.values().get(pk=job.pk)

    answer = as_administrator.post(page(job, "reread"), posted)

    assert answer.status_code == 303
    assert ImportJob.objects.values().get(pk=job.pk) == before


def test_a_mapping_without_the_key_is_refused_on_the_page_and_keeps_what_was_chosen(
    as_administrator: Client, catalogue_categories: list[Category], upload: Upload, chosen_columns: Choose
) -> None:
    job = upload(as_administrator)
    chosen = chosen_columns(job, {"course_id": "", "is_paid": "has_certificate"})

    answer = as_administrator.post(page(job, "map"), chosen)

    job.refresh_from_db()
    text = text_of(answer)
    assert answer.status_code == 422
    assert "The column “course_code” is missing." in text
    assert '<option value="has_certificate" selected>' in text
    assert (job.status, job.mapping) == ("uploaded", {})


def test_two_columns_for_one_of_ours_are_refused(
    as_administrator: Client, catalogue_categories: list[Category], upload: Upload, chosen_columns: Choose
) -> None:
    job = upload(as_administrator)

    answer = as_administrator.post(page(job, "map"), chosen_columns(job, {"is_paid": "title"}))

    assert answer.status_code == 422
    assert "both fill Title" in text_of(answer)


@pytest.mark.parametrize("ours", ["is_superuser", "id", "nonsense", "category_id"])
def test_a_column_of_ours_that_does_not_exist_cannot_be_mapped_to(
    as_administrator: Client, upload: Upload, chosen_columns: Choose, ours: str
) -> None:
    job = upload(as_administrator)

    answer = as_administrator.post(page(job, "map"), chosen_columns(job, {"is_paid": ours}))

    job.refresh_from_db()
    assert answer.status_code == 422
    assert job.mapping == {}


def test_a_value_that_is_not_allowed_is_refused(as_administrator: Client, planned: ImportJob) -> None:
    planned.unknown_values = {"level": {"Odd Level": 2}}
    planned.save()

    answer = as_administrator.post(page(planned, "values"), {"theirs-level": ["Odd Level"], "ours-level": ["godlike"]})

    planned.refresh_from_db()
    assert answer.status_code == 422
    assert "“godlike” is no value of Level." in text_of(answer)
    assert "Odd Level" not in planned.value_mapping["level"]


def test_all_or_nothing_is_refused_while_a_row_cannot_be_read(as_administrator: Client, planned: ImportJob) -> None:
    answer = as_administrator.post(page(planned, "apply"), {"rows": "all"})

    planned.refresh_from_db()
    assert answer.status_code == 422
    assert "1 row cannot be imported." in text_of(answer)
    assert planned.status == "planned"
    assert Course.objects.count() == 0


@pytest.mark.parametrize("posted", [{}, {"rows": "some"}])
def test_an_apply_that_does_not_say_how_is_refused(
    as_administrator: Client, planned: ImportJob, posted: dict[str, str]
) -> None:
    answer = as_administrator.post(page(planned, "apply"), posted)

    planned.refresh_from_db()
    assert answer.status_code == 422
    assert planned.status == "planned"


def test_a_large_change_asks_for_a_typed_confirmation(
    as_administrator: Client,
    applied: ImportJob,
    upload: Upload,
    chosen_columns: Choose,
    work_off: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("imports.services.applying.FEW_ROWS", 0)
    job = upload(as_administrator, "prices.csv", "course_code,price\n101,1.00\n102,2.00\n103,3.00\n")
    as_administrator.post(page(job, "map"), chosen_columns(job, {"course_code": "course_code"}))
    work_off()

    asked = text_of(as_administrator.get(page(job, "plan")))
    refused = as_administrator.post(page(job, "apply"), {"rows": "all", "confirmation": "yes"})
    confirmed = as_administrator.post(page(job, "apply"), {"rows": "all", "confirmation": "3"})
    work_off()

    assert "Type 3 to confirm" in asked
    assert refused.status_code == 422
    assert confirmed.status_code == 303
    assert sorted(Course.objects.values_list("price", flat=True)) == [1, 2, 3]


def test_a_cell_is_only_replaced_in_a_row_and_a_column_of_this_import(
    as_administrator: Client, planned: ImportJob
) -> None:
    row = planned.rows.get(outcome="invalid")

    for posted in (
        {"row": "0", "column": "title", "ours": "x"},
        {"row": str(row.pk), "column": "is_superuser", "ours": "x"},
        {"row": "x", "column": "title", "ours": "x"},
        {"row": str(row.pk), "column": "seats", "ours": "x"},
    ):
        assert as_administrator.post(page(planned, "fix"), posted).status_code == 404
    planned.refresh_from_db()
    assert planned.status == "planned"


HOSTILE_NAMES = [
    "../../etc/passwd.csv",
    "x.csv%00.exe",
    ".htaccess.csv",
    "CON.csv",
    "a" * 300 + ".csv",
    "x\u202evsc.exe",
    '"><img src=x onerror=alert(1)>.csv',
    "x%0d%0aSet-Cookie: a=b.csv",
    "📚.csv",
    "   .csv",
    ".csv",
    "x.CSV",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_file_names_are_shown_escaped_or_refused_and_never_used(
    as_administrator: Client, upload: Upload, name: str
) -> None:
    job = upload(as_administrator, name)

    pages = [as_administrator.get(reverse("admin:imports_importjob_changelist"))]
    pages.append(as_administrator.get(reverse("admin:imports_importjob_change", args=[job.pk]), follow=True))

    assert len(job.original_name) <= 100
    assert not job.file or Path(str(job.file.name)).name.startswith(job.sha256[:32])
    for answer in pages:
        assert answer.status_code == 200
        assert b"<img src=x" not in answer.content
        assert "Set-Cookie: a=b" not in str(answer.headers)
    if job.file:
        download = as_administrator.get(page(job, "file"))
        assert "\n" not in download.headers["Content-Disposition"]


@pytest.mark.shared
def test_the_list_of_hostile_names_is_survived(as_administrator: Client, upload: Upload, shared_data: Path) -> None:
    names = (shared_data / "bad_inputs" / "hostile_filenames.txt").read_text(encoding="utf-8").splitlines()
    content = (shared_data / "bad_inputs" / "good_courses.csv").read_bytes()

    jobs = [upload(as_administrator, name, content) for name in names if name.strip()]

    assert {job.status for job in jobs} <= {"uploaded", "refused"}
    assert jobs[-1].status == "uploaded"
