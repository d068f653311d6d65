"""Plans, subscriptions, what is scheduled for them, and the ledgers of money."""

from apps.subscriptions.models.ledgers import Movement, Payment, RefundRequest
from apps.subscriptions.models.plan import Plan
from apps.subscriptions.models.subscription import ScheduledChange, Subscription

__all__ = ["Movement", "Payment", "Plan", "RefundRequest", "ScheduledChange", "Subscription"]
