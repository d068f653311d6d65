"""From the first period to the last: starting, pausing, resuming, ending and coming back."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.subscriptions.models import Plan, Subscription
from apps.subscriptions.periods import day_of
from apps.subscriptions.queries import change_at_period_end
from apps.subscriptions.services.changing import (
    begin_period,
    changing,
    count_movement,
    end,
    enter_status,
    require_reason,
    require_state,
    schedule,
    schedule_end_of_period,
    withdraw_all,
)
from apps.subscriptions.states import ChangeKind, ChangeState, SubscriptionStatus

Status = SubscriptionStatus


def start_subscription(
    user: Any, plan: Plan, *, by: Any, is_auto_renew: bool = False, begins_now: bool = False, reason: str = ""
) -> Subscription:
    """Takes somebody on. What costs something waits for its first payment, unless it begins now and is paid later."""
    with change_set(by=by, reason=reason, title=f"Start {plan} for {user}"):
        _refuse_unoffered(plan)
        if not user.is_active or user.is_archived:
            raise RuleBroken(f"{user} cannot sign in, so they cannot subscribe. Activate the account first.")
        subscription = Subscription(
            user=user, plan=plan, is_auto_renew=is_auto_renew, price_minor=plan.price_minor, currency=plan.currency
        )
        subscription.due_minor = plan.price_minor
        try:
            with transaction.atomic():
                subscription.save()
        except IntegrityError:
            raise RuleBroken(f"{user} has a subscription already. Change or reactivate that one.") from None
        if begins_now or plan.price_minor == 0:
            now = timezone.now()
            begin(subscription, now)
            count_movement(subscription, now)
            subscription.save()
    return subscription


def begin(subscription: Subscription, at: datetime) -> None:
    """The first period of a pending subscription, without saving, at the price that was promised and is owed."""
    enter_status(subscription, Status.ACTIVE)
    subscription.started_at = at
    begin_period(subscription, subscription.plan, at, is_anchor=True, price_minor=subscription.price_minor, owes=0)


def activate_subscription(subscription: Subscription, *, by: Any, reason: str) -> Subscription:
    """Begins the first period although it is not paid yet."""
    require_reason(reason)
    with changing(subscription, "Activate", by=by, reason=reason) as now:
        require_state(subscription, Status.PENDING, to_do="it cannot be activated")
        begin(subscription, now)
    return subscription


def pause_subscription(
    subscription: Subscription, *, by: Any, reason: str, resumes_at: datetime | None = None
) -> Subscription:
    """Stops the clock of the period: what is left of it, and what was scheduled for its end, waits as well."""
    require_reason(reason)
    with changing(subscription, "Pause", by=by, reason=reason) as now:
        require_state(subscription, Status.ACTIVE, to_do="it cannot be paused")
        if resumes_at is not None and resumes_at <= now:
            raise RuleBroken("The moment at which it resumes lies in the past. Choose a later one or leave it empty.")
        if subscription.period_ends_at is None or subscription.period_ends_at <= now:
            raise RuleBroken("The period has ended, and what is due is done in a moment. Try again then.")
        enter_status(subscription, Status.PAUSED)
        subscription.paused_at = now
        if (change := change_at_period_end(subscription)) is not None:
            change.state = ChangeState.HELD
            change.save()
        if resumes_at is not None:
            schedule(subscription, ChangeKind.RESUME, resumes_at, by=by, reason=reason)
    return subscription


def resume_subscription(subscription: Subscription, *, by: Any, reason: str = "") -> Subscription:
    """Lets the rest of the period run; it ends as much later as the pause was long."""
    with changing(subscription, "Resume", by=by, reason=reason) as now:
        require_state(subscription, Status.PAUSED, to_do="it cannot be resumed")
        withdraw_all(subscription, "Resumed by hand.", ChangeKind.RESUME)
        resume(subscription, now)
    return subscription


def resume(subscription: Subscription, at: datetime) -> None:
    """The same without saving, at this moment."""
    if subscription.paused_at is None or subscription.period_ends_at is None:
        raise RuleBroken("This subscription has no period to go on with.")
    pause = max(at, subscription.paused_at) - subscription.paused_at
    enter_status(subscription, Status.ACTIVE)
    subscription.period_ends_at += pause
    subscription.anchor_day = day_of(subscription.period_ends_at)
    if (change := change_at_period_end(subscription)) is not None:
        change.state, change.effective_at = ChangeState.OPEN, subscription.period_ends_at
        change.save()
    else:
        schedule_end_of_period(subscription)


def end_subscription(subscription: Subscription, *, by: Any, reason: str) -> Subscription:
    """Ends it at once, whatever is left of the period. What was learned is kept."""
    require_reason(reason)
    with changing(subscription, "End", by=by, reason=reason) as now:
        end(subscription, now, "The subscription was ended.")
    return subscription


def reactivate_subscription(
    subscription: Subscription, plan: Plan, *, by: Any, reason: str = "", is_auto_renew: bool | None = None
) -> Subscription:
    """Begins a new period for somebody whose subscription had ended, on this plan, from now on."""
    with changing(subscription, "Reactivate", by=by, reason=reason) as now:
        require_state(subscription, Status.EXPIRED, to_do="it cannot be reactivated")
        _refuse_unoffered(plan)
        if subscription.due_minor and plan.currency != subscription.currency:
            raise RuleBroken(
                f"Its account is kept in {subscription.currency}. Choose a plan in {subscription.currency}."
            )
        if is_auto_renew is not None:
            subscription.is_auto_renew = is_auto_renew
        enter_status(subscription, Status.ACTIVE)
        subscription.ended_at = None
        subscription.started_at = subscription.started_at or now
        begin_period(subscription, plan, now, is_anchor=True, owes=plan.price_minor)
    return subscription


def _refuse_unoffered(plan: Plan) -> None:
    if not plan.is_offered:
        raise RuleBroken(f"{plan} is not offered any more. Choose another plan.")
