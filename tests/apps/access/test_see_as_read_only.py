"""Seeing the console as somebody changes nothing, through no door and by no method."""

import hashlib
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from apps.accounts.models import Profile, User
from apps.audit.models import AccessEvent, ChangeSet
from apps.audit.read_only import OnlyLooking, only_looking
from apps.audit.recording import change_set
from apps.catalog.models import Course, Lesson
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from tests.support.importing import planned
from tests.support.visits import begin

pytestmark = pytest.mark.django_db
Kind = AccessEvent.Kind
MOVING = {"audit_accessevent", "django_session", "usersessions_usersession"}
"""What a page seen as somebody may write: its own event, and that the administrator's session was used."""


def fingerprint() -> dict[str, str]:
    """Every row of every table but those that move by themselves, by table."""
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {
        table: hashlib.sha256(repr(list(model._base_manager.order_by("pk").values_list())).encode()).hexdigest()
        for table, model in tables.items()
        if table not in MOVING
    }


@pytest.fixture
def visiting(as_administrator: Client, instructor: User) -> Client:
    begin(as_administrator, instructor)
    as_administrator.get("/admin/")
    return as_administrator


@pytest.fixture
def addresses(course: Course, lesson: Lesson, enrollment: Enrollment, instructor: User) -> dict[str, Any]:
    """What the doors below name: all of it the instructor's own."""
    job = planned("lessons", "course_code,module_code,lesson_code,title\nPY-101,m1,l9,One more\n", instructor)
    first = course.history.earliest("history_id")
    course.title = "Another title"
    course.save()
    return {"course": course.pk, "lesson": lesson.pk, "enrollment": enrollment.pk, "job": job.pk, "first": first.pk}


DOORS: dict[str, tuple[str, dict[str, Any]]] = {
    "a form": ("/admin/catalog/course/{course}/change/", {"title": "Changed", "_save": "Save"}),
    "a new record": ("/admin/catalog/course/add/", {"title": "New", "code": "NEW-1"}),
    "an action": ("/admin/catalog/course/{course}/archive/", {"reason": "x"}),
    "a dialog of an action": ("/admin/enrollments/enrollment/{enrollment}/drop/", {"reason": "x"}),
    "a bulk action": (
        "/admin/catalog/course/",
        {"action": "archive", "_selected_action": ["{course}"], "_confirmed": "yes", "reason": "x"},
    ),
    "a deletion": ("/admin/catalog/lesson/{lesson}/delete/", {"post": "yes"}),
    "an earlier version": ("/admin/catalog/course/{course}/history/", {"version": "{first}"}),
    "an import's confirmation": ("/admin/imports/importjob/{job}/plan/", {"mode": "all"}),
    "an export": ("/admin/imports/exportrecord/make/courses/", {"format": "csv"}),
    "an export of chosen rows": (
        "/admin/catalog/course/",
        {"action": "export_selected_csv", "_selected_action": ["{course}"]},
    ),
    "another visit": ("/admin/accounts/user/{person}/see-as/", {"reason": "x"}),
    "the end of a session": ("/admin/usersessions/usersession/{session}/end/", {"reason": "x"}),
}


def filled(value: Any, keys: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [filled(one, keys) for one in value]
    return str(value).format(person=1, session=1, **keys)


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_changed_through_any_door_and_the_refusal_has_both_names(
    visiting: Client, addresses: dict[str, Any], administrator: User, instructor: User, door: str
) -> None:
    address, data = DOORS[door]
    before, newest = fingerprint(), AccessEvent.objects.latest("pk").pk

    answer = visiting.post(filled(address, addresses), {name: filled(value, addresses) for name, value in data.items()})

    event = AccessEvent.objects.get(pk__gt=newest)
    assert answer.status_code == 403
    assert "You can only look" in answer.content.decode()
    assert (event.kind, event.actor, event.seen_as) == (Kind.REFUSED, administrator, instructor)
    assert fingerprint() == before


def test_no_file_is_uploaded(visiting: Client) -> None:
    before = fingerprint()

    answer = visiting.post(
        "/admin/imports/importjob/add/", {"file": SimpleUploadedFile("lessons.csv", b"lesson_code,title\n")}
    )

    assert answer.status_code == 403
    assert fingerprint() == before


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/admin/", "/admin/catalog/course/", "/admin/search/", "/admin/autocomplete/"])
def test_no_method_but_looking_is_answered(visiting: Client, method: str, address: str) -> None:
    assert getattr(visiting, method)(address).status_code == 403


def test_a_refusal_inside_a_dialog_is_one_too(visiting: Client, course: Course) -> None:
    answer = visiting.post(
        f"/admin/catalog/course/{course.pk}/archive/", {"reason": "x"}, headers={"HX-Request": "true"}
    )

    course.refresh_from_db()
    assert (answer.status_code, course.is_archived) == (403, False)


def test_a_download_that_would_leave_a_trace_in_the_persons_name_is_refused(
    visiting: Client, as_instructor: Client, addresses: dict[str, Any], instructor: User
) -> None:
    address = f"/admin/imports/importjob/{addresses['job']}/file/"
    before = fingerprint()

    refused = visiting.get(address)

    assert refused.status_code == 403
    assert "You can only look" in refused.content.decode()
    assert fingerprint() == before
    assert as_instructor.get(address).status_code == 200
    assert ChangeSet.objects.latest("pk").actor == instructor


def test_no_job_is_asked_for(visiting: Client, as_manager: Client, instructor: User) -> None:
    before = JobRun.objects.count()

    visiting.post("/admin/imports/exportrecord/make/courses/?q=Python", {"format": "xlsx"})

    assert JobRun.objects.count() == before


def test_what_is_tracked_is_not_written_whatever_the_code_tries(course: Course, manager: User) -> None:
    with (
        pytest.raises(OnlyLooking, match="only looking"),
        only_looking("You are only looking."),
        change_set(by=manager),
    ):
        course.save()

    assert not ChangeSet.objects.filter(actor=manager).exists()


def test_what_is_not_tracked_is_not_written_either(manager: User, course: Course) -> None:
    for write in (
        lambda: JobRun.objects.create(job="x", title="x"),
        lambda: User.objects.filter(pk=manager.pk).update(first_name="Changed"),
        lambda: Profile.objects.all()._raw_delete("default"),
        lambda: connection.cursor().execute("  insert into audit_changeset (title) values ('x')"),
    ):
        with pytest.raises(OnlyLooking), only_looking("You are only looking."):
            write()


def test_reading_is_not_hindered_and_writing_goes_on_afterwards(course: Course, manager: User) -> None:
    with only_looking("You are only looking."):
        assert Course.objects.select_for_update().get() == course
    course.title = "After it"
    with change_set(by=manager):
        course.save()

    assert Course.objects.get().title == "After it"
