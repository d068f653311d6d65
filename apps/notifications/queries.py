"""What stands behind the bell of a person."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.notifications.models import Notification

# Who has not looked for this long is sent a mail; what is older than a day is no news any more.
MAILED_AFTER, MAILED_WITHIN = timedelta(minutes=15), timedelta(days=1)
# What learners are told has a kind that begins like this: they have no bell, so that all of it is mailed.
FOR_LEARNERS = "learner."


def is_shown() -> Q:
    """The condition under which a notification is still shown at this moment."""
    return Q(dismissed_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def unread_notifications(person: Any) -> QuerySet[Notification]:
    return Notification.objects.filter(is_shown(), recipient=person.pk, read_at=None)


def notifications_to_mail() -> QuerySet[Notification]:
    """What is unread, was not mailed and is due, person by person; not of those who want no mails.

    Learners are mailed at once, and however late the mail server takes it.
    """
    now = timezone.now()
    missed = Q(created_at__gt=now - MAILED_WITHIN, created_at__lte=now - MAILED_AFTER, recipient__is_staff=True)
    due = Notification.objects.filter(
        is_shown(),
        missed | Q(kind__startswith=FOR_LEARNERS),
        read_at=None,
        emailed_at=None,
        recipient__is_active=True,
    )
    wanted = due.exclude(recipient__profile__receive_email_notifications=False)
    return wanted.select_related("recipient").order_by("recipient", "created_at", "pk")
