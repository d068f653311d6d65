"""The steps of an import on the screen: upload, columns, values, plan, apply, result, undo."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from apps.jobs.models import JobRun
from imports.models import ImportJob, ImportMapping, ImportRow
from tests.imports.conftest import CATALOGUE, VALUES, page
from tests.support.ids import continue_ids_from

Upload = Callable[..., ImportJob]
WorkOff = Callable[[], list[JobRun]]
Choose = Callable[..., dict[str, str]]


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_foreign_file_is_recognized_and_its_columns_are_suggested(
    as_administrator: Client, catalogue_categories: list[Category], upload: Upload
) -> None:
    job = upload(as_administrator)

    answer = as_administrator.get(page(job, "map"))

    assert (job.status, job.kind, job.encoding, job.delimiter) == ("uploaded", "courses", "utf-8", ",")
    text = text_of(answer)
    assert "Banking from the ground up" in text
    assert text.count("data-suggested") == 2
    assert '<option value="category" selected>' in text
    assert "1 of theirs" not in text


def test_opening_an_import_leads_to_the_step_it_stands_at(as_administrator: Client, planned: ImportJob) -> None:
    answer = as_administrator.get(reverse("admin:imports_importjob_change", args=[planned.pk]))

    assert answer.headers["Location"] == page(planned, "plan")


def test_values_that_are_none_of_ours_come_before_the_plan(
    as_administrator: Client,
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Choose,
    work_off: WorkOff,
) -> None:
    job = upload(as_administrator)

    mapped = as_administrator.post(page(job, "map"), chosen_columns(job))
    work_off()
    after = as_administrator.get(page(job, "progress"))
    text = text_of(as_administrator.get(page(job, "values")))

    assert (mapped.status_code, mapped.headers["Location"]) == (303, page(job, "progress"))
    assert after.headers["Location"] == page(job, "values")
    assert "“Musical Instruments”" in text
    assert "2 rows" in text
    assert '<option value="music" selected>' in text
    assert '<option value="advanced" selected>' in text


def test_the_plan_counts_and_shows_every_row(as_administrator: Client, planned: ImportJob) -> None:
    faults = text_of(as_administrator.get(page(planned, "plan")))
    new = text_of(as_administrator.get(page(planned, "plan"), {"tab": "create"}))

    assert (planned.counts["create"], planned.counts["repeated"], planned.counts["invalid"]) == (3, 1, 1)
    assert "Apply 3 changes" in faults
    assert "Cannot be read" in faults
    assert "at most 200. Shorten it." in faults
    assert "Drums for beginners" in new
    assert "25.00" in new
    assert Course.objects.count() == 0


def test_the_rows_of_a_plan_are_searched_and_filtered_by_column(as_administrator: Client, planned: ImportJob) -> None:
    searched = text_of(as_administrator.get(page(planned, "plan"), {"tab": "create", "q": "drums"}))
    by_line = text_of(as_administrator.get(page(planned, "plan"), {"tab": "all", "q": "2"}))
    by_column = text_of(as_administrator.get(page(planned, "plan"), {"tab": "invalid", "column": "price"}))

    assert "Drums for beginners" in searched
    assert "Banking from the ground up" not in searched
    assert "Banking from the ground up" in by_line
    assert "No row matches." in by_column


def test_good_rows_are_applied_and_the_result_leads_to_exactly_what_was_touched(
    as_administrator: Client, applied: ImportJob
) -> None:
    result = text_of(as_administrator.get(page(applied, "result")))
    objects = text_of(as_administrator.get(page(applied, "objects")))

    assert applied.status == "partly_applied"
    assert sorted(Course.objects.values_list("code", flat=True)) == ["101", "102", "103"]
    assert "3 courses created by this import" in result
    assert "1 row was left out" in result
    for course in Course.objects.all():
        assert reverse("admin:catalog_course_change", args=[course.pk]) in objects
        assert reverse("admin:catalog_course_history", args=[course.pk]) in objects


def test_every_record_shows_the_import_in_its_history(as_administrator: Client, applied: ImportJob) -> None:
    for course in Course.objects.all():
        assert course.history.get().change_set == applied.change_set


def test_planning_the_same_file_again_changes_nothing(
    as_administrator: Client, applied: ImportJob, upload: Upload, chosen_columns: Choose, work_off: WorkOff
) -> None:
    sound = "".join(line for line in CATALOGUE.splitlines(keepends=True) if not line.startswith("104"))
    job = upload(as_administrator, content=sound)
    as_administrator.post(page(job, "map"), chosen_columns(job))
    work_off()
    as_administrator.post(page(job, "values"), VALUES)
    work_off()

    text = text_of(as_administrator.get(page(job, "plan")))

    assert "0 changes: everything in this file is already so" in text
    assert page(job, "apply") not in text


def test_undo_first_says_what_it_leaves_alone_by_name(
    as_administrator: Client, applied: ImportJob, work_off: WorkOff
) -> None:
    edited = Course.objects.get(code="102")
    edited.subtitle = "Changed by hand"
    edited.save()

    preview = text_of(as_administrator.get(page(applied, "undo")))
    answer = as_administrator.post(page(applied, "undo"))
    work_off()
    applied.refresh_from_db()
    result = text_of(as_administrator.get(page(applied, "result")))

    assert "Take back 2 courses" in preview
    assert "Drums for beginners" in preview
    assert answer.status_code == 303
    assert list(Course.objects.values_list("code", flat=True)) == ["102"]
    assert applied.status == "partly_undone"
    assert "This import was taken back" in result
    assert "Drums for beginners" in result


def test_a_mapping_is_remembered_with_its_values_and_offered_when_the_columns_come_again(
    as_administrator: Client,
    administrator: User,
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Choose,
    work_off: WorkOff,
) -> None:
    first = upload(as_administrator)
    as_administrator.post(
        page(first, "map"), {**chosen_columns(first), "remember": "Partner catalogue", "constant-currency": "EUR"}
    )
    work_off()
    as_administrator.post(page(first, "values"), {**VALUES, "remember": "Partner catalogue"})
    saved = ImportMapping.objects.get(owner=administrator)
    second = upload(as_administrator, content=CATALOGUE.replace("course_title", "Course Title"))

    offer = text_of(as_administrator.get(page(second, "map")))
    as_administrator.post(page(second, "use-mapping"), {"mapping": saved.pk})

    second.refresh_from_db()
    assert "Use “Partner catalogue”" in offer
    assert second.mapping["Course Title"] == "title"
    assert second.constants == {"currency": "EUR"}
    assert second.value_mapping["level"] == {"Beginner Level": "beginner", "Expert Level": "advanced"}


def test_constants_may_be_put_together_from_their_columns(
    as_administrator: Client,
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Choose,
    work_off: WorkOff,
) -> None:
    job = upload(as_administrator, content="module,run\nAAA,2013J\nAAA,2014J\n", kind="courses")
    constants = {
        "constant-course_code": "{module}-{run}",
        "constant-title": "Open course {module}",
        "constant-category": "music",
        "constant-price": "0",
    }

    as_administrator.post(page(job, "map"), {**chosen_columns(job), **constants})
    work_off()

    assert list(job.rows.values_list("key", flat=True)) == ["AAA-2013J", "AAA-2014J"]
    assert set(job.rows.values_list("outcome", flat=True)) == {ImportRow.Outcome.CREATE}


def test_a_faulty_cell_can_be_replaced_in_every_row_that_has_it(
    as_administrator: Client, planned: ImportJob, work_off: WorkOff
) -> None:
    row = planned.rows.get(outcome="invalid")

    answer = as_administrator.post(page(planned, "fix"), {"row": row.pk, "column": "title", "ours": "A short title"})
    work_off()

    planned.refresh_from_db()
    assert answer.status_code == 303
    assert (planned.counts["create"], planned.counts["invalid"]) == (4, 0)
    assert planned.rows.get(key="104").label == "A short title"


@pytest.fixture
def rows_beyond_a_million(db: None) -> None:
    continue_ids_from(ImportRow, 1_234_567)


def test_the_form_of_a_faulty_cell_names_its_row_however_large_the_number(
    as_administrator: Client, rows_beyond_a_million: None, planned: ImportJob
) -> None:
    row = planned.rows.get(outcome="invalid")

    answer = as_administrator.get(page(planned, "plan"))

    assert row.pk > 1_234_567
    assert f'name="row" value="{row.pk}"' in text_of(answer)


def test_the_errors_file_holds_the_faulty_rows_in_the_uploads_own_format(
    as_administrator: Client, planned: ImportJob
) -> None:
    answer = as_administrator.get(page(planned, "errors"))

    text = content_of(answer).decode("utf-8-sig")
    assert "catalogue-errors.csv" in answer.headers["Content-Disposition"]
    assert len(text.strip().splitlines()) == 2
    assert "104" in text
    assert "Shorten it." in text


def test_a_double_click_on_apply_is_one_apply_and_the_same_page(
    as_administrator: Client, planned: ImportJob, work_off: WorkOff
) -> None:
    first = as_administrator.post(page(planned, "apply"), {"rows": "good"})
    second = as_administrator.post(page(planned, "apply"), {"rows": "good"})
    work_off()
    third = as_administrator.post(page(planned, "apply"), {"rows": "good"})

    assert (first.status_code, second.status_code, third.status_code) == (303, 303, 303)
    assert first.headers["Location"] == second.headers["Location"] == page(planned, "progress")
    assert third.headers["Location"] == page(planned, "result")
    assert JobRun.objects.filter(job="imports.apply").count() == 1
    assert Course.objects.count() == 3


def test_a_plan_that_is_being_made_can_be_cancelled(
    as_administrator: Client, catalogue_categories: list[Category], upload: Upload, chosen_columns: Choose
) -> None:
    job = upload(as_administrator)
    as_administrator.post(page(job, "map"), chosen_columns(job))
    progress = text_of(as_administrator.get(page(job, "progress")))

    answer = as_administrator.post(page(job, "cancel"))

    job.refresh_from_db()
    assert "Cancel it" in progress
    assert answer.headers["Location"] == page(job, "map")
    assert job.status == "uploaded"


def test_a_page_of_another_step_leads_to_the_step_the_import_stands_at(
    as_administrator: Client, applied: ImportJob
) -> None:
    for name in ("map", "values", "progress", "stopped"):
        answer = as_administrator.get(page(applied, name))
        assert (answer.status_code, answer.headers["Location"]) == (303, page(applied, "result"))
    for name in ("plan", "result", "objects", "undo"):
        assert as_administrator.get(page(applied, name)).status_code == 200


def test_while_an_ended_run_is_put_in_order_the_page_says_so_and_follows(
    as_administrator: Client, planned: ImportJob
) -> None:
    run = planned.run
    assert run is not None
    planned.status = ImportJob.Status.APPLYING
    planned.save()

    text = text_of(as_administrator.get(page(planned, "progress")))

    assert not run.is_open
    assert "data-follow" in text
    assert "is being put in order" in text


def test_a_plan_that_is_refused_keeps_the_file_and_leads_back_to_the_columns(
    as_administrator: Client, catalogue_categories: list[Category], upload: Upload
) -> None:
    job = upload(as_administrator, content="course_code,title,category,id\nA,B,music,1\n")
    job.mapping = {"course_code": "course_code", "title": "title", "category": "category"}
    job.status = ImportJob.Status.REFUSED
    job.messages = [{"line": None, "column": "id", "code": "E_HEADER_FORBIDDEN", "message": "Protected.", "value": ""}]
    job.save()

    text = text_of(as_administrator.get(page(job, "stopped")))

    assert "E_HEADER_FORBIDDEN" in text
    assert page(job, "map") in text
    assert as_administrator.get(page(job, "map")).status_code == 200
