"""What tests of subscriptions look at: what is scheduled, and everything the database holds of one."""

from datetime import datetime
from typing import Any

from apps.subscriptions.models import ScheduledChange, Subscription


def waiting(subscription: Subscription) -> list[tuple[str, datetime]]:
    """What is scheduled and when."""
    rows = subscription.scheduled_changes.filter(state__in=("open", "held")).order_by("effective_at", "pk")
    return [(row.kind, row.effective_at) for row in rows]


def facts(subscription: Subscription) -> dict[str, Any]:
    """Everything about it that the database holds, to see that nothing has changed."""
    changes = list(ScheduledChange.objects.filter(subscription=subscription).order_by("pk").values())
    return {
        "row": Subscription.objects.filter(pk=subscription.pk).values().get(),
        "changes": changes,
        "payments": list(subscription.payments.order_by("pk").values()),
        "movements": subscription.movements.count(),
        "versions": subscription.history.count(),
    }
