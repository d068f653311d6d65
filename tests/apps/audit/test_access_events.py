"""Refusals and visits: each refused request of staff leaves one row that says who, what, where and from where."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import AccessEvent
from apps.catalog.models import Course
from apps.records.policy import scope
from tests.recipes import audit

pytestmark = pytest.mark.django_db
Kind = AccessEvent.Kind
LIST = "/admin/audit/accessevent/"


def test_a_refused_page_leaves_one_row_with_who_what_and_from_where(as_manager: Client, manager: User) -> None:
    answer = as_manager.get("/admin/catalog/course/add/", REMOTE_ADDR="192.0.2.7")

    event = AccessEvent.objects.get()
    assert answer.status_code == 403
    assert (event.kind, event.actor, event.seen_as) == (Kind.REFUSED, manager, None)
    assert (event.method, event.path, event.status) == ("GET", "/admin/catalog/course/add/", 403)
    assert (event.verb, event.model_label, event.object_key) == ("add", "catalog.course", "")
    assert event.ip_address == "192.0.2.7"
    assert event.request_id
    assert event.request_id in answer.content.decode()


def test_a_refused_deed_names_the_record(as_manager: Client, course: Course) -> None:
    as_manager.post(f"/admin/catalog/course/{course.pk}/publish/")

    event = AccessEvent.objects.get()
    assert (event.verb, event.model_label, event.object_key) == ("publish", "catalog.course", str(course.pk))


def test_what_is_hidden_and_what_never_was_leave_the_same_row(
    as_instructor: Client, other_course: Course, course: Course
) -> None:
    for key in (other_course.pk, 987654):
        assert as_instructor.get(f"/admin/catalog/course/{key}/change/").status_code == 404

    hidden, never = AccessEvent.objects.order_by("pk")
    assert (hidden.kind, hidden.model_label, hidden.verb) == (never.kind, never.model_label, never.verb)
    assert (hidden.kind, hidden.object_key, never.object_key) == (Kind.NOT_FOUND, str(other_course.pk), "987654")


@pytest.mark.parametrize("path", ["/admin/", "/admin/catalog/course/", "/admin/search/?s=a"])
def test_what_is_answered_leaves_nothing(as_manager: Client, path: str) -> None:
    assert as_manager.get(path).status_code == 200

    assert not AccessEvent.objects.exists()


def test_people_who_are_no_staff_leave_nothing(client: Client, as_student: Client) -> None:
    for somebody in (client, as_student):
        somebody.get("/admin/catalog/course/")
        somebody.get("/admin/imports/exportrecord/1/file/")

    assert not AccessEvent.objects.exists()


def test_people_see_their_own_rows_and_managers_and_administrators_all(
    manager: User, administrator: User, support: User, instructor: User
) -> None:
    own, other = audit.access_event.make(actor=support), audit.access_event.make(actor=instructor)

    seen = {person.email: set(scope(person, "view", AccessEvent)) for person in (support, manager, administrator)}

    assert seen == {support.email: {own}, manager.email: {own, other}, administrator.email: {own, other}}


def test_nobody_writes_or_takes_back_a_row(as_administrator: Client, administrator: User) -> None:
    event = audit.access_event.make(actor=administrator)
    address = f"{LIST}{event.pk}/"

    answers = [
        as_administrator.post(f"{address}change/", {"detail": "Nothing to see."}).status_code,
        as_administrator.post(f"{address}delete/", {"post": "yes"}).status_code,
    ]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessEvent.objects.filter(pk=event.pk).update(detail="Nothing to see.")

    event.refresh_from_db()
    assert answers == [403, 403]
    assert event.detail == ""


def test_the_list_says_in_words_what_was_refused(as_manager: Client, course: Course) -> None:
    as_manager.post(f"/admin/catalog/course/{course.pk}/publish/")

    page = as_manager.get(LIST).content.decode()

    assert f"Publish course {course.pk}" in page
