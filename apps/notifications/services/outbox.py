"""Sending what is in the outbox: each mail once, later when the mail server is down, never lost."""

import smtplib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.audit.recording import change_set, count
from apps.jobs.registry import find_job
from apps.notifications.attaching import attachment_of
from apps.notifications.models import Mail
from apps.notifications.queries import mails_to_send
from apps.notifications.states import MailState
from apps.records.rules import RuleBroken

OUTBOX = "apps.notifications.backend.OutboxBackend"
JOB = "notifications.send_mails"
AT_ONCE = 50
HELD_FOR = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
GIVEN_UP_AFTER = timedelta(days=3)
PATIENCE_SECONDS = 20


NOT_THEIRS = "The file it brings is not open to its recipient any more."


class ServerDown(Exception):
    """The mail server takes nothing at the moment, whatever the mail."""


class NotTheirs(Exception):
    """What the mail brings is not for its recipient any more."""


def send_due_mails(warn: Callable[[str], None], report: Callable[[int], None] | None = None) -> int:
    """Sends what is due until nothing is left or the server takes no more; says how many were sent."""
    sent = 0
    while batch := take_mails():
        connection = transport()
        try:
            for mail in batch:
                if hold(mail):
                    sent += send_one(mail, connection, warn)
                    if report:
                        report(sent)
        except ServerDown as down:
            warn(f"The mail server takes nothing: {down} Everything waits and is tried again.")
            postpone(batch, str(down))
            return sent
        finally:
            close(connection)
    return sent


def take_mails() -> list[Mail]:
    """The next mails, in nobody else's hands: taken in one conditional update."""
    token = uuid4().hex
    ids = list(mails_to_send().values_list("pk", flat=True)[:AT_ONCE])
    mails_to_send().order_by().filter(pk__in=ids).update(taken_by=token, taken_until=timezone.now() + HELD_FOR)
    return list(Mail.objects.filter(taken_by=token, state=MailState.WAITING).order_by("due_at", "pk"))


def held(mail: Mail) -> Any:
    return Mail.objects.filter(pk=mail.pk, taken_by=mail.taken_by, state=MailState.WAITING)


def hold(mail: Mail) -> bool:
    """Whether it is still ours; if so, for a while longer."""
    return bool(held(mail).update(taken_until=timezone.now() + HELD_FOR))


def send_one(mail: Mail, connection: Any, warn: Callable[[str], None]) -> int:
    """1 if it was sent. Raises `ServerDown` when no other mail would be taken either."""
    try:
        message_of(mail, connection).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refused:
        refuse(mail, *answer_of(refused), warn)
        return 0
    except NotTheirs:
        fail(mail, NOT_THEIRS, warn)
        return 0
    except OSError as down:  # every other complaint of the mail library is one, too
        raise ServerDown(f"{down}."[:400]) from down
    except Exception as wrong:  # noqa: BLE001 - an outgoing message: whatever is wrong with it, the others go on
        fail(mail, f"It cannot be sent: {wrong}", warn)
        return 0
    held(mail).update(
        state=MailState.SENT,
        sent_at=timezone.now(),
        attempts=F("attempts") + 1,
        text="",
        html="",
        attached="",
        error="",
        taken_by="",
    )
    return 1


def message_of(mail: Mail, connection: Any) -> EmailMultiAlternatives:
    headers = {"Message-ID": mail.message_id}
    sender = mail.from_email or settings.DEFAULT_FROM_EMAIL
    message = EmailMultiAlternatives(mail.subject, mail.text, sender, [mail.to], connection=connection, headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.attached:
        attach(message, mail, connection)
    return message


def attach(message: EmailMultiAlternatives, mail: Mail, connection: Any) -> None:
    """The file is asked for only once the server answers: what is asked for is noted as gone out."""
    connection.open()
    found = attachment_of(mail.attached, mail.recipient)
    if found is None:
        raise NotTheirs
    message.attach(found.name, found.content, found.media_type)


def answer_of(refused: Any) -> tuple[int, str]:
    """The code and the words of the server about one mail."""
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(refused.recipients.values()))
    else:
        code, said = refused.smtp_code, refused.smtp_error
    return code, said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def refuse(mail: Mail, code: int, said: str, warn: Callable[[str], None]) -> None:
    """5xx is for good; 4xx is tried again, for some days."""
    words = f"{code} {said}"[:500]
    if code >= 500 or mail.created_at < timezone.now() - GIVEN_UP_AFTER:
        fail(mail, words, warn)
    else:
        warn(f"A mail to {mail.to} was put off: {words}")
        postpone([mail], words)


def fail(mail: Mail, words: str, warn: Callable[[str], None]) -> None:
    warn(f"A mail to {mail.to} was refused: {words}")
    held(mail).update(state=MailState.FAILED, attempts=F("attempts") + 1, error=words[:500], taken_by="")


def postpone(mails: Sequence[Mail], words: str) -> None:
    """They wait longer each time, up to a quarter of an hour, so that little time is lost once the server is back."""
    for attempts in {mail.attempts for mail in mails}:
        pause = min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)
        ours = [mail for mail in mails if mail.attempts == attempts]
        Mail.objects.filter(
            pk__in=[mail.pk for mail in ours], taken_by=ours[0].taken_by, state=MailState.WAITING
        ).update(
            attempts=F("attempts") + 1,
            due_at=timezone.now() + pause,
            error=words[:500],
            taken_by="",
            taken_until=None,
        )


def transport() -> Any:
    """The connection mails really go by: what the settings name, or behind the outbox what EMAIL_URL names."""
    backend = settings.MAIL_TRANSPORT if settings.EMAIL_BACKEND == OUTBOX else settings.EMAIL_BACKEND
    return get_connection(backend, timeout=PATIENCE_SECONDS)


def close(connection: Any) -> None:
    try:
        connection.close()
    except OSError:
        return


def wake_sender() -> None:
    """Sends the outbox as soon as this transaction is committed; without it within a minute."""
    transaction.on_commit(lambda: find_job(JOB).later(by=None), robust=True)


def resend_mail(mail: Mail, *, by: Any, reason: str = "") -> Mail:
    """Has a mail that failed tried again from the beginning."""
    with change_set(by=by, reason=reason, title=f"Send again: {mail}"[:200]):
        again = Mail.objects.filter(Q(pk=mail.pk), state=MailState.FAILED).update(
            state=MailState.WAITING,
            attempts=0,
            due_at=timezone.now(),
            created_at=timezone.now(),
            taken_by="",
            taken_until=None,
        )
        if not again:
            raise RuleBroken("Only a mail that failed is sent again.")
        count("notifications.mail", "~")
    wake_sender()
    mail.refresh_from_db()
    return mail
