"""What of notifications is about a person, and where those of others name them."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere
from apps.accounts.erasing import replace_words
from apps.notifications.models import Notification

about_people(Personal(model=Notification, path="recipient", goes=True))


def forget_in_notifications(person: Any, was: Identity) -> int:  # noqa: ARG001
    return replace_words(Notification.objects.all(), ("title", "text"), was)


erase_elsewhere.append(forget_in_notifications)
