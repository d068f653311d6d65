"""Who may read the audit: one's own actions, or everything by role; nobody writes it."""

from typing import Any

from apps.audit.models import AccessEvent, ChangeSet
from apps.records.policy import VERBS, OwnRowsPolicy, policy


@policy(ChangeSet)
class ChangeSetPolicy(OwnRowsPolicy):
    owner_path = "actor"
    verbs = (*VERBS, "revert")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and super().holds_everywhere(user, verb)


@policy(AccessEvent)
class AccessEventPolicy(OwnRowsPolicy):
    """Refusals and visits: one's own, or all of them by role."""

    owner_path = "actor"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and super().holds_everywhere(user, verb)
