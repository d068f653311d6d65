"""Seats and the waiting list: who gets a seat that is free, in which order, who hears of it, and never one too many."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments import services
from apps.enrollments.models import Enrollment
from apps.enrollments.panels import place_in_words, seats_in_words
from apps.enrollments.states import EnrollmentStatus
from apps.enrollments.tasks import give_seats
from apps.notifications.models import Mail, Notification
from apps.notifications.tasks import mail_unread_notifications
from apps.records.rules import RuleBroken
from tests.apps.catalog.screens import page
from tests.apps.catalog.test_course_changes import facts_of
from tests.recipes import accounts, enrollments
from tests.support.people import person

Status = EnrollmentStatus
SEATED = (Status.ACTIVE, Status.SUSPENDED)


@pytest.fixture
def full_course(course: Course) -> Course:
    """One seat, taken by Robin Holder."""
    course.seats = 1
    course.save()
    enrollments.enrollment.make(course=course, user=person("holder", User.Role.STUDENT))
    return course


def enrolled(course: Course, *names: str, by: User) -> list[Enrollment]:
    return [services.enroll(course, person(name, User.Role.STUDENT), by=by) for name in names]


def status_of(*rows: Enrollment) -> list[str]:
    return [Enrollment.with_archived.get(pk=row.pk).status for row in rows]


def test_whoever_finds_no_seat_waits_and_knows_their_place(full_course: Course, administrator: User) -> None:
    first, second, third = enrolled(full_course, "first", "second", "third", by=administrator)

    with pytest.raises(RuleBroken, match="The only seat of Python from the first line is taken"):
        services.activate_enrollment(third, by=administrator)

    assert status_of(first, second, third) == [Status.WAITLISTED] * 3
    assert [place_in_words(row) for row in (first, second, third)] == ["1st of 3", "2nd of 3", "3rd of 3"]
    assert seats_in_words(full_course) == "1 of 1 seats taken, 3 wait for a seat"


@pytest.mark.parametrize(
    "leave",
    [
        services.drop_enrollment,
        services.expire_enrollment,
        services.complete_enrollment,
        services.archive_enrollment,
        services.delete_enrollment,
    ],
)
def test_a_seat_that_becomes_free_goes_to_who_waited_longest(
    full_course: Course, administrator: User, leave: Callable[..., Any]
) -> None:
    first, second = enrolled(full_course, "first", "second", by=administrator)

    leave(Enrollment.objects.get(user__email="holder@example.org"), by=administrator, reason="Fell ill.")

    assert status_of(first, second) == [Status.ACTIVE, Status.WAITLISTED]
    assert place_in_words(second) == "1st of 1"
    newest = first.history.first()
    assert (newest.status, newest.history_change_reason) == (Status.ACTIVE, "A seat became free.")
    assert newest.change_set.actor == administrator


def test_the_learner_is_mailed_and_those_who_look_after_learners_are_told(
    full_course: Course, administrator: User, instructor: User, support: User, manager: User
) -> None:
    person("idle", User.Role.STUDENT)
    enrolled(full_course, "first", "second", by=administrator)

    services.drop_enrollment(Enrollment.objects.get(user__email="holder@example.org"), by=instructor)
    mail_unread_notifications.now(by=None)
    mail_unread_notifications.now(by=None)

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (
        ["first@example.org"],
        "[Backoffice] You have a seat in Python from the first line",
    )
    (told,) = Notification.objects.filter(kind="seat")
    assert (told.recipient, told.title) == (support, "A seat of Python from the first line went to the waiting list")
    assert told.text.startswith("Robin First may begin")
    assert told.link == f"/admin/catalog/course/{full_course.pk}/change/?tab=learners"


def test_a_mail_about_a_seat_waits_for_the_mail_server_however_long(
    full_course: Course, administrator: User, settings: Any
) -> None:
    enrolled(full_course, "first", by=administrator)
    services.drop_enrollment(Enrollment.objects.get(user__email="holder@example.org"), by=administrator)
    Notification.objects.update(created_at=timezone.now() - timedelta(days=9))
    works = settings.EMAIL_BACKEND

    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    mail_unread_notifications.now(by=None)
    settings.EMAIL_BACKEND = works
    Mail.objects.update(due_at=timezone.now())
    mail_unread_notifications.now(by=None)

    assert [sent.to for sent in mail.outbox] == [["first@example.org"]]


def test_who_could_not_begin_is_passed_over_and_keeps_the_place(full_course: Course, administrator: User) -> None:
    suspended, ended, ready = enrolled(full_course, "suspended", "ended", "ready", by=administrator)
    suspended.user.status = User.Status.SUSPENDED
    suspended.user.save()
    Enrollment.objects.filter(pk=ended.pk).update(access_ends_at=timezone.now() - timedelta(days=1))

    services.drop_enrollment(Enrollment.objects.get(user__email="holder@example.org"), by=administrator)

    assert status_of(suspended, ended, ready) == [Status.WAITLISTED, Status.WAITLISTED, Status.ACTIVE]
    assert place_in_words(suspended) == "1st of 2"


def test_nobody_passes_those_who_wait(full_course: Course, administrator: User) -> None:
    (waiting,) = enrolled(full_course, "waiting", by=administrator)
    Course.objects.filter(pk=full_course.pk).update(seats=2)

    (late,) = enrolled(full_course, "late", by=administrator)

    assert status_of(waiting, late) == [Status.ACTIVE, Status.WAITLISTED]


def test_the_job_gives_what_is_free_whatever_freed_it_each_seat_once(
    full_course: Course, other_course: Course, administrator: User
) -> None:
    rows = enrolled(full_course, "first", "second", "third", by=administrator)
    unlimited = [enrollments.enrollment.make(course=other_course, status=Status.WAITLISTED) for _ in range(2)]
    Course.objects.filter(pk=full_course.pk).update(seats=3)

    first, second = give_seats.now(by=None), give_seats.now(by=None)

    assert (first.outcome, second.outcome) == ("4 seats given.", "No seat is free for anybody who waits.")
    assert status_of(*rows, *unlimited) == [Status.ACTIVE, Status.ACTIVE, Status.WAITLISTED, *[Status.ACTIVE] * 2]
    full_course.refresh_from_db()
    assert full_course.enrolled_count == 3
    assert all(row.history.count() == 2 for row in rows[:2])


def test_seats_added_on_the_page_of_the_course_are_given_at_once(
    full_course: Course, administrator: User, as_administrator: Client
) -> None:
    first, second = enrolled(full_course, "first", "second", by=administrator)

    as_administrator.post(page("course", full_course), facts_of(full_course, seats="2"))

    assert status_of(first, second) == [Status.ACTIVE, Status.WAITLISTED]
    full_course.refresh_from_db()
    assert (full_course.seats, full_course.enrolled_count) == (2, 2)
    assert first.history.first().change_set == full_course.history.first().change_set


def test_an_archived_course_gives_no_seats(full_course: Course, administrator: User) -> None:
    (waiting,) = enrolled(full_course, "waiting", by=administrator)
    Course.objects.filter(pk=full_course.pk).update(seats=9, archived_at=timezone.now())

    assert services.give_free_seats(full_course, by=administrator) == []
    assert give_seats.now(by=None).outcome == "No seat is free for anybody who waits."
    assert status_of(waiting) == [Status.WAITLISTED]


def test_a_change_begun_before_the_seat_was_given_does_not_take_it_back(
    full_course: Course, administrator: User
) -> None:
    (waiting,) = enrolled(full_course, "waiting", by=administrator)
    Enrollment.objects.filter(pk=waiting.pk).update(access_ends_at=timezone.now() + timedelta(days=3))
    seen_before = Enrollment.objects.get(pk=waiting.pk)
    services.drop_enrollment(Enrollment.objects.get(user__email="holder@example.org"), by=administrator)

    services.extend_access(seen_before, timezone.now() + timedelta(days=9), by=administrator)

    assert status_of(waiting) == [Status.ACTIVE]


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_no_seat_is_given_twice(course: Course, administrator: User) -> None:
    Course.objects.filter(pk=course.pk).update(seats=2)
    leaving = enrollments.enrollment.make(course=course)
    people = accounts.person.make(_quantity=4)
    together, faults = Barrier(6), []

    def do(deed: Callable[[], object]) -> None:
        together.wait()
        try:
            deed()
        except Exception as fault:  # noqa: BLE001 - what a thread raises is seen by nobody
            faults.append(fault)
        finally:
            connection.close()

    deeds: list[Callable[[], object]] = [
        *(lambda who=one: services.enroll(course, who, by=administrator) for one in people),
        lambda: services.drop_enrollment(leaving, by=administrator),
        lambda: services.give_free_seats(course, by=administrator),
    ]
    threads = [Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    states = sorted(Enrollment.objects.values_list("status", flat=True))
    assert faults == []
    assert states == ["active", "active", "dropped", "waitlisted", "waitlisted"]
