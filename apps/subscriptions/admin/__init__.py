"""The screens of subscriptions, and what they put on the page of a person."""

from apps.accounts.panels import people_panels, people_tellings
from apps.subscriptions.admin.inline import SubscriptionInline
from apps.subscriptions.admin.payment import PaymentAdmin
from apps.subscriptions.admin.plan import PlanAdmin
from apps.subscriptions.admin.refund import RefundRequestAdmin
from apps.subscriptions.admin.scheduled import ScheduledChangeAdmin
from apps.subscriptions.admin.subscription import SubscriptionAdmin
from apps.subscriptions.admin.telling import telling

__all__ = ["PaymentAdmin", "PlanAdmin", "RefundRequestAdmin", "ScheduledChangeAdmin", "SubscriptionAdmin"]

people_panels.append(SubscriptionInline)
people_tellings.append(telling)
