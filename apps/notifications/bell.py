"""The bell in the header of every page: how much is unread, and the way to the list."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from apps.notifications.queries import unread_notifications


def in_header(request: HttpRequest) -> dict[str, Any]:
    """What unfold adds to the context of a page. It is counted only where the header is drawn."""
    return {"bell": SimpleLazyObject(lambda: facts(request))}


def facts(request: HttpRequest) -> dict[str, Any]:
    return {
        "address": reverse("admin:notifications_notification_changelist"),
        "unread": unread_notifications(request.user).count(),
    }
