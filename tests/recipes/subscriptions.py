"""Plans, subscriptions in their first period, and what was paid for them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.subscriptions.models import Movement, Payment, Plan, RefundRequest, ScheduledChange, Subscription
from apps.subscriptions.states import ChangeKind, SubscriptionStatus
from tests.recipes.accounts import person

plan = Recipe(
    Plan,
    code=seq("plan-"),
    name="Premium",
    tier=Plan.Tier.PREMIUM,
    price=Decimal("20.00"),
    currency="EUR",
    opens=Plan.Opens.PREMIUM,
)
subscription = Recipe(
    Subscription,
    user=foreign_key(person),
    plan=foreign_key(plan),
    status=SubscriptionStatus.ACTIVE,
    started_at=timezone.now,
    period_starts_at=timezone.now,
    period_ends_at=lambda: timezone.now() + timedelta(days=30),
    price_minor=2000,
    monthly_minor=2000,
    currency="EUR",
)
scheduled_change = Recipe(
    ScheduledChange,
    subscription=foreign_key(subscription),
    kind=ChangeKind.RENEW,
    effective_at=lambda: timezone.now() + timedelta(days=30),
    scheduled_by=None,
    plan=None,
)
payment = Recipe(
    Payment,
    subscription=foreign_key(subscription),
    provider="stripe",
    reference=seq("ch_"),
    amount_minor=2000,
    currency="EUR",
    against=None,
    recorded_by=None,
    approved_by=None,
)
refund_request = Recipe(
    RefundRequest,
    payment=foreign_key(payment),
    amount_minor=2000,
    reference=seq("re_"),
    reason="They were charged twice.",
    asked_by=foreign_key(person),
    decided_by=None,
)
movement = Recipe(
    Movement,
    subscription=foreign_key(subscription),
    kind=Movement.Kind.NEW,
    occurred_at=timezone.now,
    delta_minor=2000,
    currency="EUR",
)
