"""A right binds everywhere to the second it ends: pages, lists, search, open plans, queued jobs and kept files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.grants import change_grant_end, end_grant, grant_right
from apps.catalog.models import Category, Course, Lesson
from apps.catalog.rights import EDIT, EXPORT, IMPORT, VIEW
from apps.jobs.models import JobRun
from imports import services
from imports.models import ExportRecord
from imports.tasks import make_export
from tests.support.importing import planned
from tests.support.people import give_role, grant, person

SignedIn = Callable[[User], Client]
LESSONS = "course_code,title\nPY-101,A lesson\nART-1,Another lesson\n"


@pytest.fixture
def end(db: None) -> datetime:
    """Near enough that nobody is signed out for idling."""
    return timezone.now().replace(microsecond=0) + timedelta(minutes=5)


@pytest.fixture
def guest(db: None) -> User:
    return person("guest")


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def doors(client: Client, course: Course, lesson: Lesson) -> dict[str, Any]:
    """What the doors to a course say: a status, or whether it is found there."""

    def shown(address: str, **asked: str) -> bool:
        return course.title in client.get(address, asked).content.decode()

    return {
        "page": client.get(f"/admin/catalog/course/{course.pk}/change/").status_code,
        "lesson": client.get(f"/admin/catalog/lesson/{lesson.pk}/change/").status_code,
        "history": client.get(f"/admin/catalog/course/{course.pk}/history/").status_code,
        "list": shown("/admin/catalog/course/"),
        "search": shown("/admin/search/", s="python"),
    }


OPEN = {"page": 200, "lesson": 200, "history": 200, "list": True, "search": True}
CLOSED = {"page": 403, "lesson": 403, "history": 403, "list": False, "search": False}
HIDDEN = {"page": 404, "lesson": 404, "history": 404, "list": False, "search": False}


def test_the_last_second_is_open_and_the_next_is_closed(
    course: Course, lesson: Lesson, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    grant(guest, EDIT, course, expires_at=end)
    client = signed_in(guest)

    with clock_at(end - timedelta(seconds=1)):
        before = doors(client, course, lesson)
    with clock_at(end):
        after = doors(client, course, lesson)

    assert (before, after) == (OPEN, CLOSED)


def test_who_still_has_a_right_elsewhere_does_not_find_the_course_any_more(
    course: Course, other_course: Course, lesson: Lesson, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    grant(guest, EDIT, course, expires_at=end)
    grant(guest, VIEW, other_course)
    client = signed_in(guest)

    with clock_at(end):
        after = doors(client, course, lesson)

    assert after == HIDDEN


def test_a_right_of_a_role_ends_for_all_its_people(
    course: Course, lesson: Lesson, administrator: User, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    role = Role.objects.get(name="moderator")
    give_role(guest, "moderator")
    grant_right(role, EDIT, course, by=administrator, reason="A trial.", expires_at=end)
    client = signed_in(guest)

    with clock_at(end - timedelta(seconds=1)):
        before = doors(client, course, lesson)
    with clock_at(end):
        after = doors(client, course, lesson)

    assert (before, after) == (OPEN, CLOSED)


def test_a_new_end_and_taking_back_bind_the_next_request(
    course: Course, lesson: Lesson, administrator: User, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    given = grant_right(guest, EDIT, course, by=administrator, reason="Helps out.", expires_at=end)
    client = signed_in(guest)

    change_grant_end(given, end + timedelta(minutes=5), by=administrator, reason="A little longer.")
    with clock_at(end):
        longer = doors(client, course, lesson)
    end_grant(given, by=administrator, reason="Done.")

    assert (longer, doors(client, course, lesson)) == (OPEN, CLOSED)


def test_a_form_opened_before_the_end_saves_nothing_after_it(
    course: Course, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    grant(guest, EDIT, course, expires_at=end)
    client = signed_in(guest)
    with clock_at(end - timedelta(seconds=1)):
        assert client.get(f"/admin/catalog/course/{course.pk}/change/").status_code == 200

    with clock_at(end):
        answer = client.post(f"/admin/catalog/course/{course.pk}/change/", {"title": "Taken over", "code": "PY-101"})

    course.refresh_from_db()
    assert answer.status_code == 403
    assert course.title == "Python from the first line"


def test_a_right_to_grant_that_has_ended_gives_nothing_from_an_open_dialog(
    course: Course, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    for right in ("grant_access", VIEW):
        grant(guest, right, course, expires_at=end)
    grant(guest, EDIT, course)
    person("friend")
    asked = {"email": "friend@example.org", "rights": [EDIT], "reason": "A favor."}

    with clock_at(end):
        answer = signed_in(guest).post(f"/admin/catalog/course/{course.pk}/give-rights/", asked)

    assert answer.status_code == 403
    assert not course.user_grants.filter(user__email="friend@example.org").exists()


def test_an_open_plan_is_not_applied_after_the_end(
    course: Course, other_course: Course, guest: User, end: datetime
) -> None:
    grant(guest, IMPORT, course, expires_at=end)
    grant(guest, IMPORT, other_course)
    job = planned("lessons", LESSONS, guest)
    outcomes = set(job.rows.values_list("outcome", flat=True))

    with clock_at(end):
        services.apply_now(job, by=guest)

    job.refresh_from_db()
    assert outcomes == {"create"}
    assert job.status == "failed"
    assert not Lesson.objects.exists()


def test_of_an_open_plan_only_the_rows_whose_right_still_holds_are_written(
    course: Course, other_course: Course, guest: User, end: datetime
) -> None:
    grant(guest, IMPORT, course, expires_at=end)
    grant(guest, IMPORT, other_course)
    job = planned("lessons", LESSONS, guest)

    with clock_at(end):
        services.apply_now(job, by=guest, good_rows_only=True)

    assert list(Lesson.objects.values_list("course__code", flat=True)) == ["ART-1"]


def test_an_open_plan_is_not_applied_after_a_category_was_taken_back(
    course: Course, category: Category, administrator: User, guest: User
) -> None:
    given = grant_right(guest, IMPORT, category, by=administrator, reason="Brings the lessons.")
    job = planned("lessons", "course_code,title\nPY-101,A lesson\n", guest)

    end_grant(given, by=administrator, reason="Done.")
    services.apply_now(job, by=guest, good_rows_only=True)

    assert not Lesson.objects.exists()


def test_a_queued_job_runs_with_the_rights_its_requester_has_then(
    course: Course, other_course: Course, guest: User, end: datetime
) -> None:
    grant(guest, EXPORT, course, expires_at=end)
    run = make_export.later(by=guest, kind="courses", fmt="csv", query="")

    with clock_at(end):
        make_export.execute(run.pk)

    run.refresh_from_db()
    assert (run.state, run.outcome) == (JobRun.State.FAILED, "You may not export courses.")
    assert not ExportRecord.objects.exists()


def test_a_queued_export_holds_only_the_rows_whose_right_still_holds(
    course: Course, other_course: Course, guest: User, end: datetime
) -> None:
    grant(guest, EXPORT, course, expires_at=end)
    grant(guest, EXPORT, other_course)
    run = make_export.later(by=guest, kind="courses", fmt="csv", query="")

    with clock_at(end):
        make_export.execute(run.pk)

    assert ExportRecord.objects.get().row_count == 1


def test_a_kept_file_is_not_handed_over_after_the_end(
    course: Course, other_course: Course, guest: User, end: datetime, signed_in: SignedIn
) -> None:
    grant(guest, EXPORT, course, expires_at=end)
    grant(guest, VIEW, other_course)
    make_export.now(by=guest, kind="courses", fmt="csv", query="")
    address = reverse("admin:imports_exportrecord_file", args=[ExportRecord.objects.get().pk])
    client = signed_in(guest)

    with clock_at(end - timedelta(seconds=1)):
        before = client.get(address).status_code
    with clock_at(end):
        after = client.get(address).status_code

    assert (before, after) == (200, 404)
