"""A mail that does not wait until somebody has looked at the bell: written with the notification it is about."""

from typing import Any

from django.utils import timezone

from apps.notifications.kinds import kind_of
from apps.notifications.models import Mail, MailTemplate, Notification
from apps.notifications.queries import ways_of
from apps.notifications.services.outbox import wake_sender
from apps.notifications.services.writing import mail_about
from apps.notifications.states import Way


def way_of(person: Any, kind: str) -> str:
    """By which way somebody is told things of this kind; who wants no mails has the bell."""
    facts = kind_of(kind)
    way = facts.default if facts.cannot_be_off else ways_of(person).get(kind, facts.default)
    profile = getattr(person, "profile", None)
    if way not in (Way.BELL, Way.NOTHING) and profile is not None and not profile.receive_email_notifications:
        return Way.BELL
    return way


def mail_at_once(notification: Notification, *, attached: str = "") -> Mail:
    """Puts the mail about it into the outbox now, and with it the file that `attached` names."""
    templates = {row.kind: row for row in MailTemplate.objects.filter(kind=notification.kind)}
    mail = mail_about([notification], Way.AT_ONCE, templates)
    mail.attached = attached
    mail.save()
    notification.mail, notification.emailed_at = mail, timezone.now()
    notification.save(update_fields=["mail", "emailed_at"])
    wake_sender()
    return mail
