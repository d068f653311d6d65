"""Who may see notifications: the person they are for. Who helps sees that one was sent and read, not what it says."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.notifications.models import DigestTime, Mail, MailTemplate, Notification, NotificationPreference
from apps.records.policy import VERBS, AdministratorPolicy, OwnRowsPolicy, RolePolicy, policy
from apps.records.reasons import ByRole, Reason


class TracedPolicy(OwnRowsPolicy):
    """Tracing goes the way of sign-ins: support those of learners, managers all."""

    owner_path = "user"
    verbs: ClassVar[tuple[str, ...]] = ("view", "change", "trace")
    own_verbs: ClassVar[tuple[str, ...]] = ("view", "change")
    door_verbs: ClassVar[tuple[str, ...]] = ("trace",)

    def permission(self, verb: str) -> str:  # noqa: ARG002
        return "accounts.view_loginevent"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.has_perm("accounts.export_user"))

    def helps_learners(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.has_perm(self.permission(verb)))

    def opens(self, user: Any, verb: str) -> bool:
        return super().opens(user, verb) or self.helps_learners(user, verb)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if self.helps_learners(user, verb):
            return self.everything().filter(Q((f"{self.owner_path}__role", User.Role.STUDENT)))
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
        return bool(self.owner_of(record).role == User.Role.STUDENT)

    def by_helping(self, verb: str) -> ByRole:
        return ByRole(frozenset({self.permission(verb)}), "notifications of learners")


@policy(Notification)
class NotificationPolicy(TracedPolicy):
    owner_path = "recipient"
    verbs = (*VERBS, "read", "dismiss", "trace")
    own_verbs: ClassVar[tuple[str, ...]] = ("view", "read", "dismiss")


@policy(NotificationPreference)
class NotificationPreferencePolicy(TracedPolicy):
    """Their own to choose; those who help see what was chosen."""


@policy(DigestTime)
class DigestTimePolicy(TracedPolicy):
    """Their own to choose; those who help see what was chosen."""


@policy(MailTemplate)
class MailTemplatePolicy(AdministratorPolicy):
    """What the platform writes to everybody is worded by administrators alone."""


@policy(Mail)
class MailPolicy(RolePolicy):
    """Managers see how mails fare, administrators have those that failed sent again; nobody reads them here."""

    verbs = (*VERBS, "resend")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in ("view", "resend") and super().holds_everywhere(user, verb)
