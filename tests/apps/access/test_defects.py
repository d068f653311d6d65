"""The defects of a plain assembly of the libraries, each tried as an attack through its door.

Each attack is made twice: as things are it fails, and with the one thing taken away that protects here it succeeds.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from admin_theme import actions
from apps.access.models import Role
from apps.accounts.models import User
from apps.accounts.policy import UserPolicy
from apps.catalog.models import Course, Lesson
from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import RIGHTS
from apps.records.policy import OwnRowsPolicy, RolePolicy
from imports import services, tasks
from imports.models import ExportRecord, ImportJob
from imports.runner.writing import Writer
from imports.types.columns import Choice
from tests.apps.access.conftest import World
from tests.support.importing import planned

pytestmark = pytest.mark.django_db

Attack = Callable[[World], bool]
Removal = Callable[[pytest.MonkeyPatch], None]
LESSONS = "course_code,lesson_code,title\n{course},{lesson},{title}\n"
CLAIMED = "claimed-by-the-uploader.csv"


def client_of(world: World, letters: str) -> Client:
    client = Client()
    client.force_login(world.people[letters])
    return client


def lesson_of(world: World, side: str) -> Any:
    return Lesson.objects.get(pk=world.rows[side]["lesson"].pk)


def uploaded(world: World, letters: str, text: str, name: str = "lessons.csv") -> ImportJob | None:
    """What becomes of a file of lessons this person sends, planned and applied as far as it goes."""
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    client_of(world, letters).post("/admin/imports/importjob/add/", {"kind": "lessons", "file": file})
    job = ImportJob.objects.filter(uploader=world.people[letters]).first()
    if job is not None and job.status == ImportJob.Status.UPLOADED:
        services.plan_now(job, by=world.people[letters])
        if job.status == ImportJob.Status.PLANNED:
            services.apply_now(job, by=world.people[letters], good_rows_only=True, confirmed=True)
    return job


def import_into(world: World, letters: str, side: str, title: str = "Overwritten") -> bool:
    lesson = lesson_of(world, side)
    uploaded(world, letters, LESSONS.format(course=side, lesson=lesson.code, title=title))
    return bool(lesson_of(world, side).title == title)


def staff_without_the_right_import(world: World) -> bool:
    return import_into(world, "CV", "A")


def staff_without_the_right_export(world: World) -> bool:
    answer: Any = client_of(world, "CV").post("/admin/imports/exportrecord/make/lessons/", {"format": "csv"})
    return ExportRecord.objects.exists() and lesson_of(world, "A").title.encode() in b"".join(answer.streaming_content)


def an_import_overwrites_rows_that_are_hidden(world: World) -> bool:
    return import_into(world, "CI", "B")


def somebody_confirms_the_preview_of_another(world: World) -> bool:
    lesson = lesson_of(world, "B")
    job = planned("lessons", LESSONS.format(course="B", lesson=lesson.code, title="Better"), world.people["IX"])
    client_of(world, "CI").post(f"/admin/imports/importjob/{job.pk}/apply/", {"rows": "all"})
    job.refresh_from_db()
    return job.status != ImportJob.Status.PLANNED


def an_uploader_names_the_file_that_is_kept(world: World) -> bool:
    job = uploaded(world, "CI", LESSONS.format(course="A", lesson="new", title="New"), name=CLAIMED)
    return job is not None and CLAIMED.removesuffix(".csv") in str(job.file.name)


def the_history_of_a_hidden_course_opens(world: World) -> bool:
    return client_of(world, "IX").get(f"/admin/catalog/course/{world.a.pk}/history/").status_code == 200


def whoever_only_sees_sets_a_version_back(world: World) -> bool:
    first = world.a.history.latest("history_id")
    Course.objects.get(pk=world.a.pk).save()
    course = Course.objects.get(pk=world.a.pk)
    course.subtitle = "Changed meanwhile"
    course.save()
    client_of(world, "CV").post(f"/admin/catalog/course/{world.a.pk}/history/", {"version": first.pk})
    return bool(Course.objects.get(pk=world.a.pk).subtitle != "Changed meanwhile")


def an_action_runs_by_following_a_link(world: World) -> bool:
    client_of(world, "IO").get(f"/admin/catalog/course/{world.a.pk}/feature/")
    return bool(Course.objects.get(pk=world.a.pk).is_featured)


def an_action_runs_on_any_key(world: World) -> bool:
    client_of(world, "CC").post(f"/admin/catalog/course/{world.b.pk}/feature/")
    return bool(Course.objects.get(pk=world.b.pk).is_featured)


def the_palette_finds_what_may_not_be_seen(world: World) -> bool:
    models.QuerySet.update(Lesson.objects.filter(pk=world.rows["A"]["lesson"].pk), title="Zebrafish")
    return b"Zebrafish" in client_of(world, "SU").get("/admin/search/?s=zebra").content


def who_may_change_people_makes_an_administrator(world: World) -> bool:
    role = Role.objects.create(name="everything", display_name="Everything")
    role.permissions.set(Permission.objects.all())
    world.people["NO"].groups.add(role)
    facts = {"email": "new@example.org", "first_name": "New", "last_name": "One", "role": "administrator"}
    client_of(world, "NO").post("/admin/accounts/user/add/", facts)
    return User.objects.filter(email="new@example.org", is_superuser=True).exists()


def a_file_brings_what_no_form_would_take(world: World) -> bool:
    lesson = lesson_of(world, "A")
    uploaded(world, "CI", f"course_code,lesson_code,activity_type\nA,{lesson.code},no such thing\n")
    return bool(lesson_of(world, "A").activity_type == "no such thing")


def an_import_that_was_taken_back_says_it_was_applied(world: World) -> bool:
    lesson = lesson_of(world, "A")
    job = planned("lessons", LESSONS.format(course="A", lesson=lesson.code, title="Better"), world.people["CI"])

    def fail(*args: Any) -> None:
        raise ValueError("The disk is full.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writer, "write", fail)
        services.apply_now(job, by=world.people["CI"])
    job.refresh_from_db()
    return job.status == ImportJob.Status.APPLIED


def every_right_is(verb: str) -> Removal:
    return lambda patch: patch.setitem(CoursePathPolicy.rights_for, verb, RIGHTS)


def no_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CoursePathPolicy, "beside_roles", lambda policy, *_: policy.everything())


def no_owner(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(OwnRowsPolicy, "beside_roles", lambda policy, *_: policy.everything())


def names_of_uploaders(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ImportJob._meta.get_field("file"), "upload_to", lambda job, _: job.original_name)


def links_that_act(patch: pytest.MonkeyPatch) -> None:
    guarded = actions.act_on_record

    def unguarded(screen: Any, request: Any, *facts: Any) -> Any:
        request.method = "POST"
        return guarded(screen, request, *facts)

    patch.setattr(actions, "act_on_record", unguarded)


def roles_that_open_everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CoursePathPolicy, "holds_everywhere", lambda *_: True)


def people_like_any_record(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(UserPolicy, "holds_everywhere", RolePolicy.holds_everywhere)


def cells_as_they_are(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Choice, "read", lambda _, cell: str(cell))


def endings_that_lie(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tasks, "ending_of", lambda _: ImportJob.Status.APPLIED)


DEFECTS: tuple[tuple[Attack, Removal], ...] = (
    (staff_without_the_right_import, every_right_is("import")),
    (staff_without_the_right_export, every_right_is("export")),
    (an_import_overwrites_rows_that_are_hidden, no_scope),
    (somebody_confirms_the_preview_of_another, no_owner),
    (an_uploader_names_the_file_that_is_kept, names_of_uploaders),
    (the_history_of_a_hidden_course_opens, no_scope),
    (whoever_only_sees_sets_a_version_back, every_right_is("change")),
    (an_action_runs_by_following_a_link, links_that_act),
    (an_action_runs_on_any_key, no_scope),
    (the_palette_finds_what_may_not_be_seen, roles_that_open_everything),
    (who_may_change_people_makes_an_administrator, people_like_any_record),
    (a_file_brings_what_no_form_would_take, cells_as_they_are),
    (an_import_that_was_taken_back_says_it_was_applied, endings_that_lie),
)


@pytest.mark.parametrize("attack", [attack for attack, _ in DEFECTS], ids=lambda attack: attack.__name__)
def test_it_does_not_happen_here_that(attack: Attack, world: World) -> None:
    assert not attack(world)


@pytest.mark.parametrize(("attack", "remove"), DEFECTS, ids=[attack.__name__ for attack, _ in DEFECTS])
def test_without_its_protection_it_would_happen_that(
    attack: Attack, remove: Removal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(monkeypatch)

    assert attack(world)
