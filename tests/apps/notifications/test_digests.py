"""Digests: what was not read comes at the person's hour, once, also after a standstill and over clock changes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from apps.accounts.models import User
from apps.notifications.models import Mail, Notification
from apps.notifications.states import Way
from apps.notifications.tasks import mail_unread_notifications
from tests.recipes import notifications as recipes

pytestmark = pytest.mark.django_db

# A Wednesday.
NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def wants(person: User, way: str, *, hour: int = 7, weekday: int = 1, time_zone: str = "UTC") -> None:
    recipes.notification_preference.make(user=person, kind="job", way=way)
    recipes.digest_time.make(user=person, hour=hour, weekday=weekday, time_zone=time_zone)


def told(person: User, title: str = "Done", **facts: Any) -> Notification:
    made: Notification = recipes.notification.make(
        recipient=person, kind="job", title=title, created_at=timezone.now(), **facts
    )
    return made


def mailed(clock: Any, moment: datetime) -> int:
    """How many mails a run at this moment sends."""
    clock.move_to(moment)
    before = len(mail.outbox)
    assert mail_unread_notifications.now(by=None).state == "succeeded"
    return len(mail.outbox) - before


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_daily_digest_comes_once_at_its_hour_with_what_was_not_read(manager: User, clock: Any) -> None:
    wants(manager, Way.DAILY)
    told(manager, "First"), told(manager, "Second")
    told(manager, "Known by now", read_at=timezone.now())

    sent = [mailed(clock, moment) for moment in (at(25, 13), at(26, 6, 59), at(26, 7, 5), at(26, 7, 10), at(27, 7, 5))]

    assert sent == [0, 0, 1, 0, 0]
    (digest,) = mail.outbox
    assert digest.subject == "[Backoffice] Your daily digest: 2 notifications"
    assert ("First" in digest.body, "Second" in digest.body, "Known" in digest.body) == (True, True, False)
    assert "<p><strong>First</strong></p>" in str(digest.alternatives[0][0])  # type: ignore[attr-defined]


def test_what_comes_after_the_hour_waits_for_the_next_day(manager: User, clock: Any) -> None:
    wants(manager, Way.DAILY)
    clock.move_to(at(26, 7, 1))
    told(manager)

    assert [mailed(clock, at(26, 7, 5)), mailed(clock, at(27, 6, 59)), mailed(clock, at(27, 7))] == [0, 0, 1]


def test_a_weekly_digest_comes_on_its_day(manager: User, clock: Any) -> None:
    wants(manager, Way.WEEKLY, weekday=5, hour=18)
    told(manager)

    sent = [mailed(clock, moment) for moment in (at(26, 18, 5), at(27, 17), at(27, 18, 5), at(28, 18, 5))]

    assert sent == [0, 0, 1, 0]
    assert mail.outbox[0].subject == "[Backoffice] Your weekly digest: 1 notification"


def test_a_week_of_standstill_is_made_up_for_by_one_digest(manager: User, administrator: User, clock: Any) -> None:
    wants(manager, Way.DAILY)
    wants(administrator, Way.WEEKLY)
    for day in (25, 27, 29):
        clock.move_to(at(day, 12))
        told(manager), told(administrator)

    assert [mailed(clock, at(1, 9, month=4)), mailed(clock, at(1, 10, month=4))] == [2, 0]
    assert sorted(sent.subject for sent in mail.outbox) == [
        "[Backoffice] Your daily digest: 3 notifications",
        "[Backoffice] Your weekly digest: 3 notifications",
    ]


@pytest.mark.parametrize(
    ("time_zone", "hour", "before", "after"),
    [
        # 02:00 does not exist in Berlin on 29 March: 01:00 UTC is 03:00 there.
        ("Europe/Berlin", 2, at(29, 0, 59), at(29, 1, 1)),
        # 02:00 comes twice on 25 October: the first one, 00:00 UTC, counts.
        ("Europe/Berlin", 2, at(24, 23, 59, month=10), at(25, 0, 1, month=10)),
        ("Asia/Kolkata", 9, at(26, 3, 29), at(26, 3, 31)),
        ("", 7, at(26, 6, 59), at(26, 7, 1)),
    ],
)
def test_the_hour_is_that_of_the_person_and_a_clock_change_loses_and_doubles_nothing(
    manager: User, clock: Any, time_zone: str, hour: int, before: datetime, after: datetime
) -> None:
    wants(manager, Way.DAILY, hour=hour, time_zone=time_zone)
    clock.move_to(before - timedelta(hours=3))
    told(manager)

    sent = [mailed(clock, before), *(mailed(clock, after + timedelta(minutes=30 * step)) for step in range(5))]

    assert sent == [0, 1, 0, 0, 0, 0]


def test_a_clock_set_back_by_an_hour_sends_no_second_digest(manager: User, clock: Any) -> None:
    wants(manager, Way.DAILY)
    told(manager)

    assert [mailed(clock, at(26, 7, 5)), mailed(clock, at(26, 6, 5)), mailed(clock, at(26, 7, 5))] == [1, 0, 0]


def test_who_never_chose_an_hour_gets_it_at_that_of_the_platform(manager: User, clock: Any) -> None:
    recipes.notification_preference.make(user=manager, kind="job", way=Way.DAILY)
    told(manager)

    assert [mailed(clock, at(26, 6, 59)), mailed(clock, at(26, 7, 1))] == [0, 1]


@pytest.mark.parametrize("way", [Way.BELL, Way.NOTHING])
def test_who_wants_no_mail_of_a_kind_gets_none(manager: User, clock: Any, way: str) -> None:
    wants(manager, way)
    told(manager)

    assert [mailed(clock, at(25, 12, 30)), mailed(clock, at(30, 8))] == [0, 0]
    assert not Mail.objects.exists()


def test_each_way_holds_for_its_kind_alone(manager: User, clock: Any) -> None:
    wants(manager, Way.DAILY)
    told(manager)
    recipes.notification.make(recipient=manager, kind="seat", title="A seat", created_at=timezone.now())

    assert [mailed(clock, at(25, 12, 30)), mailed(clock, at(26, 7, 1))] == [1, 1]
    assert [sent.subject for sent in mail.outbox] == [
        "[Backoffice] A seat",
        "[Backoffice] Your daily digest: 1 notification",
    ]
