"""Changing the plan and leaving: an upgrade at once, everything else when the period ends, and taking it back."""

from typing import Any

from apps.records.rules import RuleBroken
from apps.subscriptions.models import Plan, ScheduledChange, Subscription
from apps.subscriptions.proration import Quote, quote
from apps.subscriptions.services.changing import (
    begin_period,
    changing,
    enter_status,
    require_reason,
    require_state,
    schedule,
    schedule_end_of_period,
    withdraw,
)
from apps.subscriptions.states import TAKEN_BACK, ChangeKind, ChangeState, SubscriptionStatus

Status = SubscriptionStatus


def upgrade_subscription(
    subscription: Subscription, plan: Plan, *, by: Any, shown_due_minor: int, reason: str = ""
) -> Quote:
    """Changes to a plan above the present one now; raises `RuleBroken` when it costs something else than was shown."""
    with changing(subscription, "Upgrade", by=by, reason=reason) as now:
        require_state(subscription, Status.ACTIVE, to_do="it cannot be upgraded")
        _refuse_plan(subscription, plan)
        if plan.rank <= subscription.plan.rank:
            raise RuleBroken(f"{plan} is not above {subscription.plan}. Change to it when the period ends.")
        agreed = quote(subscription, plan, now)
        if agreed.due_minor != shown_due_minor:
            raise RuleBroken(f"The amounts have changed since they were shown. Now: {agreed}")
        begin_period(subscription, plan, now, is_anchor=True, owes=agreed.due_minor)
    return agreed


def change_plan_at_period_end(subscription: Subscription, plan: Plan, *, by: Any, reason: str = "") -> ScheduledChange:
    """Goes on with another plan, usually a lower one, once the running period has ended."""
    with changing(subscription, "Change the plan at the end of the period", by=by, reason=reason):
        require_state(subscription, Status.ACTIVE, to_do="its plan cannot be changed")
        _refuse_plan(subscription, plan)
        return schedule(
            subscription, ChangeKind.CHANGE_PLAN, subscription.period_ends_at, plan=plan, by=by, reason=reason
        )


def cancel_at_period_end(subscription: Subscription, *, by: Any, reason: str) -> ScheduledChange:
    """Lets it run until the period ends, and not longer."""
    reason = require_reason(reason)
    with changing(subscription, "Cancel at the end of the period", by=by, reason=reason):
        require_state(subscription, Status.ACTIVE, to_do="it cannot be cancelled for the end of the period")
        enter_status(subscription, Status.CANCELLED)
        return schedule(subscription, ChangeKind.CANCEL, subscription.period_ends_at, by=by, reason=reason)


def take_back(change: ScheduledChange, *, by: Any, reason: str = "") -> ScheduledChange:
    """Lets what somebody scheduled not happen; the period then ends as if it had never been asked for."""
    subscription = change.subscription
    with changing(subscription, f"Take back: {change.get_kind_display().lower()}", by=by, reason=reason) as now:
        change.refresh_from_db()
        if change.kind not in TAKEN_BACK:
            raise RuleBroken("This follows from the state of the subscription. Change that instead.")
        if change.state not in (ChangeState.OPEN, ChangeState.HELD):
            raise RuleBroken(f"This change is {change.get_state_display().lower()} and cannot be taken back.")
        if change.state == ChangeState.HELD:
            raise RuleBroken("The subscription is paused. Resume it first, then take the change back.")
        if change.effective_at <= now:
            raise RuleBroken("This change is due and happens in a moment, so it cannot be taken back any more.")
        withdraw(change, "Taken back.")
        if change.kind == ChangeKind.CANCEL:
            enter_status(subscription, Status.ACTIVE)
        if change.kind != ChangeKind.RESUME:
            schedule_end_of_period(subscription)
    return change


def _refuse_plan(subscription: Subscription, plan: Plan) -> None:
    if plan.pk == subscription.plan_id:
        raise RuleBroken(f"This subscription is on {plan} already.")
    if not plan.is_offered:
        raise RuleBroken(f"{plan} is not offered any more. Choose another plan.")
    if plan.currency != subscription.currency:
        raise RuleBroken(f"{plan} is paid in {plan.currency}, this subscription in {subscription.currency}.")
