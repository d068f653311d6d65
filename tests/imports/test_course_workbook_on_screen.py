"""Course workbooks on the screen: planned, looked at, applied, taken back, and taken out."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Module
from apps.jobs.models import JobRun
from imports.admin import workbooks
from imports.models import ExportRecord, ImportJob
from tests.imports.conftest import page
from tests.support.course_workbooks import NEW_COURSE, counts, edit, exported, planned, saved, workbook
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db
MOST_QUERIES = 25
WorkOff = Callable[[], list[JobRun]]


def send(client: Client, content: bytes, name: str = "courses.xlsx", **facts: str) -> ImportJob:
    file = SimpleUploadedFile(name, content)
    assert client.post(reverse("admin:imports_importjob_add"), {"file": file, **facts}).status_code == 303
    return ImportJob.objects.latest("pk")


def test_a_workbook_whose_columns_are_ours_is_planned_without_being_asked_about(
    as_administrator: Client, furnished: Course, administrator: User, work_off: WorkOff
) -> None:
    book = exported(administrator, "PY-101")
    edit(book, "Lessons", 2, title="A better title")
    edit(book, "Lessons", 3, order="soon")

    job = send(as_administrator, saved(book).getvalue())
    work_off()
    job.refresh_from_db()
    tree = as_administrator.get(page(job, "plan") + "?view=tree&course=PY-101").content.decode()
    sheet = as_administrator.get(page(job, "plan") + "?sheet=3").content.decode()
    found = as_administrator.get(page(job, "plan") + "?sheet=3&tab=all&q=2").content.decode()

    assert (job.kind, job.status) == ("course-workbook", "planned")
    assert tree.index("Module 1") < tree.index("A better title") < tree.index("Check yourself") < tree.index("Module 2")
    assert "Order must be a whole number" in tree
    assert "Order must be a whole number" in sheet
    assert "Your cell" in sheet
    assert "A better title" in found


def test_unknown_columns_are_listed_sheet_by_sheet_and_can_be_mapped(
    as_administrator: Client, category: Category, work_off: WorkOff
) -> None:
    modules = [["course_code", "module_code", "Denomination"], ["NEW-1", "m1", "Beginnings"], ["", "m2", "Going on"]]
    job = send(as_administrator, workbook({**NEW_COURSE, "Modules": modules}).getvalue())

    asked = as_administrator.get(page(job, "map")).content.decode()
    faulty = as_administrator.post(page(job, "map"), chosen(job, {("Modules", "Denomination"): "course_code"}))
    as_administrator.post(page(job, "map"), chosen(job, {("Modules", "Denomination"): "title"}))
    work_off()
    job.refresh_from_db()

    assert "1 column none of ours" in asked
    assert "Denomination" in asked
    assert faulty.status_code == 422
    assert "both fill Course" in faulty.content.decode()
    assert counts(job) == {"create": 11}


def chosen(job: ImportJob, changed: dict[tuple[str, str], str]) -> dict[str, str]:
    """What the map page posts: what is known, and what the test says."""
    fields = {"mode": "upsert"}
    for index, part in enumerate(job.parts):
        for at, header in enumerate(part["headers"]):
            ours = changed.get((part["source"], header), part["mapping"].get(header, ""))
            fields[f"column-{index}-{at}"] = ours
    return fields


def test_a_value_is_put_right_in_every_row_of_its_sheet(
    as_administrator: Client, administrator: User, category: Category, work_off: WorkOff
) -> None:
    lessons = [
        ["course_code", "module_code", "title", "order"],
        ["NEW-1", "m1", "Names", "first"],
        ["", "", "Values", "2"],
    ]
    courses_to_lessons = {name: rows for name, rows in NEW_COURSE.items() if name in ("Courses", "Modules")}
    job = planned({**courses_to_lessons, "Lessons": lessons}, administrator)
    row = job.rows.get(outcome="invalid")

    as_administrator.post(page(job, "fix"), {"row": row.pk, "column": "order", "ours": "1"})
    work_off()
    job.refresh_from_db()

    assert job.parts[2]["value_mapping"] == {"order": {"first": "1"}}
    assert counts(job) == {"create": 5}


def test_values_of_theirs_are_said_once_for_each_sheet(
    as_administrator: Client, administrator: User, category: Category, work_off: WorkOff
) -> None:
    lessons = [
        ["course_code", "module_code", "title", "type"],
        ["NEW-1", "m1", "Names", "film"],
        ["", "", "Values", "film"],
    ]
    courses = [["course_code", "title", "category"], ["NEW-1", "A new course", "coding"]]
    job = planned({"Courses": courses, "Modules": NEW_COURSE["Modules"], "Lessons": lessons}, administrator)

    plan = as_administrator.get(page(job, "plan")).content.decode()
    asked = as_administrator.get(page(job, "values")).content.decode()
    refused = as_administrator.post(page(job, "values"), {"theirs-2-type": "film", "ours-2-type": "opera"})
    options = as_administrator.get(page(job, "choices"), {"column": "0-category", "q": "prog"}).content.decode()
    as_administrator.post(
        page(job, "values"),
        {
            "theirs-0-category": "coding",
            "ours-0-category": "programming",
            "theirs-2-type": "film",
            "ours-2-type": "video",
        },
    )
    work_off()
    job.refresh_from_db()

    assert page(job, "values") in plan
    assert "Map the values: Type in Lessons" in asked
    assert "Remember" not in asked
    assert "“opera” is no value of Type" in refused.content.decode()
    assert "programming" in options
    assert as_administrator.get(page(job, "choices"), {"column": "9-category"}).status_code == 404
    assert [part["value_mapping"] for part in job.parts] == [
        {"category": {"coding": "programming"}},
        {},
        {"type": {"film": "video"}},
    ]
    assert counts(job) == {"create": 5}


def test_applied_and_taken_back_on_the_screen_with_every_record_linked(
    as_administrator: Client, administrator: User, category: Category, work_off: WorkOff
) -> None:
    job = planned(NEW_COURSE, administrator)

    as_administrator.post(page(job, "apply"), {"rows": "all"})
    work_off()
    result = as_administrator.get(page(job, "result")).content.decode()
    objects = as_administrator.get(page(job, "objects")).content.decode()
    preview = as_administrator.get(page(job, "undo")).content.decode()
    plan_file = b"".join(as_administrator.get(page(job, "plan-file")).streaming_content)  # type: ignore[attr-defined]
    as_administrator.post(page(job, "undo"))
    work_off()
    job.refresh_from_db()

    assert "11 rows created by this import" in result
    assert reverse("admin:catalog_module_change", args=[job.rows.get(part=1, number=2).object_id]) in objects
    assert "Take back 11 rows" in preview
    planned_course = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(plan_file))["Courses"][2]]
    assert planned_course[:4] == [2, "New", "NEW-1", "A new course"]
    assert job.status == "undone"
    assert not Module.objects.exists()


def test_no_page_of_a_plan_asks_more_because_the_workbook_is_larger(
    as_administrator: Client,
    administrator: User,
    category: Category,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    courses = [[f"N-{at}", f"Course {at}", "programming"] for at in range(60)]
    lessons = [[f"N-{at // 20}", f"l{at % 20}", f"Lesson {at}"] for at in range(1_200)]
    sheets = {
        "Courses": [["course_code", "title", "category"], *courses],
        "Lessons": [["course_code", "lesson_code", "title"], *lessons],
    }
    job = planned(sheets, administrator)

    for query in (
        "",
        "?view=tree&course=n-1",
        "?view=tree&page=3",
        "?sheet=1",
        "?sheet=9&tab=all&q=lesson",
        "?sheet=x",
    ):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = as_administrator.get(page(job, "plan") + query)

        text = answer.content.decode()
        assert answer.status_code == 200
        assert text.count('class="i-row"') <= 50
        assert text.count('class="i-root') <= 2 * 25 + 1
        assert text.count('class="i-leaf"') <= 20


def opened(answer: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_course_is_downloaded_from_its_page_and_several_from_the_list(
    as_administrator: Client, furnished: Course
) -> None:
    shown = as_administrator.get(reverse("admin:catalog_course_change", args=[furnished.pk])).content.decode()
    address = reverse("admin:imports_exportrecord_workbook", args=[furnished.pk])

    one = as_administrator.post(address, {"format": "xlsx"})
    chosen_ones = as_administrator.post(
        reverse("admin:catalog_course_changelist"),
        {"action": "export_selected_workbook", "_selected_action": [furnished.pk], "index": 0},
    )
    listed = as_administrator.post(
        reverse("admin:imports_exportrecord_workbooks") + "?status=draft", {"format": "xlsx"}
    )

    assert address in shown
    assert opened(one)["Lessons"].max_row == 4
    assert opened(chosen_ones)["Lessons"].max_row == 4
    assert opened(listed)["Lessons"].max_row == 4
    assert ExportRecord.objects.filter(kind="course-workbook").count() == 3


def test_a_large_workbook_is_made_in_the_background_and_fetched_by_its_owner(
    as_administrator: Client, furnished: Course, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "AT_ONCE", 3)

    asked = as_administrator.post(reverse("admin:imports_exportrecord_workbook", args=[furnished.pk]))
    (done,) = work_off()
    record = ExportRecord.objects.get()
    fetched = as_administrator.get(reverse("admin:imports_exportrecord_file", args=[record.pk]))

    assert asked.status_code == 302
    assert "12 rows are ready" in done.outcome
    assert opened(fetched)["Lessons"].max_row == 4


def test_who_may_not_export_a_course_is_offered_nothing_and_gets_nothing(
    furnished: Course, signed_in: Callable[[User], Client]
) -> None:
    reader = person("reader", User.Role.INSTRUCTOR)
    grant(reader, "edit_content", furnished)
    client = signed_in(reader)
    address = reverse("admin:imports_exportrecord_workbook", args=[furnished.pk])

    shown = client.get(reverse("admin:catalog_course_change", args=[furnished.pk])).content.decode()
    sent = client.post(address)
    got = client.get(address)

    assert address not in shown
    assert (sent.status_code, got.status_code) == (403, 405)
    assert not ExportRecord.objects.exists()


def test_a_course_out_of_reach_is_not_there(furnished: Course, signed_in: Callable[[User], Client]) -> None:
    author = person("author", User.Role.INSTRUCTOR)
    grant(author, "export_data", furnished)
    client = signed_in(author)

    answer = client.post(reverse("admin:imports_exportrecord_workbook", args=[furnished.pk + 1]))

    assert answer.status_code == 404
