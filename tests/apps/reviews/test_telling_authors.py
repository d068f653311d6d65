"""Authors are told what was decided: once, in the last word, when it cannot be taken back any more."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.models import JobRun
from apps.notifications.models import Notification
from apps.reviews import services
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.tasks import tell_authors
from tests.recipes import accounts, reviews
from tests.support.people import person

pytestmark = pytest.mark.django_db

NOON = timezone.now().replace(hour=12)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def told_after(clock: Any, minutes: int) -> list[str]:
    """The subjects of the mails that a run so many minutes after noon sends."""
    clock.move_to(NOON + timedelta(minutes=minutes))
    before = len(mail.outbox)
    run = tell_authors.now(by=None)
    assert run.state == JobRun.State.SUCCEEDED
    return [message.subject.removeprefix("[Backoffice] ") for message in mail.outbox[before:]]


def test_the_author_is_told_once_when_the_decision_stands(review: Review, moderator: User, clock: Any) -> None:
    services.reject_review(review, "personal", by=moderator, note="Known to us.")

    assert told_after(clock, 9) == []
    assert told_after(clock, 11) == ["Your review of Python from the first line is not published"]
    assert told_after(clock, 12) == []
    (message,) = mail.outbox
    assert message.to == ["lou@example.org"]
    assert "not published: personal data" in message.body
    assert "Known to us" not in message.body


def test_a_decision_taken_back_and_made_again_is_told_in_its_last_word(
    review: Review, moderator: User, clock: Any
) -> None:
    services.reject_review(review, "spam", by=moderator)
    clock.move_to(NOON + timedelta(minutes=5))
    services.undo_decision(by=moderator)
    services.approve_review(review, by=moderator)

    assert told_after(clock, 11) == []
    assert told_after(clock, 16) == ["Your review of Python from the first line is published"]


@pytest.mark.parametrize("what", ["reopened", "edited", "reported", "archived", "flagged"])
def test_what_stands_no_more_is_not_told(review: Review, moderator: User, student: User, clock: Any, what: str) -> None:
    deeds: dict[str, Callable[[], Any]] = {
        "reopened": lambda: services.reopen_review(review, by=moderator),
        "edited": lambda: services.edit_review(review, by=review.user, rating=1, text="I was wrong, it is bad."),
        "reported": lambda: services.report_review(review, by=student, reason="spam"),
        "archived": lambda: services.archive_review(review, by=moderator),
    }
    if what in deeds:
        services.approve_review(review, by=moderator)
        deeds[what]()
    else:
        services.flag_review(review, by=moderator, note="Look.")

    assert told_after(clock, 60) == []


def test_the_same_word_about_the_same_text_is_not_told_twice(
    review: Review, moderator: User, student: User, clock: Any
) -> None:
    services.approve_review(review, by=moderator)
    told_after(clock, 11)
    services.report_review(review, by=student, reason="spam")
    services.approve_review(review, by=moderator)
    assert told_after(clock, 30) == []
    services.edit_review(review, by=review.user, rating=1, text="I was wrong, it is bad.")

    services.approve_review(review, by=moderator)

    assert told_after(clock, 60) == ["Your review of Python from the first line is published"]


def test_a_mail_that_does_not_go_is_sent_at_the_next_run_and_one_that_went_is_not_sent_again(
    review: Review, moderator: User, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.approve_review(review, by=moderator)
    services.approve_review(reviews.review.make(course=review.course), by=moderator)
    sent = EmailBackend.send_messages

    def refuse_lou(self: Any, messages: list[Any]) -> int:
        if messages[0].to == ["lou@example.org"]:
            raise ConnectionRefusedError("Nobody answers.")
        return sent(self, messages)

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse_lou)
        assert len(told_after(clock, 11)) == 1
    assert len(told_after(clock, 12)) == 1
    assert told_after(clock, 13) == []
    assert not ReviewDecision.objects.filter(told_at=None).exists()


def test_who_works_here_is_told_by_the_bell_and_who_wants_no_mails_gets_none(
    review: Review, moderator: User, clock: Any
) -> None:
    colleague, quiet = person("colleague"), accounts.person.make()
    accounts.profile.make(user=quiet, receive_email_notifications=False)
    for user in (colleague, quiet):
        services.approve_review(reviews.review.make(course=review.course, user=user), by=moderator)

    assert told_after(clock, 11) == []
    assert Notification.objects.get(recipient=colleague).title == (
        "Your review of Python from the first line is published"
    )
