"""What stands behind the bell of a person."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.notifications.models import Notification


def is_shown() -> Q:
    """The condition under which a notification is still shown at this moment."""
    return Q(dismissed_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def unread_notifications(person: Any) -> QuerySet[Notification]:
    return Notification.objects.filter(is_shown(), recipient=person.pk, read_at=None)
