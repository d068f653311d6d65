"""Mails for those who do not look at the bell."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.notifications.models import Notification
from apps.notifications.queries import notifications_to_mail
from apps.notifications.services import claim_for_mail, give_back_from_mail


@job(title="Mail unread notifications", every=timedelta(minutes=5))
def mail_unread_notifications(run: Run) -> str:
    """One mail for each person with all that is due, each notification once; a failed mail is tried at the next run."""
    sent = 0
    by_person = groupby(notifications_to_mail(), key=lambda notification: notification.recipient)
    for person, due in by_person:
        claimed = claim_for_mail(list(due))
        if not claimed:
            continue
        try:
            send_mail(subject_of(claimed), text_of(person, claimed), None, [person.email])
        except OSError as refused:
            give_back_from_mail(claimed)
            run.warn(f"The mail to {person} was not sent: {refused}")
        else:
            sent += 1
    run.count(mails=sent)
    return "Nobody waits for a mail." if not sent else f"{sent:,} mail{'s' * (sent != 1)} sent."


def subject_of(notifications: list[Notification]) -> str:
    first, *others = notifications
    words = first.title if not others else f"{len(notifications)} notifications wait for you"
    return f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{words}"


def text_of(person: Any, notifications: list[Notification]) -> str:
    parts = [
        "\n".join(filter(None, (notification.title, notification.text, link_of(notification))))
        for notification in notifications
    ]
    return "\n\n".join((f"Hello {person},", *parts))


def link_of(notification: Notification) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{notification.link}" if notification.link else ""
