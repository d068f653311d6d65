"""Exports from the lists: what is on the list, for whom it may be, made at once or in the background."""

import csv
import hashlib
import io
from codecs import BOM_UTF8
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.append_only import append_only_lifted
from apps.catalog.models import Course
from apps.jobs.models import JobRun
from imports.admin import exports
from imports.exporter.keeping import delete_old_exports
from imports.models import ExportRecord
from imports.tasks import make_export
from imports.types import KINDS
from tests.recipes import assessments, catalog, certificates, reviews, subscriptions

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def make_address(kind: str, query: str = "") -> str:
    return reverse("admin:imports_exportrecord_make", args=[kind]) + query


def list_address(kind: str) -> str:
    meta = KINDS[kind].model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def rows_of(response: Any) -> list[dict[str, str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


@pytest.mark.parametrize("kind", [key for key, kind in KINDS.items() if admin.site.is_registered(kind.model)])
def test_every_list_of_a_kind_offers_its_export(kind: str, as_administrator: Client, lesson_progress: Any) -> None:
    catalog.resource.make(lesson=lesson_progress.lesson)
    certificates.certificate.make(enrollment=lesson_progress.enrollment)
    reviews.review.make(course=lesson_progress.enrollment.course)
    subscriptions.payment.make()
    assessments.question.make(assessment=assessments.assessment.make(lesson=lesson_progress.lesson))

    page = as_administrator.get(list_address(kind)).content.decode()

    assert make_address(kind) in page
    assert "Export as CSV" in page
    assert "export_selected_xlsx" in page


def test_the_list_is_exported_as_it_is_narrowed(as_administrator: Client, course: Course, other_course: Course) -> None:
    response = as_administrator.post(make_address("courses", "?q=Python"), {"format": "csv"})

    assert response.headers["Content-Disposition"].startswith('attachment; filename="courses-')
    assert [row["course_code"] for row in rows_of(response)] == ["PY-101"]
    record = ExportRecord.objects.get()
    assert (record.listing, record.row_count, record.file) == ("q=Python", 1, "")


def test_the_chosen_rows_are_exported(as_administrator: Client, course: Course, other_course: Course) -> None:
    chosen = {"action": "export_selected_csv", "_selected_action": [course.pk]}

    response = as_administrator.post(list_address("courses"), chosen)

    assert [row["course_code"] for row in rows_of(response)] == ["PY-101"]
    assert ExportRecord.objects.get().row_count == 1


def test_a_csv_file_for_people_begins_with_the_mark_spreadsheets_look_for(
    as_administrator: Client, course: Course
) -> None:
    response: Any = as_administrator.post(make_address("courses"), {"format": "csv"})

    content = b"".join(response.streaming_content)
    assert content.startswith(BOM_UTF8 + b"course_code,")
    assert ExportRecord.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_an_export_can_be_looked_at_but_not_changed(as_administrator: Client, course: Course) -> None:
    as_administrator.post(make_address("courses"), {"format": "csv"})
    address = reverse("admin:imports_exportrecord_change", args=[ExportRecord.objects.get().pk])

    page = as_administrator.get(address)
    posted = as_administrator.post(address, {"row_count": "0"})

    assert page.status_code == 200
    assert posted.status_code == 403
    assert ExportRecord.objects.get().row_count == 1


def test_a_workbook_can_be_asked_for(as_administrator: Client, course: Course) -> None:
    response: Any = as_administrator.post(make_address("courses"), {"format": "xlsx"})

    assert b"".join(response.streaming_content).startswith(b"PK")


def test_only_rows_the_person_may_export_are_in_the_file(
    signed_in: SignedIn, co_instructor_with: Callable[[str], User], course: Course, other_course: Course
) -> None:
    client = signed_in(co_instructor_with("export_data"))

    chosen = {"action": "export_selected_csv", "_selected_action": [course.pk, other_course.pk]}

    assert [row["course_code"] for row in rows_of(client.post(list_address("courses"), chosen))] == ["PY-101"]
    everything = client.post(make_address("courses"), {"format": "csv"})
    assert [row["course_code"] for row in rows_of(everything)] == ["PY-101"]


def test_who_may_see_but_not_export_is_offered_nothing_and_refused(
    as_support: Client, course: Course, student: User
) -> None:
    page = as_support.get(list_address("courses")).content.decode()
    made = as_support.post(make_address("courses"), {"format": "csv"})
    chosen = as_support.post(
        list_address("courses"), {"action": "export_selected_csv", "_selected_action": [course.pk]}
    )

    assert "Export as CSV" not in page
    assert "export_selected" not in page
    assert made.status_code == 403
    assert "Content-Disposition" not in chosen.headers
    assert not ExportRecord.objects.exists()


def test_looking_at_an_export_address_makes_nothing(as_administrator: Client, course: Course) -> None:
    assert as_administrator.get(make_address("courses")).status_code == 405
    assert as_administrator.post(make_address("planets")).status_code == 404
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize("query", ["?password__startswith=a", "?category__name__startswith=x"])
def test_a_list_that_could_not_be_is_not_exported(as_administrator: Client, course: Course, query: str) -> None:
    response = as_administrator.post(make_address("courses", query), {"format": "csv"})

    assert response.status_code in (302, 400)
    assert not ExportRecord.objects.exists()


def test_an_unknown_format_is_refused_with_a_sentence(as_administrator: Client, course: Course) -> None:
    response = as_administrator.post(make_address("courses"), {"format": "html"}, follow=True)

    assert "Exports are made as csv or xlsx." in response.content.decode()
    assert not ExportRecord.objects.exists()


@pytest.fixture
def kept(administrator: User, course: Course) -> ExportRecord:
    """An export made in the background."""
    run = make_export.now(by=administrator, kind="courses", fmt="csv", query="q=Python")
    assert run.state == JobRun.State.SUCCEEDED, run.outcome
    return ExportRecord.objects.get()


def test_many_rows_are_written_in_the_background(
    as_administrator: Client, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 0)

    response = as_administrator.post(make_address("courses", "?q=Python"), {"format": "csv"}, follow=True)

    assert "1 course" in response.content.decode()
    run = JobRun.objects.get(job="imports.export")
    assert run.arguments == {"kind": "courses", "fmt": "csv", "query": "q=Python"}


def test_a_kept_export_is_fetched_by_its_owner_only(
    kept: ExportRecord, as_administrator: Client, signed_in: SignedIn, manager: User
) -> None:
    address = reverse("admin:imports_exportrecord_file", args=[kept.pk])

    page = as_administrator.get(reverse("admin:imports_exportrecord_changelist")).content.decode()
    own = as_administrator.get(address)
    foreign = signed_in(manager).get(address)

    assert address in page
    assert [row["course_code"] for row in rows_of(own)] == ["PY-101"]
    assert foreign.status_code == 404


def test_a_kept_export_is_gone_after_a_day(kept: ExportRecord, as_administrator: Client) -> None:
    address = reverse("admin:imports_exportrecord_file", args=[kept.pk])
    with append_only_lifted("The test moves the clock."):
        ExportRecord.objects.update(exported_at=timezone.now() - timedelta(days=2))

    assert as_administrator.get(address).status_code == 404
    assert delete_old_exports() == 0
    assert default_storage.exists(kept.file)


def test_a_kept_export_is_not_handed_over_once_the_right_is_gone(
    course: Course, instructor: User, signed_in: SignedIn
) -> None:
    make_export.now(by=instructor, kind="courses", fmt="csv", query="")
    record = ExportRecord.objects.get()
    address = reverse("admin:imports_exportrecord_file", args=[record.pk])
    before = signed_in(instructor).get(address).status_code

    course.instructors.all().delete()
    course.user_grants.all().delete()

    assert (record.row_count, before) == (1, 200)
    assert signed_in(instructor).get(address).status_code == 404


def test_a_job_whose_requester_may_not_export_any_more_writes_nothing(course: Course, support: User) -> None:
    run = make_export.now(by=support, kind="courses", fmt="csv", query="")

    assert run.state == JobRun.State.FAILED
    assert run.outcome == "You may not export courses."
    assert not ExportRecord.objects.exists()
