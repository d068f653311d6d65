"""What is not announced: to too many by mistake, to nobody, too late, and what somebody took back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import User
from apps.announcements import services
from apps.announcements.models import Announcement
from apps.announcements.states import TRANSITIONS, AnnouncementState
from apps.enrollments.states import EnrollmentStatus
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken
from tests.apps.announcements.conftest import delivered

pytestmark = pytest.mark.django_db

State = AnnouncementState


def test_more_than_a_few_learners_have_to_be_confirmed_by_their_number(
    draft: Announcement, instructor: User, settings: Any
) -> None:
    settings.ANNOUNCEMENT_CONFIRM_ABOVE = 2

    for typed in (None, 2, 4):
        with pytest.raises(RuleBroken, match="It goes to 3 learners. Type this number"):
            services.send_announcement(draft, by=instructor, confirmed=typed)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT

    services.send_announcement(draft, by=instructor, confirmed=3)
    assert draft.state == State.SCHEDULED


def test_an_announcement_to_nobody_or_one_that_has_expired_is_not_sent(draft: Announcement, instructor: User) -> None:
    nobody = {"audience": [EnrollmentStatus.COMPLETED.value]}
    over = {"expires_at": timezone.now() - timedelta(minutes=1), "audience": ["active"]}
    for facts, sentence in ((nobody, "No learner is in this audience"), (over, "count no more")):
        Announcement.objects.filter(pk=draft.pk).update(**facts)

        with pytest.raises(RuleBroken, match=sentence):
            services.send_announcement(draft, by=instructor)

        draft.refresh_from_db()
        assert draft.state == State.DRAFT


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"audience": []}, "audience"),
        ({"audience": ["asleep"]}, "audience"),
        ({"progress_from": 60, "progress_to": 40}, "progress_to"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "expires_at"),
        ({"action_link": "javascript:alert(1)"}, "action_link"),
        ({"action_link": "http://example.org/"}, "action_link"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_no_announcement(draft: Announcement, facts: dict[str, Any], field: str) -> None:
    for name, value in facts.items():
        setattr(draft, name, value)

    with pytest.raises(ValidationError) as refused:
        draft.full_clean()

    assert field in refused.value.message_dict


@pytest.mark.parametrize("schedule", [False, True], ids=["draft", "scheduled"])
def test_it_is_withdrawn_as_long_as_nobody_was_told(schedule: bool, draft: Announcement, instructor: User) -> None:
    if schedule:
        services.send_announcement(draft, by=instructor)

    services.withdraw_announcement(draft, by=instructor, reason="The date changed again.")

    assert delivered(draft).outcome == "There was nothing to send any more."
    draft.refresh_from_db()
    assert (draft.state, draft.history.first().history_change_reason) == (State.WITHDRAWN, "The date changed again.")
    assert not Notification.objects.filter(source=draft.source).exists()


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.WITHDRAWN])
def test_what_is_on_its_way_or_over_is_not_sent_withdrawn_or_changed(
    state: str, draft: Announcement, instructor: User
) -> None:
    Announcement.objects.filter(pk=draft.pk).update(state=state)
    before = draft.history.count()

    deeds: list[Callable[[], object]] = [
        lambda: services.send_announcement(draft, by=instructor),
        lambda: services.withdraw_announcement(draft, by=instructor, reason="Oops."),
        lambda: services.save_announcement(draft, by=instructor),
    ]
    for deed in deeds:
        with pytest.raises(RuleBroken, match="This announcement is"):
            deed()

    assert (Announcement.objects.get(pk=draft.pk).state, draft.history.count()) == (state, before)


def test_withdrawing_needs_a_reason(draft: Announcement, instructor: User) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        services.withdraw_announcement(draft, by=instructor, reason=" ")

    assert Announcement.objects.get().is_draft


def test_every_state_is_left_by_its_ways_alone() -> None:
    assert {before: sorted(after) for before, after in TRANSITIONS.items()} == {
        "draft": ["scheduled", "withdrawn"],
        "scheduled": ["sending", "withdrawn"],
        "sending": ["sent"],
        "sent": [],
        "withdrawn": [],
    }
