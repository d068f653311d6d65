"""What of notifications is about a person, and where those of others name them."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere
from apps.accounts.erasing import replace_words
from apps.notifications.models import DigestTime, Mail, Notification, NotificationPreference

about_people(
    Personal(model=Notification, path="recipient", goes=True),
    Personal(model=NotificationPreference),
    Personal(model=DigestTime),
    Personal(model=Mail, path="recipient", secret=frozenset({"text", "html", "taken_by"}), goes=True),
)


def forget_in_notifications(person: Any, was: Identity) -> int:  # noqa: ARG001
    """Those of others that name the person, and mails to the address of somebody who had no account then."""
    forgotten, _ = Mail.objects.filter(to=was.email).delete()
    told = replace_words(Notification.objects.all(), ("title", "text"), was)
    return forgotten + told + replace_words(Mail.objects.all(), ("subject", "text", "html"), was)


erase_elsewhere.append(forget_in_notifications)
