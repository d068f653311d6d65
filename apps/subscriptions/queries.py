"""Reads of subscriptions that screens, services, jobs and the apps above share."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from apps.catalog.models import Lesson
from apps.subscriptions.models import Payment, Plan, ScheduledChange, Subscription
from apps.subscriptions.states import AT_PERIOD_END, ChangeState


def changes_due(now: datetime) -> QuerySet[ScheduledChange]:
    """Everything due and not done, the oldest first."""
    return ScheduledChange.objects.filter(state=ChangeState.OPEN, effective_at__lte=now).order_by("effective_at", "pk")


def change_at_period_end(subscription: Subscription) -> ScheduledChange | None:
    """What happens when the period ends; None where no period runs."""
    waiting = subscription.scheduled_changes.filter(
        state__in=(ChangeState.OPEN, ChangeState.HELD), kind__in=AT_PERIOD_END
    )
    return waiting.select_related("plan").first()


def upgrades_of(subscription: Subscription) -> list[Plan]:
    """The offered plans above the present one, in its currency."""
    return [plan for plan in _other_plans(subscription) if plan.rank > subscription.plan.rank]


def other_plans_of(subscription: Subscription) -> list[Plan]:
    """The offered plans to which it can change when its period ends."""
    return _other_plans(subscription)


def _other_plans(subscription: Subscription) -> list[Plan]:
    offered = Plan.objects.filter(is_offered=True, currency=subscription.currency).exclude(pk=subscription.plan_id)
    return sorted(offered, key=lambda plan: plan.rank)


def left_of(payment: Payment) -> int:
    """How much of a payment has not been taken back, in hundredths."""
    against: int = payment.entries_against.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return payment.amount_minor + against


def totals(payments: QuerySet[Payment]) -> list[tuple[str, int, int]]:
    """Currency, number and sum of the entries among these that moved money."""
    moved = payments.exclude(kind=Payment.Kind.FAILED).order_by().values_list("currency")
    return list(moved.annotate(number=Count("pk"), sum=Sum("amount_minor")).order_by("currency"))


def subscription_of(user: Any) -> Subscription | None:
    return Subscription.objects.filter(user=user).select_related("plan", "user").first()


def why_premium_is_closed(subscription: Subscription | None, now: datetime | None = None) -> str:
    """Why somebody cannot open premium lessons, as a sentence; empty when they can."""
    now = now or timezone.now()
    if subscription is None:
        return "They have no subscription."
    if subscription.plan.opens != Lesson.AccessLevel.PREMIUM:
        return f"The plan {subscription.plan} does not open premium lessons."
    if subscription.opens_at(now):
        return ""
    words = {"pending": "has not begun yet", "paused": "is paused", "past_due": "was not paid in time"}
    return f"The subscription to {subscription.plan} {words.get(subscription.status, 'has ended')}."


def owing() -> Q:
    """The subscriptions for which something is to be paid."""
    return Q(due_minor__gt=0)


def subscriber_counts(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """With the number of subscriptions that run on each."""
    running = Q(subscriptions__status__in=("active", "past_due", "cancelled"))
    return plans.annotate(subscriber_count=Count("subscriptions", filter=running))


def monthly_revenue() -> list[tuple[str, int]]:
    """What running subscriptions bring in a month, by currency."""
    counted = Subscription.objects.filter(monthly_minor__gt=0).order_by().values_list("currency")
    return list(counted.annotate(sum=Sum(F("monthly_minor"))).order_by("currency"))
