"""A subscription of each learner and what was paid for it, at prices that nobody reads who may not see money."""

from typing import Any

from django.utils import timezone

from apps.subscriptions.models import Plan
from apps.subscriptions.money import to_minor
from apps.subscriptions.proration import quote
from apps.subscriptions.states import ChangeKind
from tests.apps.access.conftest import World
from tests.apps.access.matrix.canaries import PRICES, canary, plant
from tests.recipes import subscriptions
from tests.support.people import person


def subscribed(world: World) -> dict[str, Any]:
    """What the lines about subscriptions name, on both sides; refunds somebody and the manager asked for."""
    keys: dict[str, Any] = {}
    somebody = person("asker")
    higher = subscriptions.plan.make(code="spare", price=9000)
    for side, prefix in (("A", ""), ("B", "other_")):
        minor = to_minor(PRICES[side])
        plan: Plan = subscriptions.plan.make(price=PRICES[side])
        subscription = subscriptions.subscription.make(
            user=world.rows[side]["user"],
            plan=plan,
            is_auto_renew=True,
            price_minor=minor,
            due_minor=minor,
            monthly_minor=minor,
        )
        change = subscriptions.scheduled_change.make(
            subscription=subscription,
            kind=ChangeKind.CHANGE_PLAN,
            plan=higher,
            effective_at=subscription.period_ends_at,
        )
        paid = subscriptions.payment.make(
            subscription=subscription, amount_minor=minor, reference=canary(side, "payment", "reference")
        )
        asked = subscriptions.refund_request.make(payment=paid, amount_minor=minor, asked_by=somebody)
        for row in (plan, subscription, change, asked):
            plant(row, side)
        made = {"price_plan": plan, "subscription": subscription, "scheduledchange": change, "payment": paid}
        keys |= {f"{prefix}{kind}": row.pk for kind, row in {**made, "refundrequest": asked}.items()}
        if side == "A":
            keys["offer"] = f"{higher.pk}:{quote(subscription, higher, timezone.now()).due_minor}"
            keys["version_of_plan"] = plan.history.latest("history_id").pk
            second = subscriptions.payment.make(subscription=subscription, amount_minor=minor)
            managers = subscriptions.refund_request.make(
                payment=second, amount_minor=minor, asked_by=world.people["MA"]
            )
            keys |= {
                "free_payment": subscriptions.payment.make(subscription=subscription).pk,
                "own_refund": managers.pk,
            }
    spare = subscriptions.plan.make(code="unused")
    return keys | {"higher_plan": higher.pk, "spare_plan": spare.pk}
