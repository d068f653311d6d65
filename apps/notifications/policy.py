"""Who may see notifications: the person they are for, and nobody else, whatever their role."""

from typing import Any

from apps.notifications.models import Notification
from apps.records.policy import VERBS, OwnRowsPolicy, policy


@policy(Notification)
class NotificationPolicy(OwnRowsPolicy):
    owner_path = "recipient"
    verbs = (*VERBS, "read", "dismiss")
    own_verbs = ("view", "read", "dismiss")

    def holds_everywhere(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return False
