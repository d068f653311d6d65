"""Preferences: everybody chooses for themselves how they are told what; some things always reach them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.notifications.kinds import all_kinds, chosen_kinds
from apps.notifications.models import DigestTime, Notification, NotificationPreference
from apps.notifications.services import choose_ways, notify, notify_learners
from apps.notifications.states import Way
from apps.records.rules import RuleBroken
from tests.recipes import notifications as recipes

pytestmark = pytest.mark.django_db

PAGE = "/accounts/notifications/"
TIMES: dict[str, Any] = {"hour": 7, "weekday": 1}


def posted(person: User, **ways: str) -> dict[str, Any]:
    usual = {f"way_{kind.key}": kind.default.value for kind in chosen_kinds(is_staff=person.is_staff)}
    return {**usual, "hour": "18", "weekday": "5", "time_zone": "Europe/Berlin"} | {
        f"way_{key.replace('__', '.')}": way for key, way in ways.items()
    }


def test_somebody_chooses_and_the_history_says_so(manager: User, as_manager: Client) -> None:
    answer = as_manager.post(PAGE, posted(manager, job="weekly", seat="nothing"), follow=True)

    assert "From now on you are told like this." in answer.content.decode()
    chosen = {row.kind: row for row in NotificationPreference.objects.filter(user=manager)}
    assert {key: row.way for key, row in chosen.items()} == {"job": Way.WEEKLY, "seat": Way.NOTHING}
    assert chosen["job"].history.get().change_set.actor == manager
    times = DigestTime.objects.get(user=manager)
    assert (times.hour, times.weekday, times.time_zone) == (18, 5, "Europe/Berlin")


def test_what_did_not_change_is_not_written(manager: User, as_manager: Client) -> None:
    as_manager.post(PAGE, posted(manager, job="daily"))
    before = NotificationPreference.history.count()

    as_manager.post(PAGE, posted(manager, job="daily"))

    assert (NotificationPreference.objects.count(), NotificationPreference.history.count()) == (1, before)


def test_learners_choose_for_what_learners_are_told_alone(student: User, as_student: Client) -> None:
    page = as_student.get(PAGE).content.decode()
    as_student.post(PAGE, posted(student, learner__announcement="weekly"))

    assert ("Announcements of your courses" in page, "Background work you asked for" in page) == (True, False)
    assert NotificationPreference.objects.get(user=student).way == Way.WEEKLY


def test_the_page_is_reached_from_the_bell_and_the_account_menu_and_says_what_stays_on(as_manager: Client) -> None:
    bell = as_manager.get("/admin/notifications/notification/").content.decode()
    page = as_manager.get(PAGE).content.decode()

    assert bell.count(PAGE) >= 2
    assert "Somebody else may be behind it, so it always reaches you." in page
    assert "It waits for your answer, so it always stands in the bell." in page


@pytest.mark.parametrize(
    ("kind", "way", "sentence"),
    [
        ("account", Way.NOTHING, "always reaches you"),
        ("account", Way.WEEKLY, "always reaches you"),
        ("access_request", Way.NOTHING, "stands in the bell at least"),
        ("job", "pigeon", "choose another way"),
        ("gossip", Way.DAILY, "no such kind"),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_nothing_is_kept(
    manager: User, kind: str, way: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        choose_ways(manager, {"seat": Way.BELL, kind: way}, by=manager, **TIMES)

    assert not NotificationPreference.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("hour", "24"), ("weekday", "9"), ("time_zone", "Mars/Base")])
def test_times_that_do_not_exist_are_refused_on_the_page(
    manager: User, as_manager: Client, field: str, value: str
) -> None:
    answer = as_manager.post(PAGE, {**posted(manager, job="daily"), field: value})

    assert (answer.status_code, NotificationPreference.objects.count(), DigestTime.objects.count()) == (200, 0, 0)


def test_a_forged_choice_of_what_is_fixed_changes_nothing(manager: User, as_manager: Client) -> None:
    as_manager.post(PAGE, posted(manager, account="nothing"))

    assert not NotificationPreference.objects.filter(kind="account").exists()


def test_nobody_chooses_for_somebody_else(manager: User, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="Only they themselves"):
        choose_ways(manager, {"job": Way.NOTHING}, by=administrator, **TIMES)

    assert not NotificationPreference.objects.exists()


def test_what_is_switched_off_is_not_told_and_what_waits_for_an_answer_is(manager: User, student: User) -> None:
    for person, kind in ((manager, "seat"), (manager, "access_request"), (student, "learner.seat")):
        recipes.notification_preference.make(user=person, kind=kind, way=Way.NOTHING)

    notify(manager, kind="seat", title="A seat")
    notify(manager, kind="access_request", title="May I?")
    notify_learners([student, manager], kind="seat", title="You have a seat")

    told = Notification.objects.order_by("pk").values_list("recipient", "title")
    assert list(told) == [(manager.pk, "May I?"), (manager.pk, "You have a seat")]


def test_who_helps_sees_what_a_learner_chose_and_has_no_way_to_change_it(
    student: User, manager: User, support: User, signed_in: Callable[[User], Client]
) -> None:
    recipes.notification_preference.make(user=student, kind="learner.announcement", way=Way.WEEKLY)
    recipes.notification_preference.make(user=manager, kind="job", way=Way.NOTHING)
    client = signed_in(support)

    page = client.get(f"/admin/accounts/user/{student.pk}/change/?tab=notifications").content.decode()
    of_colleague = client.get(f"/admin/accounts/user/{manager.pk}/change/?tab=notifications").content.decode()

    assert "Announcements of your courses: Weekly digest" in page
    assert "way_" not in page
    assert "Background work you asked for: Nothing" not in of_colleague


def test_every_kind_says_what_it_is_and_offers_its_usual_way() -> None:
    for kind in all_kinds():
        assert kind.title[0].isupper()
        assert kind.default in kind.ways
