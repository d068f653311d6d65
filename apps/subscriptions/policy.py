"""Who may see subscriptions and money, and who may change what: by role alone, never by a right on a course."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from apps.records.policy import VERBS, RolePolicy, policy
from apps.records.reasons import ByRole, Kind, Reason
from apps.subscriptions.models import Movement, Payment, Plan, RefundRequest, ScheduledChange, Subscription

SEES_MONEY = "subscriptions.view_movement"


class MoneyPolicy(RolePolicy):
    """Whoever may not see the figures sees no amounts either."""

    money: ClassVar[frozenset[str]] = frozenset()
    by_role: ClassVar[frozenset[str]] = frozenset({"view"})
    """The verbs for which a permission counts; the others are nobody's."""

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.by_role and super().holds_everywhere(user, verb)

    def masked_fields(self, user: Any) -> frozenset[str]:
        return frozenset() if user.has_perm(SEES_MONEY) else self.money


@policy(Plan)
class PlanPolicy(MoneyPolicy):
    money = frozenset({"price"})
    by_role = frozenset({"view", "add", "change", "delete"})


@policy(Subscription)
class SubscriptionPolicy(MoneyPolicy):
    """Nobody types over a subscription: what is done to it has verbs of its own."""

    verbs = (*VERBS, "manage", "cancel", "record", "figures")
    permission_names: ClassVar[dict[str, str]] = {
        "add": "manage_subscription",
        "record": "record_payment",
        "figures": "view_movement",
    }
    money = frozenset({"price_minor", "due_minor", "monthly_minor", "currency"})
    by_role = frozenset({"view", "import", "export", "add", "manage", "cancel", "record", "figures"})


@policy(ScheduledChange)
class ScheduledChangePolicy(MoneyPolicy):
    verbs = (*VERBS, "manage")
    permission_names: ClassVar[dict[str, str]] = {"manage": "manage_subscription"}
    by_role = frozenset({"view", "manage"})


@policy(Payment)
class PaymentPolicy(MoneyPolicy):
    """A ledger: it is read, and entries are added to it; none is ever changed."""

    verbs = (*VERBS, "refund")
    money = frozenset({"amount_minor", "currency"})
    by_role = frozenset({"view", "import", "export", "refund"})


@policy(RefundRequest)
class RefundRequestPolicy(MoneyPolicy):
    """Whoever may refund decides on what others asked for, never on their own."""

    verbs = (*VERBS, "decide")
    permission_names: ClassVar[dict[str, str]] = {"decide": "refund_payment"}
    money = frozenset({"amount_minor"})

    def opens(self, user: Any, verb: str) -> bool:
        return self.decides(user, verb) or super().opens(user, verb)

    def decides(self, user: Any, verb: str) -> bool:
        return verb == "decide" and bool(user.has_perm(self.permission(verb)))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if self.decides(user, verb):
            return self.everything().exclude(asked_by=user.pk)
        return super().beside_roles(user, verb)

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        return [*found, self.by_deciding()] if self.decides(user, verb) else found

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if self.decides(user, verb):
            return [Reason(Kind.MISSING, f"{user} asked for this refund, so somebody else decides on it.")]
        return [self.by_deciding()] if verb == "decide" else super().missing(user, verb, record)

    def by_deciding(self) -> ByRole:
        return ByRole(frozenset({self.permission("decide")}), "refunds others asked for")


@policy(Movement)
class MovementPolicy(MoneyPolicy):
    """What the figures are made of."""
