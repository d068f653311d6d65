"""Who may see notifications: the person they are for. Who helps sees that one was sent and read, not what it says."""

from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.notifications.models import Notification
from apps.records.policy import VERBS, OwnRowsPolicy, policy
from apps.records.reasons import ByRole, Reason


@policy(Notification)
class NotificationPolicy(OwnRowsPolicy):
    """Tracing goes the way of sign-ins: support those of learners, managers all."""

    owner_path = "recipient"
    verbs = (*VERBS, "read", "dismiss", "trace")
    own_verbs = ("view", "read", "dismiss")
    door_verbs = ("trace",)

    def permission(self, verb: str) -> str:
        return "accounts.view_loginevent" if verb in self.door_verbs else super().permission(verb)

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.is_superuser or user.has_perm("accounts.export_user"))

    def helps_learners(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.has_perm(self.permission(verb)))

    def opens(self, user: Any, verb: str) -> bool:
        return super().opens(user, verb) or self.helps_learners(user, verb)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if self.helps_learners(user, verb):
            return self.everything().filter(recipient__role=User.Role.STUDENT)
        return super().beside_roles(user, verb)

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        return (
            [*found, self.by_helping(verb)] if self.helps_learners(user, verb) and self.is_of_learner(record) else found
        )

    def missing(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().missing(user, verb, record)
        return [*found, self.by_helping(verb)] if verb in self.door_verbs and self.is_of_learner(record) else found

    def is_of_learner(self, record: Any) -> bool:
        return bool(record.recipient.role == User.Role.STUDENT)

    def by_helping(self, verb: str) -> ByRole:
        return ByRole(frozenset({self.permission(verb)}), "notifications of learners")
