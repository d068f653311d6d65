"""Announcements: whom they are for, who sends them, when they go out, and how long they can be taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.announcements import services
from apps.announcements.models import Announcement
from apps.announcements.queries import audience_of, fate_of
from apps.announcements.states import AnnouncementState
from apps.announcements.tasks import deliver_announcement, send_due_announcements, start_delivery
from apps.catalog.models import Course, CourseInstructor
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.jobs.services import request_cancel
from apps.notifications.models import Mail, Notification
from apps.notifications.services import write_due_mails
from apps.notifications.states import Way
from apps.notifications.tasks import mail_unread_notifications
from apps.records.policy import policy_for
from tests.apps.announcements.conftest import delivered, sent
from tests.recipes import accounts, enrollments
from tests.recipes import notifications as recipes
from tests.support.killing import LONG_AGO, killed_at

pytestmark = pytest.mark.django_db

State = AnnouncementState


# Whom it is for


@pytest.mark.parametrize(
    ("facts", "number"),
    [
        ({}, 3),
        ({"audience": ["dropped"]}, 1),
        ({"audience": ["active", "dropped"]}, 4),
        ({"progress_from": 50}, 2),
        ({"progress_from": 1, "progress_to": 99}, 1),
        ({"audience": ["completed"]}, 0),
    ],
    ids=str,
)
def test_the_audience_follows_states_and_progress(
    draft: Announcement, suspended: User, facts: dict[str, Any], number: int
) -> None:
    for name, value in facts.items():
        setattr(draft, name, value)

    assert audience_of(draft).count() == number


def test_who_switched_announcements_off_is_not_counted_and_not_told(
    draft: Announcement, learners: list[Enrollment], instructor: User
) -> None:
    recipes.notification_preference.make(user=learners[0].user, kind="learner.announcement", way=Way.NOTHING)

    run = sent(draft, instructor)

    assert run.outcome == "2 learners told."
    assert not Notification.objects.filter(recipient=learners[0].user).exists()


# Who sends it


@pytest.mark.parametrize("verb", ["view", "add", "change", "send"])
def test_those_who_manage_the_learners_of_the_course_and_managers_may(
    verb: str, draft: Announcement, instructor: User, manager: User, administrator: User, co_instructor_with: Any
) -> None:
    may = policy_for(Announcement).may
    helper = co_instructor_with("manage_students")

    assert [may(person, verb, draft) for person in (instructor, helper, manager, administrator)] == [True] * 4


@pytest.mark.parametrize("reader", ["support", "moderator", "other_instructor", "student", "viewer"])
def test_others_may_not(
    reader: str, draft: Announcement, request: pytest.FixtureRequest, co_instructor_with: Any
) -> None:
    person = co_instructor_with("view_course") if reader == "viewer" else request.getfixturevalue(reader)

    assert not any(policy_for(Announcement).may(person, verb, draft) for verb in ("view", "add", "change", "send"))


# What goes out


def test_each_learner_is_told_once_and_mailed_once_in_the_words_of_the_template(
    draft: Announcement, learners: list[Enrollment], instructor: User
) -> None:
    draft.action_link = "https://example.org/new-date"
    services.save_announcement(draft, by=instructor)

    run = sent(draft, instructor)
    mail_unread_notifications.now(by=None)
    mail_unread_notifications.now(by=None)

    draft.refresh_from_db()
    assert (draft.state, draft.told_count, draft.sent_by, run.outcome) == (
        State.SENT,
        3,
        instructor,
        "3 learners told.",
    )
    assert sorted(message.to[0] for message in mail.outbox) == sorted(row.user.email for row in learners[:3])
    message = mail.outbox[0]
    assert message.subject == "[Backoffice] Python from the first line: A new date"
    assert "The live session moves to Friday.\n\nhttps://example.org/new-date\n\nRobin Instructor" in message.body
    fate = {"told": 3, "read": 0, "mailed": 3, "waiting": 0, "refused": 0}
    assert fate_of(draft) == fate
    Mail.objects.all().delete()  # as the outbox does after a month
    assert fate_of(draft) == fate


def test_a_learner_who_works_here_finds_it_in_the_bell_and_reading_it_counts(
    draft: Announcement, course: Course, manager: User, instructor: User, as_manager: Any
) -> None:
    enrollments.enrollment.make(course=course, user=manager)
    sent(draft, instructor)
    told = Notification.objects.get(recipient=manager)

    page = as_manager.get("/admin/notifications/notification/").content.decode()
    as_manager.post(f"/admin/notifications/notification/{told.pk}/read/")

    assert "A new date" in page
    assert fate_of(draft)["read"] == 1


def test_what_has_expired_is_neither_shown_nor_mailed(draft: Announcement, instructor: User) -> None:
    draft.expires_at = timezone.now() + timedelta(hours=1)
    services.save_announcement(draft, by=instructor)
    sent(draft, instructor)

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        mail_unread_notifications.now(by=None)

    assert not Mail.objects.exists()


def test_a_run_that_is_begun_again_tells_only_those_who_were_not_told(draft: Announcement, instructor: User) -> None:
    services.send_announcement(draft, by=instructor)
    services.begin_delivery(draft, by=instructor)
    first = audience_of(draft)[0]
    Notification.objects.create(recipient_id=first.user_id, kind="learner.announcement", source=draft.source)

    outcomes = [delivered(draft).outcome, delivered(draft).outcome]

    assert outcomes == ["3 learners told.", "There was nothing to send any more."]
    assert Notification.objects.filter(source=draft.source).count() == 3


def test_very_many_are_told_by_a_few_statements(
    draft: Announcement, course: Course, instructor: User, django_assert_max_num_queries: Any
) -> None:
    for learner in accounts.person.make(_quantity=60):
        enrollments.enrollment.make(course=course, user=learner)
    services.send_announcement(draft, by=instructor)
    services.begin_delivery(draft, by=instructor)

    with django_assert_max_num_queries(25):
        services.deliver(draft, by=instructor)

    draft.refresh_from_db()
    assert draft.told_count == 63


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_tells_and_mails_everybody_once(draft: Announcement, instructor: User) -> None:
    services.send_announcement(draft, by=instructor)
    record = start_delivery(draft)

    for statement in (4, 10, 16, 22, 28, 34, 0):
        JobRun.objects.filter(pk=record.pk).update(lease_until=LONG_AGO, attempts=0)
        with killed_at(statement):
            deliver_announcement.execute(record.pk)
    for statement in (6, 12, 18):
        with killed_at(statement):
            write_due_mails()
    mail_unread_notifications.now(by=None)

    told = Notification.objects.filter(source=draft.source).values_list("recipient", flat=True)
    assert sorted(told) == sorted(row.user_id for row in audience_of(draft))
    assert sorted(message.to[0] for message in mail.outbox) == sorted(row.user.email for row in audience_of(draft))
    assert list(draft.history.order_by("history_id").values_list("state", flat=True)[1:]) == [
        State.SCHEDULED,
        State.SENDING,
        State.SENT,
    ]


def test_a_run_that_is_cancelled_half_way_went_to_those_who_were_told(draft: Announcement, instructor: User) -> None:
    services.send_announcement(draft, by=instructor)
    services.begin_delivery(draft, by=instructor)
    first = audience_of(draft)[0]
    Notification.objects.create(recipient_id=first.user_id, kind="learner.announcement", source=draft.source)
    record = start_delivery(draft)

    request_cancel(record, by=instructor)

    draft.refresh_from_db()
    assert (draft.state, draft.told_count) == (State.SENT, 1)
    assert send_due_announcements.now(by=None).outcome == "No announcement is due."


# When it goes out


def test_it_goes_out_at_its_moment_once_also_after_a_standstill(draft: Announcement, instructor: User) -> None:
    noon = datetime(2026, 3, 25, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        draft.send_at = noon + timedelta(hours=2)
        services.save_announcement(draft, by=instructor)
        services.send_announcement(draft, by=instructor)

        outcomes = []
        for hours in (1, 24 * 7, 24 * 7 + 1):
            clock.move_to(noon + timedelta(hours=hours))
            outcomes.append(send_due_announcements.now(by=None).outcome)
            for record in JobRun.objects.filter(job="announcements.deliver", state="queued"):
                deliver_announcement.execute(record.pk)

    assert outcomes == ["No announcement is due.", "1 on their way.", "No announcement is due."]
    assert Notification.objects.filter(source=draft.source).count() == 3
    assert JobRun.objects.get(job="announcements.deliver").requester == instructor


@pytest.mark.parametrize("loss", ["right", "account", "course"])
def test_who_lost_the_right_meanwhile_sends_nothing(
    loss: str, draft: Announcement, course: Course, instructor: User, administrator: User
) -> None:
    services.send_announcement(draft, by=instructor)
    if loss == "right":
        CourseInstructor.objects.all().delete()
        course.user_grants.all().delete()
    elif loss == "account":
        suspend_person(instructor, by=administrator, reason="Left.")
    else:
        Course.objects.filter(pk=course.pk).update(archived_at=timezone.now())

    delivered(draft)

    draft.refresh_from_db()
    assert draft.state == State.WITHDRAWN
    assert send_due_announcements.now(by=None).outcome == "No announcement is due."
    assert not Notification.objects.filter(source=draft.source).exists()
