"""Notifications: who is told what, who sees it, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.models import JobRun
from apps.jobs.sweeping import end_hopeless_runs
from apps.notifications.models import Notification
from apps.notifications.services import (
    dismiss_notification,
    notify,
    read_all_notifications,
    read_notification,
    settle_notifications,
)
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from tests.recipes import jobs
from tests.recipes import notifications as recipes
from tests.support import job_probes

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_notification_changelist")
READ_ALL = reverse("admin:notifications_notification_read_all")
COURSES = reverse("admin:catalog_course_changelist")


def press(client: Client, name: str, notification: Notification, **options: Any) -> Any:
    return client.post(reverse(f"admin:notifications_notification_{name}", args=[notification.pk]), **options)


def told(person: Any, title: str = "Something happened", **facts: Any) -> Notification:
    made: Notification = recipes.notification.make(recipient=person, title=title, **facts)
    return made


# Who is told


def test_a_person_is_told_with_the_way_to_what_it_is_about(manager: User) -> None:
    made = notify(manager, kind="test", title="Look at this", text="Soon.", link=COURSES)

    assert made is not None
    assert (made.recipient, made.title, made.text, made.link) == (manager, "Look at this", "Soon.", COURSES)
    assert made.is_unread


@pytest.mark.parametrize("change", [{"status": User.Status.SUSPENDED}, {"role": User.Role.STUDENT}])
def test_who_cannot_open_the_console_is_not_told(manager: User, change: dict[str, str]) -> None:
    for name, value in change.items():
        setattr(manager, name, value)
    manager.save()

    assert notify(manager, kind="test", title="Look at this") is None
    assert not Notification.objects.exists()


@pytest.mark.parametrize("link", ["https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\example.org"])
def test_a_notification_never_leads_out_of_the_console(manager: User, link: str) -> None:
    with pytest.raises(RuleBroken, match="a page of the console only"):
        notify(manager, kind="test", title="Look at this", link=link)
    with pytest.raises(IntegrityError), transaction.atomic():
        told(manager, link=link)

    assert not Notification.objects.exists()


def test_a_title_that_is_too_long_is_cut(manager: User) -> None:
    made = notify(manager, kind="test", title="x" * 500)

    assert made is not None
    assert made.title == "x" * 199 + "…"


# Who sees it


def test_people_see_their_own_notifications_only_and_administrators_are_people(
    manager: User, administrator: User, as_administrator: Client, as_manager: Client
) -> None:
    told(manager, "canary-of-the-manager")
    told(administrator, "canary-of-the-administrator")

    seen_by_manager = as_manager.get(LIST).content.decode()
    seen_by_administrator = as_administrator.get(LIST).content.decode()

    assert ("canary-of-the-manager" in seen_by_manager, "canary-of-the-administrator" in seen_by_manager) == (1, 0)
    assert "canary-of-the-administrator" in seen_by_administrator
    assert "canary-of-the-manager" not in seen_by_administrator


@pytest.mark.parametrize("name", ["open", "read", "dismiss"])
def test_somebody_elses_notification_does_not_exist(
    manager: User, as_administrator: Client, as_manager: Client, name: str
) -> None:
    notification = told(manager, link=COURSES)

    assert press(as_administrator, name, notification).status_code == 404
    assert as_administrator.post(f"{LIST}999999/{name}/").status_code == 404
    assert as_administrator.get(f"{LIST}{notification.pk}/change/").status_code == 404
    notification.refresh_from_db()
    assert (notification.read_at, notification.dismissed_at) == (None, None)


@pytest.mark.parametrize("service", [read_notification, dismiss_notification])
def test_nobody_reads_or_dismisses_for_somebody_else(manager: User, administrator: User, service: Any) -> None:
    notification = told(manager)

    with pytest.raises(RuleBroken, match="somebody else's"):
        service(notification, by=administrator)

    notification.refresh_from_db()
    assert (notification.read_at, notification.dismissed_at) == (None, None)


def test_no_verb_opens_the_notifications_of_others_but_tracing_which_tells_not_a_word(
    manager: User, administrator: User, support: User, student: User
) -> None:
    told(manager)
    for_learner = told(student)

    opened = [verb for verb in policy_for(Notification).verbs if scope(administrator, verb, Notification).exists()]

    assert opened == ["trace"]
    assert list(scope(support, "trace", Notification)) == [for_learner]


# What they do about it


def test_opening_a_notification_marks_it_read_and_leads_to_what_it_is_about(manager: User, as_manager: Client) -> None:
    notification = told(manager, link=COURSES)

    answer = press(as_manager, "open", notification)

    assert (answer.status_code, answer["Location"]) == (302, COURSES)
    notification.refresh_from_db()
    assert not notification.is_unread


def test_a_read_notification_stays_in_the_list_and_leaves_the_bell(manager: User, as_manager: Client) -> None:
    notification = told(manager, "Something happened", link=COURSES)
    before = as_manager.get(LIST).content.decode()

    press(as_manager, "read", notification)

    after = as_manager.get(LIST).content.decode()
    assert "Notifications, 1 unread" in before
    assert "Notifications, none unread" in after
    assert "Something happened" in after


def test_a_dismissed_notification_is_gone_from_list_and_bell(manager: User, as_manager: Client) -> None:
    notification = told(manager, "Something happened")

    press(as_manager, "dismiss", notification)

    content = as_manager.get(LIST).content.decode()
    assert "Something happened" not in content
    assert "Notifications, none unread" in content
    assert press(as_manager, "open", notification).status_code == 404


def test_an_expired_notification_is_shown_no_more(manager: User, as_manager: Client) -> None:
    told(manager, "Too late", expires_at=timezone.now() - timedelta(seconds=1))
    told(manager, "In time", expires_at=timezone.now() + timedelta(minutes=1))

    content = as_manager.get(LIST).content.decode()

    assert ("Too late" in content, "In time" in content) == (False, True)
    assert "Notifications, 1 unread" in content


def test_everything_is_marked_read_at_once_and_nothing_of_others(
    manager: User, administrator: User, as_manager: Client
) -> None:
    told(manager), told(manager)
    of_another = told(administrator)

    content = as_manager.post(READ_ALL, follow=True).content.decode()

    assert "2 marked as read." in content
    assert list(Notification.objects.filter(read_at=None)) == [of_another]
    assert read_all_notifications(by=manager) == 0


def test_chosen_notifications_are_dismissed_together(manager: User, as_manager: Client) -> None:
    first, second, kept = told(manager), told(manager), told(manager)
    chosen = {"action": "dismiss", "_selected_action": [first.pk, second.pk], "_confirmed": "1"}

    answer = as_manager.post(LIST, chosen, follow=True)

    assert "2 notifications dismissed." in answer.content.decode()
    assert list(Notification.objects.filter(dismissed_at=None)) == [kept]


def test_only_unread_ones_are_listed_when_asked_for(manager: User, as_manager: Client) -> None:
    told(manager, "Known by now", read_at=timezone.now())
    told(manager, "Quite new")

    content = as_manager.get(LIST, {"read": "no"}).content.decode()

    assert ("Known by now" in content, "Quite new" in content) == (False, True)


@pytest.mark.parametrize("name", ["open", "read", "dismiss", "read_all"])
def test_nothing_is_marked_by_a_get(manager: User, as_manager: Client, name: str) -> None:
    notification = told(manager, link=COURSES)
    address = READ_ALL if name == "read_all" else f"{LIST}{notification.pk}/{name}/"

    assert as_manager.get(address).status_code == 405
    notification.refresh_from_db()
    assert (notification.read_at, notification.dismissed_at) == (None, None)


def test_what_a_page_asked_of_several_people_is_settled_for_all(manager: User, administrator: User) -> None:
    about_this = [told(person, link=COURSES, kind="question") for person in (manager, administrator)]
    other = told(manager, link=COURSES, kind="answer")

    assert settle_notifications(COURSES, kind="question") == 2

    assert not Notification.objects.filter(pk__in=[row.pk for row in about_this], read_at=None).exists()
    other.refresh_from_db()
    assert other.is_unread


def test_the_bell_costs_one_query_and_the_list_no_more_with_more_rows(manager: User, as_manager: Client) -> None:
    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(address).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    recipes.notification.make(recipient=manager, _quantity=30)
    as_manager.get(LIST)
    few, on_a_page = queries(LIST), queries(COURSES)
    recipes.notification.make(recipient=manager, _quantity=50)

    many = queries(LIST)

    assert len(few) == len(many) <= 25
    assert len([sql for sql in on_a_page if "notifications_notification" in sql]) == 1


# Work in the background


def test_who_asked_for_work_that_failed_is_told_with_the_reason(manager: User) -> None:
    run = job_probes.break_a_rule.now(by=manager)

    notification = Notification.objects.get()
    assert (notification.recipient, notification.title) == (manager, "Failed: Break a rule")
    assert notification.text == run.outcome == "The course has no instructor."
    assert notification.link == reverse("admin:jobs_jobrun_change", args=[run.pk])
    assert notification.priority == Notification.Priority.HIGH


def test_work_that_was_done_while_the_person_looked_is_not_announced(manager: User) -> None:
    run = job_probes.do_steps.now(by=manager, steps=1, seconds=0)

    assert run.state == JobRun.State.SUCCEEDED
    assert not Notification.objects.exists()


def test_work_that_took_long_is_announced_when_it_is_done(manager: User) -> None:
    run = job_probes.do_steps.later(by=manager, steps=1, seconds=0)
    JobRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(seconds=75))

    job_probes.do_steps.execute(run.pk)

    notification = Notification.objects.get()
    assert notification.title == "Done: Do ten steps, after 1 min 15 s"
    assert (notification.recipient, notification.text) == (manager, "1 steps are done.")


def test_work_of_a_schedule_has_nobody_to_tell() -> None:
    job_probes.break_a_rule.now(by=None)

    assert not Notification.objects.exists()


def test_work_whose_worker_died_too_often_is_announced_too(manager: User) -> None:
    jobs.job_run.make(requester=manager, title="Apply lessons.csv", attempts=3, state=JobRun.State.RUNNING)

    assert end_hopeless_runs() == 1

    assert Notification.objects.get().title == "Failed: Apply lessons.csv"


def test_the_page_of_a_notification_has_its_words_and_the_way_on(manager: User, as_manager: Client) -> None:
    notification = told(manager, "Something happened", text="In the night.", link=COURSES)

    content = as_manager.get(f"{LIST}{notification.pk}/change/").content.decode()

    for words in ("Something happened", "In the night.", f'href="{COURSES}">{COURSES}</a>', "Not yet"):
        assert words in content
