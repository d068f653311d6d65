"""Whatever matters leaves exactly one row in one ledger: who, what, to what, when, by which request and from where."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.access.models import Role
from apps.accounts.models import LoginEvent, User
from apps.audit.models import AccessEvent, ChangeSet
from apps.catalog.models import Course, Lesson
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from imports.models import ExportRecord, ImportJob
from imports.tasks import make_export
from tests.support.importing import applied, planned
from tests.support.people import person
from tests.support.visits import begin

pytestmark = pytest.mark.django_db
FROM = "192.0.2.44"
LEDGERS = (ChangeSet, AccessEvent, ExportRecord, LoginEvent)
FILE = "course_code,module_code,lesson_code,title\nPY-101,m1,l9,One more\nPY-101,m1,,Without a code\n"
GOOD = "course_code,module_code,lesson_code,title\nPY-101,m1,l9,One more\n"

Door = Callable[[Client, "Things"], Any]


class Things:
    """What the doors below are about."""

    def __init__(self, course: Course, lesson: Lesson, owner: User) -> None:
        self.course, self.lesson, self.owner = course, lesson, owner
        self.guest = person("guest")
        self.first = course.history.earliest("history_id").pk
        self.url = f"/admin/catalog/course/{course.pk}/"

    def again(self) -> None:
        self.course.title = "Another title"
        self.course.save()


def post(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, data, REMOTE_ADDR=FROM)


def get(client: Client, address: str) -> Any:
    return client.get(address, REMOTE_ADDR=FROM)


def carried_out(key: str) -> None:
    """The worker does what was asked for."""
    JOBS[key].execute(JobRun.objects.get(job=key, state=JobRun.State.QUEUED).pk)


def apply_in_background(client: Client, things: Things) -> None:
    job = planned("lessons", GOOD, things.owner)
    post(client, f"/admin/imports/importjob/{job.pk}/apply/", rows="all")
    carried_out("imports.apply")
    assert ImportJob.objects.get().status == ImportJob.Status.APPLIED


def undo_in_background(client: Client, things: Things) -> None:
    job = applied("lessons", GOOD, things.owner)
    post(client, f"/admin/imports/importjob/{job.pk}/undo/")
    carried_out("imports.undo")
    assert ImportJob.objects.get().status == ImportJob.Status.UNDONE


def kept_export(client: Client, things: Things) -> None:
    make_export.now(by=things.owner, kind="courses", fmt="csv", query="")
    assert get(client, f"/admin/imports/exportrecord/{ExportRecord.objects.get().pk}/file/").status_code == 200


def errors(client: Client, things: Things) -> None:
    job = planned("lessons", FILE, things.owner)
    assert get(client, f"/admin/imports/importjob/{job.pk}/errors/").status_code == 200


def the_upload(client: Client, things: Things) -> None:
    job = planned("lessons", FILE, things.owner)
    assert get(client, f"/admin/imports/importjob/{job.pk}/file/").status_code == 200


def sign_in(client: Client, things: Things) -> None:
    client.logout()
    things.guest.set_password("Right horse 123")
    things.guest.save()
    post(client, "/accounts/login/", login=things.guest.email, password="Right horse 123")


def wrong_password(client: Client, things: Things) -> None:
    client.logout()
    post(client, "/accounts/login/", login=things.guest.email, password="Wrong horse")


DOORS: dict[str, tuple[type[Any], Door]] = {
    "an action": (ChangeSet, lambda client, things: post(client, things.url + "archive/", reason="Old.")),
    "a bulk action": (
        ChangeSet,
        lambda client, things: post(
            client,
            "/admin/catalog/course/",
            action="archive",
            _selected_action=[things.course.pk],
            _confirmed="yes",
            reason="Old.",
        ),
    ),
    "an earlier version": (
        ChangeSet,
        lambda client, things: post(client, things.url + "history/", version=things.first),
    ),
    "a right": (
        ChangeSet,
        lambda client, things: post(
            client, things.url + "give-rights/", email=things.guest.email, rights=["edit_content"], reason="Helps."
        ),
    ),
    "a role": (
        ChangeSet,
        lambda client, things: post(
            client,
            f"/admin/accounts/user/{things.guest.pk}/give-role/",
            role=Role.objects.get(name="support").pk,
            reason="Joins.",
        ),
    ),
    "an account's part": (
        ChangeSet,
        lambda client, things: post(
            client, f"/admin/accounts/user/{things.guest.pk}/change-account-role/", role="student", reason="Left."
        ),
    ),
    "a confirmed import": (ChangeSet, apply_in_background),
    "an import taken back": (ChangeSet, undo_in_background),
    "an export": (
        ExportRecord,
        lambda client, _: post(client, "/admin/imports/exportrecord/make/courses/", format="csv"),
    ),
    "an export fetched again": (ChangeSet, kept_export),
    "the rows with faults": (ChangeSet, errors),
    "the uploaded file": (ChangeSet, the_upload),
    "a visit": (AccessEvent, lambda client, things: begin(client, things.guest, came_from=FROM)),
    "a page that is not there": (
        AccessEvent,
        lambda client, _: get(client, "/admin/catalog/course/98765/change/"),
    ),
    "a sign-in": (LoginEvent, sign_in),
    "a wrong password": (LoginEvent, wrong_password),
}


def newest() -> dict[type[Any], int]:
    return {ledger: getattr(ledger.objects.order_by("-pk").first(), "pk", 0) for ledger in LEDGERS}


@pytest.mark.parametrize("door", DOORS)
def test_each_door_leaves_one_row_that_says_by_which_request_and_from_where(
    as_administrator: Client, administrator: User, course: Course, lesson: Lesson, door: str
) -> None:
    things = Things(course, lesson, administrator)
    things.again()
    wanted, go = DOORS[door]
    before = newest()

    go(as_administrator, things)

    rows = [
        row
        for ledger in LEDGERS
        for row in ledger.objects.filter(pk__gt=before[ledger])
        if getattr(row, "ip_address", None)  # what the test prepared came from nowhere
    ]
    assert [type(row) for row in rows] == [wanted]
    (row,) = rows
    assert row.ip_address == FROM
    assert row.request_id
    who = next(getattr(row, name) for name in ("actor", "requester", "user") if hasattr(row, name))
    assert who == (things.guest if wanted is LoginEvent else administrator)


@pytest.mark.parametrize("page", ["change", "history", "delete", "archive"])
def test_what_is_hidden_costs_what_never_was(
    as_instructor: Client, instructor: User, course: Course, other_course: Course, page: str
) -> None:
    as_instructor.get("/admin/")
    shapes = []

    for key in (other_course.pk, 987654):
        with CaptureQueriesContext(connection) as queries:
            answer = as_instructor.get(f"/admin/catalog/course/{key}/{page}/")
        assert answer.status_code == 404
        shapes.append([shape(query["sql"]) for query in queries.captured_queries])

    hidden, never = shapes
    assert hidden == never
    assert any("audit_accessevent" in query for query in hidden)


def shape(sql: str) -> str:
    """A statement without its values."""
    return re.sub(r"'[^']*'|\b\d+\b", "?", sql)
