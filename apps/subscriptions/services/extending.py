"""Giving somebody, or many at once, more days."""

from collections.abc import Collection
from datetime import UTC, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import ExtractDay
from django.utils import timezone

from apps.audit.recording import change_set
from apps.audit.set_based import record_history
from apps.records.rules import RuleBroken
from apps.subscriptions.models import ScheduledChange, Subscription
from apps.subscriptions.periods import day_of
from apps.subscriptions.queries import change_at_period_end
from apps.subscriptions.services.changing import changing, is_in_words, require_reason
from apps.subscriptions.states import AT_PERIOD_END, ChangeState, SubscriptionStatus

Status = SubscriptionStatus
EXTENDED = (Status.ACTIVE, Status.CANCELLED)
MOST_DAYS = 366


def extend_subscription(subscription: Subscription, days: int, *, by: Any, reason: str) -> Subscription:
    """Lets the running period end this many days later, and with it what was scheduled for its end."""
    require_days(days)
    require_reason(reason)
    with changing(subscription, "Extend", by=by, reason=reason) as now:
        ends_at = subscription.period_ends_at
        if (refusal := refusal_to_extend(subscription, now)) or ends_at is None:
            raise RuleBroken(refusal)
        subscription.period_ends_at = ends_at + timedelta(days=days)
        subscription.anchor_day = day_of(subscription.period_ends_at)
        if (change := change_at_period_end(subscription)) is not None:
            change.effective_at = subscription.period_ends_at
            change.save()
    return subscription


def extend_many(ids: Collection[int], days: int, *, by: Any, reason: str) -> tuple[int, list[str]]:
    """The same for many by a handful of statements, with a history row for each; answers with what was left alone."""
    require_days(days)
    require_reason(reason)
    with change_set(by=by, reason=reason, title=f"Extend {len(ids):,} subscriptions"):
        found = Subscription.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
        now, refused, extended = timezone.now(), [], []
        for subscription in found.select_related("user", "plan"):
            if refusal := refusal_to_extend(subscription, now):
                refused.append(f"{subscription}: {refusal}")
            else:
                extended.append(subscription.pk)
        more = timedelta(days=days)
        subscriptions = Subscription.objects.filter(pk__in=extended)
        subscriptions.update(period_ends_at=F("period_ends_at") + more, updated_at=now)
        subscriptions.update(anchor_day=ExtractDay("period_ends_at", tzinfo=UTC))
        changes = ScheduledChange.objects.filter(
            subscription__in=extended, state=ChangeState.OPEN, kind__in=AT_PERIOD_END
        )
        moved = list(changes.values_list("pk", flat=True))
        ScheduledChange.objects.filter(pk__in=moved).update(effective_at=F("effective_at") + more, updated_at=now)
        record_history(Subscription, extended, "~")
        record_history(ScheduledChange, moved, "~")
    return len(extended), refused


def refusal_to_extend(subscription: Subscription, now: Any) -> str:
    """Why its period cannot be made longer, as a sentence; empty when it can."""
    if subscription.status not in EXTENDED:
        return f"This subscription {is_in_words(subscription)}, so it cannot be extended."
    if subscription.period_ends_at is None or subscription.period_ends_at <= now:
        return "Its period has ended, and what is due is done in a moment. Try again then."
    return ""


def require_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken(f"Extend by 1 to {MOST_DAYS} days.")
