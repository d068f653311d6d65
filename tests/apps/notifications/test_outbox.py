"""The outbox: a mail server that is down delays, never loses and never doubles; what it refuses is shown."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage, send_mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.mails import tell
from apps.accounts.models import User
from apps.jobs.models import JobRun
from apps.notifications.models import Mail
from apps.notifications.services.outbox import hold, resend_mail, send_one, take_mails, transport
from apps.notifications.states import MailState
from apps.notifications.tasks import send_mails, tidy_outbox
from apps.records.rules import RuleBroken
from tests.recipes import notifications as recipes
from tests.support.smtp import MailServer, mail_server, send_by

pytestmark = pytest.mark.django_db

LIST = "/admin/notifications/mail/"


@pytest.fixture
def box(settings: Any) -> Iterator[MailServer]:
    """A mail server that answers."""
    with mail_server() as answering:
        send_by(answering, settings)
        yield answering


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def written(*addresses: str) -> None:
    for address in addresses:
        send_mail("News", "Words for you.", None, [address])


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("to", "state"))


def test_what_django_sends_waits_in_the_outbox_and_is_forgotten_once_it_is_sent(box: MailServer, manager: User) -> None:
    written(manager.email, "stranger@example.org")
    waiting = list(Mail.objects.order_by("pk").values_list("to", "recipient", "state", "text"))

    outcomes = [send_mails.now(by=None).outcome, send_mails.now(by=None).outcome]

    assert waiting == [
        (manager.email, manager.pk, MailState.WAITING, "Words for you."),
        ("stranger@example.org", None, MailState.WAITING, "Words for you."),
    ]
    assert outcomes == ["2 mails sent.", "Nobody waits for a mail."]
    assert box.readers == [manager.email, "stranger@example.org"]
    mail = Mail.objects.get(to=manager.email)
    assert (mail.state, mail.text, mail.html, mail.attempts) == (MailState.SENT, "", "", 1)
    assert box.taken[0][1]["Message-ID"] == mail.message_id


def test_a_mail_server_that_is_down_delays_and_neither_loses_nor_doubles(settings: Any, clock: Any) -> None:
    with mail_server() as box:
        send_by(box, settings)
    written("one@example.org", "two@example.org")

    tries = []
    for _ in range(4):
        run = send_mails.now(by=None)
        tries.append((run.state, run.log_lines.count()))
        clock.shift(timedelta(seconds=70))
    waiting = Mail.objects.earliest("pk")
    clock.shift(timedelta(minutes=15))
    with mail_server(box):
        send_mails.now(by=None)
        send_mails.now(by=None)

    assert tries == [("succeeded", 1), ("succeeded", 1), ("succeeded", 0), ("succeeded", 1)]
    assert (waiting.state, waiting.attempts, "refused" in waiting.error) == (MailState.WAITING, 3, True)
    assert box.readers == ["one@example.org", "two@example.org"]
    assert set(states().values()) == {MailState.SENT}


def test_what_is_refused_for_good_fails_and_what_is_refused_for_now_is_tried_again_while_others_go(
    box: MailServer, clock: Any
) -> None:
    box.refuses = {"gone@example.org": "550 No such box", "full@example.org": "452 Box is full"}
    written("gone@example.org", "full@example.org", "fine@example.org")

    send_mails.now(by=None)
    first = states()
    clock.shift(timedelta(minutes=2))
    box.refuses = {"gone@example.org": "550 No such box"}
    send_mails.now(by=None)

    assert first == {"gone@example.org": "failed", "full@example.org": "waiting", "fine@example.org": "sent"}
    assert states() == {"gone@example.org": "failed", "full@example.org": "sent", "fine@example.org": "sent"}
    assert box.readers == ["fine@example.org", "full@example.org"]
    assert "550 No such box" in Mail.objects.get(to="gone@example.org").error


def test_what_is_put_off_for_days_fails_at_last(box: MailServer, clock: Any) -> None:
    box.refuses = {"full@example.org": "452 Box is full"}
    written("full@example.org")
    clock.shift(timedelta(days=3, minutes=1))

    send_mails.now(by=None)

    assert states() == {"full@example.org": MailState.FAILED}


def test_a_talk_that_ends_before_the_answer_is_had_again_under_the_same_message_id(box: MailServer, clock: Any) -> None:
    box.hangs_up = True
    written("one@example.org")
    send_mails.now(by=None)
    box.hangs_up = False
    clock.shift(timedelta(minutes=2))

    send_mails.now(by=None)

    assert len({message["Message-ID"] for _, message in box.taken}) == 1
    assert states() == {"one@example.org": MailState.SENT}


def test_a_worker_that_died_leaves_its_mails_to_the_next_one_and_never_sends_them_beside_it(
    box: MailServer, clock: Any
) -> None:
    written("one@example.org")
    (of_the_dead,) = take_mails()

    at_once = take_mails()
    clock.shift(timedelta(minutes=6))
    send_mails.now(by=None)

    assert at_once == []
    assert box.readers == ["one@example.org"]
    assert not hold(of_the_dead)


def test_a_mail_that_cannot_be_written_fails_alone(box: MailServer) -> None:
    mail = recipes.mail.make(to="one@example.org", subject="Two\nlines", taken_by="me")
    warnings: list[str] = []

    sent = send_one(mail, transport(), warnings.append)

    assert (sent, len(warnings), states()) == (0, 1, {"one@example.org": MailState.FAILED})


def test_a_mail_about_an_account_is_kept_with_the_change_it_speaks_of_or_not_at_all(
    box: MailServer, manager: User
) -> None:
    with transaction.atomic():
        tell(manager, "New password", "Your password was changed.")
        transaction.set_rollback(True)
    after_the_fault = Mail.objects.count()

    tell(manager, "New password", "Your password was changed.")
    send_mails.now(by=None)

    assert (after_the_fault, box.readers) == (0, [manager.email])
    assert box.taken[0][1]["Subject"] == "[Backoffice] New password"


def test_files_are_not_kept_in_the_outbox(box: MailServer) -> None:
    message = EmailMessage("News", "Words", None, ["one@example.org"])
    message.attach("list.csv", "a,b", "text/csv")

    with pytest.raises(ValueError, match="keeps no attachments"):
        message.send()

    assert not Mail.objects.exists()


def test_a_mail_that_failed_is_sent_again_by_an_administrator(
    box: MailServer, administrator: User, as_administrator: Client
) -> None:
    mail = recipes.mail.make(to="one@example.org", state=MailState.FAILED, attempts=1, error="550 No such box")

    answer = as_administrator.post(f"{LIST}{mail.pk}/send-again/", follow=True)
    send_mails.now(by=None)

    assert "It is tried again within a minute." in answer.content.decode()
    assert box.readers == ["one@example.org"]


@pytest.mark.parametrize("state", [MailState.WAITING, MailState.SENT])
def test_only_what_failed_is_sent_again(state: str, administrator: User) -> None:
    mail = recipes.mail.make(state=state, sent_at=timezone.now() if state == MailState.SENT else None)
    before = Mail.objects.values().get()

    with pytest.raises(RuleBroken, match="Only a mail that failed"):
        resend_mail(mail, by=administrator)

    assert Mail.objects.values().get() == before


def test_nobody_reads_mails_in_the_outbox_and_managers_send_none_again(as_manager: Client) -> None:
    mail = recipes.mail.make(state=MailState.FAILED, subject="canary-subject", text="canary-text", error="550 no")

    said = as_manager.get(LIST).content.decode() + as_manager.get(f"{LIST}{mail.pk}/change/").content.decode()
    refused = as_manager.post(f"{LIST}{mail.pk}/send-again/")

    assert ("canary-" in said, "550 no" in said, refused.status_code) == (False, True, 403)
    assert states() == {mail.to: MailState.FAILED}


def test_the_list_costs_no_more_with_more_mails(as_manager: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(LIST).status_code == 200
        return len(captured)

    recipes.mail.make(_quantity=3)
    queries()
    few = queries()
    recipes.mail.make(_quantity=20)

    assert queries() == few <= 25


def test_what_was_sent_long_ago_is_forgotten_and_what_waits_is_not() -> None:
    long_ago = timezone.now() - timedelta(days=31)
    recipes.mail.make(state=MailState.SENT, sent_at=long_ago)
    kept = [recipes.mail.make(created_at=long_ago), recipes.mail.make(state=MailState.SENT, sent_at=timezone.now())]

    run = tidy_outbox.now(by=None)

    assert (run.state, run.outcome) == (JobRun.State.SUCCEEDED, "1 old mail forgotten.")
    assert set(Mail.objects.all()) == set(kept)
