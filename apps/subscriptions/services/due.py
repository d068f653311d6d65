"""Doing what is due: each scheduled change exactly once, however late, however many workers ask for it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.subscriptions.models import ScheduledChange, Subscription
from apps.subscriptions.queries import changes_due
from apps.subscriptions.services.changing import begin_period, changing, close, end
from apps.subscriptions.services.lifecycle import resume
from apps.subscriptions.states import ChangeKind, ChangeState, SubscriptionStatus

CHUNK = 200


def run_due_changes(now: datetime | None = None, *, by: Any = None) -> Iterator[tuple[ScheduledChange, bool]]:
    """Does everything due, a chunk in one transaction, until nothing is: a renewal that is late may bring the next.

    Yields each change with whether it was done; one that is not possible any more is closed with the reason.
    """
    now = now or timezone.now()
    while keys := list(changes_due(now).values_list("pk", "subscription_id")[:CHUNK]):
        with transaction.atomic(), change_set(by=by, title="Scheduled changes of subscriptions"):
            # Locked in one order, so that two workers wait for each other and never in a circle.
            locked = Subscription.objects.select_for_update().filter(pk__in={owner for _, owner in keys})
            list(locked.order_by("pk").values_list("pk"))
            found = [done for key, _ in keys if (done := _do(key, now, by=by)) is not None]
        yield from found


def _do(key: int, now: datetime, *, by: Any) -> tuple[ScheduledChange, bool] | None:
    """One change, taken by comparing and setting; None when somebody else has done or moved it meanwhile."""
    if not changes_due(now).filter(pk=key).update(state=ChangeState.DONE):
        return None
    change = ScheduledChange.objects.select_related("subscription__user", "subscription__plan", "plan").get(pk=key)
    subscription = change.subscription
    try:
        with changing(subscription, change.get_kind_display(), by=by, reason="It was due.", at=change.effective_at):
            close(change, ChangeState.DONE, DEEDS[ChangeKind(change.kind)](subscription, change))
    except RuleBroken as broken:
        close(change, ChangeState.REFUSED, broken.sentence)
        return change, False
    return change, True


def _renew(subscription: Subscription, change: ScheduledChange) -> str:
    """From where the last period ended, not from when somebody came to it. What is not paid is not renewed."""
    if subscription.status == SubscriptionStatus.PAST_DUE:
        return _end(subscription, change)
    plan = change.plan or subscription.plan
    begin_period(subscription, plan, change.effective_at, owes=plan.price_minor)
    return f"{plan} until {subscription.period_ends_at:%-d %B %Y}."


def _end(subscription: Subscription, change: ScheduledChange) -> str:
    end(subscription, change.effective_at, "The subscription has ended.")
    return "The subscription has ended; what was learned is kept."


def _resume(subscription: Subscription, change: ScheduledChange) -> str:
    resume(subscription, change.effective_at)
    return f"The period goes on until {subscription.period_ends_at:%-d %B %Y}."


DEEDS: dict[ChangeKind, Callable[[Subscription, ScheduledChange], str]] = {
    ChangeKind.RENEW: _renew,
    ChangeKind.CHANGE_PLAN: _renew,
    ChangeKind.END: _end,
    ChangeKind.CANCEL: _end,
    ChangeKind.END_GRACE: _end,
    ChangeKind.RESUME: _resume,
}


def due_in_words(now: datetime | None = None) -> list[str]:
    """What a run at this moment would do, in the order in which it would do it: it is done and taken back whole."""
    with transaction.atomic():
        sentences = [sentence(change) for change, _is_done in run_due_changes(now)]
        transaction.set_rollback(True)
    return sentences


def sentence(change: ScheduledChange) -> str:
    """ "1 March 2026, 09:00 UTC: Renew: Robin Student: Premium. Premium until 1 April 2026."."""
    return f"{change.effective_at:%-d %B %Y, %H:%M} UTC: {change}. {change.outcome}".strip()
