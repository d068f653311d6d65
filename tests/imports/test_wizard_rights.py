"""Who gets onto the pages of an import, and what the others are told: nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, CategoryUserGrant, Course
from imports.admin.job import PAGES
from imports.models import ImportJob, ImportRow
from imports.policy import may_export_anything, may_import_anything
from tests.imports.conftest import CATALOGUE, VALUES, page
from tests.recipes import access
from tests.support.people import grant

ADD = "admin:imports_importjob_add"
LIST = "admin:imports_importjob_changelist"
Upload = Callable[..., ImportJob]


def send(client: Client, name: str, url: str, data: dict[str, Any] | None = None) -> Any:
    _, methods = PAGES[name]
    return client.post(url, data or {}) if "GET" not in methods else client.get(url)


def test_someone_without_any_right_to_import_is_refused_and_sees_no_menu_entry(
    staff_without_rights: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(staff_without_rights)

    opened = client.get(reverse(ADD))
    sent = client.post(reverse(ADD), {"file": SimpleUploadedFile("courses.csv", CATALOGUE.encode())})
    listed = client.get(reverse(LIST))
    home = client.get(reverse("admin:index"))

    assert (opened.status_code, sent.status_code, listed.status_code) == (403, 403, 403)
    assert reverse(LIST) not in home.content.decode()
    assert ImportJob.objects.count() == 0


@pytest.mark.parametrize("url_name", [ADD, LIST])
def test_learners_and_strangers_are_led_to_the_login(as_student: Client, url_name: str) -> None:
    assert as_student.get(reverse(url_name)).status_code in (302, 403)
    assert Client().get(reverse(url_name)).status_code == 302


def test_somebody_elses_import_does_not_exist(
    planned: ImportJob, manager: User, signed_in: Callable[[User], Client], category: Category
) -> None:
    grant(manager, "import_content", category)
    client = signed_in(manager)
    before = ImportJob.objects.values().get(pk=planned.pk)

    for name in PAGES:
        theirs = send(client, name, page(planned, name))
        nothing = send(client, name, page(ImportJob(pk=planned.pk + 1000), name))
        assert (name, theirs.status_code, nothing.status_code) == (name, 404, 404)

    assert ImportJob.objects.values().get(pk=planned.pk) == before
    assert Course.objects.count() == 0


def test_what_changes_something_is_never_done_by_opening_an_address(
    as_administrator: Client, planned: ImportJob
) -> None:
    for name, (_, methods) in PAGES.items():
        if "GET" not in methods:
            assert as_administrator.get(page(planned, name)).status_code == 405


def test_malformed_ids_are_not_found(as_administrator: Client) -> None:
    for key in ("0", "999999999999999999999999", "abc", "1%20OR%201", "-1", "%00"):
        assert as_administrator.get(f"/admin/imports/importjob/{key}/plan/").status_code == 404


def test_a_manager_imports_into_the_categories_granted_to_them_and_into_no_other(
    manager: User,
    signed_in: Callable[[User], Client],
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Callable[..., dict[str, str]],
    work_off: Callable[[], Any],
) -> None:
    granted = [category for category in catalogue_categories if category.slug != "music"]
    for category in granted:
        grant(manager, "import_content", category)
    client = signed_in(manager)

    job = upload(client)
    client.post(page(job, "map"), chosen_columns(job))
    work_off()
    client.post(page(job, "values"), VALUES)
    work_off()
    client.post(page(job, "apply"), {"rows": "good"})
    work_off()

    assert sorted(Course.objects.values_list("code", flat=True)) == ["101", "103"]
    assert job.rows.get(key="102").outcome == ImportRow.Outcome.INVALID


def test_rights_taken_away_meanwhile_bind_the_apply(
    manager: User,
    signed_in: Callable[[User], Client],
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Callable[..., dict[str, str]],
    work_off: Callable[[], Any],
) -> None:
    for category in catalogue_categories:
        grant(manager, "import_content", category)
    client = signed_in(manager)
    job = upload(client)
    client.post(page(job, "map"), chosen_columns(job))
    work_off()
    client.post(page(job, "values"), VALUES)
    work_off()
    client.post(page(job, "apply"), {"rows": "good"})

    CategoryUserGrant.objects.filter(user=manager).delete()
    work_off()

    assert Course.objects.count() == 0


def test_an_administrator_may_take_over_and_the_audit_names_them(
    administrator: User,
    as_administrator: Client,
    manager: User,
    signed_in: Callable[[User], Client],
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Callable[..., dict[str, str]],
    work_off: Callable[[], Any],
) -> None:
    for category in catalogue_categories:
        grant(manager, "import_content", category)
    client = signed_in(manager)
    job = upload(client)
    client.post(page(job, "map"), chosen_columns(job))
    work_off()
    client.post(page(job, "values"), VALUES)
    work_off()

    as_administrator.post(page(job, "apply"), {"rows": "good"})
    work_off()

    job.refresh_from_db()
    assert job.status == "partly_applied"
    assert job.change_set is not None
    assert job.change_set.actor == administrator


def test_the_uploaded_file_goes_to_its_owner_and_every_download_is_recorded(
    as_administrator: Client, administrator: User, planned: ImportJob
) -> None:
    answer: Any = as_administrator.get(page(planned, "file"))

    recorded = ChangeSet.objects.get(origin=planned.origin, title="Downloaded catalogue.csv")
    assert b"".join(answer.streaming_content).decode() == CATALOGUE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="catalogue.csv"'
    assert recorded.actor == administrator


def test_a_saved_mapping_of_somebody_else_is_not_found(
    as_administrator: Client, planned: ImportJob, manager: User
) -> None:
    theirs = manager.import_mappings.create(name="Theirs", kind="courses", headers=planned.headers)

    for key in (theirs.pk, theirs.pk + 1, "x", "", "9" * 40):
        assert as_administrator.post(page(planned, "use-mapping"), {"mapping": key}).status_code == 404


def test_templates_are_for_those_who_may_import_the_kind(
    as_administrator: Client, as_instructor: Client, course: Course
) -> None:
    template = reverse("admin:imports_importjob_template", args=["users"])

    assert as_administrator.get(template).status_code == 200
    assert as_instructor.get(template).status_code == 403
    assert as_administrator.get(template.replace("users", "nonsense")).status_code == 404


def test_the_choices_of_a_column_are_those_the_person_may_see(as_administrator: Client, planned: ImportJob) -> None:
    found = as_administrator.get(page(planned, "choices"), {"column": "category", "q": "musi"})
    unknown = as_administrator.get(page(planned, "choices"), {"column": "password"})

    assert found.content.decode().strip() == '<option value="music">Music</option>'
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "kind",
    [
        "course",
        "category",
        "courseinstructor",
        "module",
        "lesson",
        "resource",
        "enrollment",
        "lessonprogress",
        "certificate",
        "review",
        "subscription",
        "payment",
    ],
)
@pytest.mark.parametrize(("verb", "opens"), [("import", may_import_anything), ("export", may_export_anything)])
def test_one_kind_of_rows_is_enough_for_the_doors_of_files(
    kind: str, verb: str, opens: Callable[[User], bool], staff_without_rights: User
) -> None:
    role = access.role.make(name="files")
    staff_without_rights.groups.add(role)
    choosing = Permission.objects.filter(codename="set_instructor_course")  # without which no file names instructors
    role.permissions.set(choosing if kind == "courseinstructor" else [])
    before = opens(staff_without_rights)

    role.permissions.add(Permission.objects.get(codename=f"{verb}_{kind}"))

    assert (before, opens(staff_without_rights)) == (False, True)
