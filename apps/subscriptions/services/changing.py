"""What every change of a subscription goes through: the lock, the state, the period, what is scheduled, the figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.audit import recording
from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.subscriptions.models import Movement, Plan, ScheduledChange, Subscription
from apps.subscriptions.money import share_of
from apps.subscriptions.periods import day_of, period_end
from apps.subscriptions.queries import change_at_period_end
from apps.subscriptions.states import (
    RUNNING,
    ChangeKind,
    ChangeState,
    SubscriptionStatus,
    transition_allowed,
)

Status = SubscriptionStatus
WORDS = dict(SubscriptionStatus.choices)


@contextmanager
def holding(subscription: Subscription, verb: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around something about a subscription, read anew under a lock: of two at once one is second."""
    with change_set(by=by, reason=reason, title=f"{verb}: {subscription}"[:200]):
        subscription.refresh_from_db(from_queryset=Subscription.objects.select_for_update())
        yield


@contextmanager
def changing(
    subscription: Subscription, verb: str, *, by: Any, reason: str, at: datetime | None = None
) -> Iterator[datetime]:
    """The same around a change of the subscription itself, which is saved.

    Yields the moment at which it happens, which is earlier than now for a change that was due.
    """
    with holding(subscription, verb, by=by, reason=reason):
        moment = at or timezone.now()
        yield moment
        count_movement(subscription, moment)
        subscription.save()


def enter_status(subscription: Subscription, status: str) -> None:
    """Puts a subscription into a state without saving; the one place where that is done. Raises `RuleBroken`."""
    if not transition_allowed(subscription.status, status):
        raise RuleBroken(f"This subscription {is_in_words(subscription)} and cannot become {WORDS[status].lower()}.")
    if subscription.status == status:
        raise RuleBroken(f"This subscription {is_in_words(subscription)} already.")
    subscription.status = status
    if status != Status.PAST_DUE:
        subscription.grace_ends_at = None
    if status != Status.PAUSED:
        subscription.paused_at = None


def is_in_words(subscription: Subscription) -> str:
    """ "is paused", "ends with the period"."""
    words = WORDS[Status(subscription.status)].lower()
    return words if subscription.status == Status.CANCELLED else f"is {words}"


def require_state(subscription: Subscription, *statuses: str, to_do: str) -> None:
    """Raises `RuleBroken` in any other state."""
    if subscription.status not in statuses:
        raise RuleBroken(f"This subscription {is_in_words(subscription)}, so {to_do}.")


def require_reason(reason: str) -> str:
    """Whoever takes something away says why. Raises `RuleBroken` for blank words."""
    if not reason.strip():
        raise RuleBroken("Say why: the reason is kept in the history.")
    return reason.strip()


def begin_period(
    subscription: Subscription,
    plan: Plan,
    at: datetime,
    *,
    owes: int,
    is_anchor: bool = False,
    price_minor: int | None = None,
) -> None:
    """Begins a period of this plan at this moment, at its price of today, and schedules what happens at its end.

    `is_anchor` says that periods are reckoned from this day on; `owes` is what the period adds to what is to be paid.
    """
    if is_anchor:
        subscription.anchor_day = day_of(at)
    subscription.plan, subscription.currency = plan, plan.currency
    subscription.price_minor = plan.price_minor if price_minor is None else price_minor
    subscription.period_starts_at = at
    subscription.period_ends_at = period_end(at, plan.period_months, subscription.anchor_day)
    subscription.due_minor += owes
    schedule_end_of_period(subscription)


def schedule_end_of_period(subscription: Subscription) -> ScheduledChange:
    """What follows when nobody decides otherwise, in place of what was scheduled for the end of the period."""
    kind = ChangeKind.RENEW if subscription.renews else ChangeKind.END
    return schedule(subscription, kind, subscription.period_ends_at)


def schedule(
    subscription: Subscription,
    kind: str,
    at: datetime | None,
    *,
    plan: Plan | None = None,
    by: Any = None,
    reason: str = "",
) -> ScheduledChange:
    """Writes down what will happen; what it stands in place of is taken back."""
    if at is None:
        raise RuleBroken("This subscription has no running period.")
    if kind not in (ChangeKind.END_GRACE, ChangeKind.RESUME):
        withdraw(change_at_period_end(subscription), f"In its place: {ChangeKind(kind).label.lower()}.")
    return ScheduledChange.objects.create(
        subscription=subscription, kind=kind, effective_at=at, plan=plan, scheduled_by=by, reason=reason
    )


def withdraw(change: ScheduledChange | None, outcome: str) -> None:
    if change is not None:
        close(change, ChangeState.WITHDRAWN, outcome)


def withdraw_all(subscription: Subscription, outcome: str, *kinds: str) -> None:
    """Takes back everything open of these kinds, or of any."""
    waiting = subscription.scheduled_changes.filter(state__in=(ChangeState.OPEN, ChangeState.HELD))
    for change in waiting.filter(kind__in=kinds) if kinds else waiting:
        withdraw(change, outcome)


def close(change: ScheduledChange, state: str, outcome: str) -> None:
    change.state, change.outcome, change.closed_at = state, outcome[:300], timezone.now()
    change.save()


def end(subscription: Subscription, at: datetime, outcome: str) -> None:
    """Ends it: what the plan opened is closed, what was scheduled is void. Nothing of what was learned is touched."""
    enter_status(subscription, Status.EXPIRED)
    subscription.ended_at = at
    withdraw_all(subscription, outcome)


def count_movement(subscription: Subscription, at: datetime) -> None:
    """Writes by how much what it brings in a month has changed, if it has."""
    before, after = subscription.monthly_minor, monthly(subscription)
    if before == after:
        return
    is_first = not before and not subscription.movements.exists()
    movement_of(subscription, before, after, at, is_first=is_first).save()
    recording.count("subscriptions.movement", "+")
    subscription.monthly_minor = after


def movement_of(subscription: Subscription, before: int, after: int, at: datetime, *, is_first: bool) -> Movement:
    """Not saved."""
    return Movement(
        subscription=subscription,
        kind=movement_kind(before, after, is_first=is_first),
        occurred_at=at,
        delta_minor=after - before,
        currency=subscription.currency,
    )


def monthly(subscription: Subscription) -> int:
    """What it brings in a month now: nothing unless a period runs. The price is that of the period."""
    if subscription.status not in RUNNING:
        return 0
    return share_of(subscription.price_minor, 1, subscription.plan.period_months)


def movement_kind(before: int, after: int, *, is_first: bool) -> Movement.Kind:
    if not after:
        return Movement.Kind.CHURNED
    if not before:
        return Movement.Kind.NEW if is_first else Movement.Kind.REACTIVATED
    return Movement.Kind.EXPANSION if after > before else Movement.Kind.CONTRACTION
