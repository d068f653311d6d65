"""What keeps imports safe besides their rows: quotas, modes, confirmations, and how long files and plans are kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course, CourseUserGrant, Lesson
from apps.records.rules import RuleBroken
from imports import services, tasks
from imports.checks import check_approval_kinds
from imports.models import ImportJob
from tests.imports.conftest import page
from tests.imports.test_wizard_steps import text_of
from tests.recipes import catalog
from tests.support.commands import run
from tests.support.importing import codes, outcomes, planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

FILE = "course_code,title,category\nA-1,One,programming\n"
ADD = "admin:imports_importjob_add"


def test_one_person_uploads_so_many_files_a_day_at_every_door(
    as_administrator: Client, administrator: User, manager: User, settings: Any, tmp_path: Any
) -> None:
    settings.IMPORT_MAX_UPLOADS_PER_DAY = 2
    first = planned("courses", FILE, administrator)
    planned("courses", FILE, administrator)
    path = tmp_path / "courses.csv"
    path.write_text(FILE)

    on_screen = as_administrator.post(reverse(ADD), {"file": SimpleUploadedFile("c.csv", FILE.encode())})
    on_command = run("imports", "plan", path, "--kind", "courses", "--as", administrator.email, "--json")

    assert on_screen.status_code == 422
    assert "You have uploaded 2 files within a day, which is the limit." in text_of(on_screen)
    assert (on_command.code, on_command.json["status"]) == (2, "refused")
    assert ImportJob.objects.count() == 2
    ImportJob.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert planned("courses", FILE, administrator).status == "planned"


def test_corrections_count_among_the_plans_made_at_once(administrator: User) -> None:
    jobs = [planned("courses", FILE.replace("One", ""), administrator) for _ in range(4)]
    ImportJob.objects.filter(pk__in=[job.pk for job in jobs[:3]]).update(status="planning")

    with pytest.raises(RuleBroken, match="3 of your plans"):
        services.correct_row(jobs[3], jobs[3].rows.get(), by=administrator, cells={"title": "One"})

    assert not jobs[3].corrections.exists()


@pytest.mark.parametrize(("mode", "expected"), [("create", ["create", "invalid"]), ("update", ["invalid", "update"])])
def test_the_mode_holds_on_the_screen_and_on_the_command_line(
    as_administrator: Client,
    administrator: User,
    work_off: Callable[[], Any],
    tmp_path: Any,
    mode: str,
    expected: list[str],
) -> None:
    catalog.course.make(code="A-2", title="Two")
    path = tmp_path / "courses.csv"
    path.write_text(f"{FILE}A-2,Second,programming\n")
    job = services.upload_file(path.open("rb"), name="courses.csv", kind="courses", by=administrator)
    columns = {f"column-{at}": header for at, header in enumerate(job.headers)}

    as_administrator.post(page(job, "map"), {**columns, "mode": mode})
    work_off()
    ran = run("imports", "plan", path, "--kind", "courses", "--mode", mode, "--as", administrator.email, "--json")

    assert outcomes(job) == expected
    assert outcomes(ImportJob.objects.get(pk=ran.json["job"])) == expected
    assert set(codes(job, 2) + codes(job, 3)) == {"R_RULE"}


def test_files_go_after_their_days_and_plans_after_their_hours_and_not_before(
    administrator: User, settings: Any
) -> None:
    jobs = {name: planned("courses", FILE, administrator) for name in ("new", "day old", "month old")}
    applied = services.apply_now(planned("courses", FILE, administrator), by=administrator)
    ages = {"new": 23, "day old": 25, "month old": 31 * 24}
    for name, hours in ages.items():
        then = timezone.now() - timedelta(hours=hours)
        ImportJob.objects.filter(pk=jobs[name].pk).update(created_at=then, planned_at=then)
    ImportJob.objects.filter(pk=applied.pk).update(created_at=timezone.now() - timedelta(days=29))

    tasks.tidy_imports.now(by=None)

    found = {name: ImportJob.objects.get(pk=job.pk) for name, job in jobs.items()}
    assert {name: job.status for name, job in found.items()} == {
        "new": "planned",
        "day old": "expired",
        "month old": "expired",
    }
    assert [bool(found[name].file) for name in ages] == [True, True, False]
    applied.refresh_from_db()
    assert (applied.status, bool(applied.file), applied.rows.count()) == ("applied", True, 1)
    settings.IMPORT_KEEP_FILES_DAYS = 28
    tasks.tidy_imports.now(by=None)
    applied.refresh_from_db()
    assert (bool(applied.file), services.undo_now(applied, by=administrator).status) == (False, "undone")


def test_a_right_to_one_kind_is_no_right_to_another(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course
) -> None:
    importer = co_instructor_with("import_content")
    job = planned("users", "email\nsomebody@example.org\n", importer)

    answer = signed_in(importer).post(
        reverse(ADD), {"file": SimpleUploadedFile("u.csv", b"email\nx@example.org\n"), "kind": "users"}
    )

    assert (job.status, job.messages[0]["code"]) == ("refused", "E_DENIED")
    assert answer.status_code == 422
    assert not User.objects.filter(email__in=["somebody@example.org", "x@example.org"]).exists()


def test_a_correction_never_goes_beyond_the_rights_of_who_makes_it(
    co_instructor_with: Callable[[str], User], course: Course, other_course: Course
) -> None:
    importer = co_instructor_with("import_content")
    job = planned("lessons", "course_code,lesson_code,title\nPY-101,l1,One\nnowhere,l2,Two\n", importer)

    job = services.correct_row(job, job.rows.get(number=3), by=importer, cells={"course_code": other_course.code})

    assert outcomes(job) == ["create", "invalid"]
    assert codes(job, 3) == ["R_FK_MISSING"]
    CourseUserGrant.objects.filter(user=importer).delete()
    with pytest.raises(RuleBroken, match="You may not import lessons"):
        services.correct_row(job, job.rows.get(number=3), by=importer, cells={"course_code": "PY-101"})
    assert Lesson.objects.count() == 0


def test_a_kind_to_be_approved_that_does_not_exist_stops_the_start(settings: Any) -> None:
    settings.IMPORT_APPROVAL_KINDS = ["courses", "lesons"]

    assert [problem.msg for problem in check_approval_kinds()] == [
        "IMPORT_APPROVAL_KINDS names 'lesons', which is no kind of import."
    ]


def test_an_errors_file_uploaded_as_new_is_offered_to_the_import_it_came_from(
    as_administrator: Client, administrator: User
) -> None:
    job = planned("courses", "course_code,title,category,price\nA-1,One,programming,cheap\n", administrator)
    errors = b"".join(as_administrator.get(page(job, "errors")).streaming_content)  # type: ignore[attr-defined]
    file = SimpleUploadedFile("courses-errors.csv", errors.replace(b"cheap", b"10"))
    as_administrator.post(reverse(ADD), {"file": file})
    upload = ImportJob.objects.latest("pk")
    offered = text_of(as_administrator.get(page(upload, "map")))

    answer = as_administrator.post(page(job, "continue"), {"upload": upload.pk}, follow=True)

    upload.refresh_from_db()
    assert "These are rows of courses.csv that could not be imported." in offered
    assert "no row is in the way any more" in text_of(answer)
    assert outcomes(job) == ["create"]
    assert (upload.status, bool(upload.file)) == ("expired", False)


def test_nobody_is_offered_the_import_of_somebody_else(
    administrator: User, co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client]
) -> None:
    job = planned("courses", "course_code,title,category,price\nA-1,One,programming,cheap\n", administrator)
    importer = co_instructor_with("import_content")
    text = f"Line of import {job.pk},course_code,title\n2,PY-101,One\n"
    upload = planned("modules", text, importer)
    services.configure(upload, by=importer, mode="create")

    shown = text_of(signed_in(importer).get(page(upload, "map")))

    assert "could not be imported" not in shown
    assert job.original_name not in shown
