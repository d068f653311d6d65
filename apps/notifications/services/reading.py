"""What people do about what they were told."""

from typing import Any

from django.utils import timezone

from apps.notifications.models import Notification
from apps.notifications.queries import unread_notifications
from apps.records.rules import RuleBroken


def read_notification(notification: Notification, *, by: Any) -> Notification:
    """Notes that its recipient has seen it; the first time counts."""
    refuse_others(notification, by=by)
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])
    return notification


def dismiss_notification(notification: Notification, *, by: Any) -> Notification:
    """Takes it out of its recipient's list."""
    refuse_others(notification, by=by)
    if notification.dismissed_at is None:
        notification.dismissed_at = timezone.now()
        notification.save(update_fields=["dismissed_at"])
    return notification


def read_all_notifications(*, by: Any) -> int:
    """Notes that the person has seen everything they were told so far, and says how much that was."""
    return unread_notifications(by).update(read_at=timezone.now())


def settle_notifications(link: str, *, kind: str) -> int:
    """What this page asked of people has been dealt with: it waits for nobody any more."""
    return Notification.objects.filter(kind=kind, link=link, read_at=None).update(read_at=timezone.now())


def refuse_others(notification: Notification, *, by: Any) -> None:
    if notification.recipient_id != by.pk:
        raise RuleBroken("This notification is somebody else's.")
