"""What cannot be done to a subscription: each is refused with a sentence, and nothing has changed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from apps.accounts.models import User
from apps.records.rules import RuleBroken
from apps.subscriptions import services
from apps.subscriptions.models import Plan, Subscription
from apps.subscriptions.states import SubscriptionStatus
from tests.apps.subscriptions.looking import facts
from tests.recipes import subscriptions

Status = SubscriptionStatus
Started = Callable[..., Subscription]
Clock = time_machine.Traveller


REFUSED: dict[str, tuple[str, Callable[[Subscription, User, Plan], object], str]] = {
    "pause": (
        Status.PENDING,
        lambda subscription, by, _plan: services.pause_subscription(subscription, by=by, reason="Abroad."),
        "is pending, so it cannot be paused",
    ),
    "pause without a reason": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.pause_subscription(subscription, by=by, reason=" "),
        "Say why",
    ),
    "pause into the past": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.pause_subscription(
            subscription, by=by, reason="Abroad.", resumes_at=datetime(2026, 3, 1, tzinfo=UTC)
        ),
        "lies in the past",
    ),
    "pause after the period": (
        "over",
        lambda subscription, by, _plan: services.pause_subscription(subscription, by=by, reason="Abroad."),
        "The period has ended",
    ),
    "resume": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.resume_subscription(subscription, by=by),
        "is active, so it cannot be resumed",
    ),
    "cancel without a reason": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.cancel_at_period_end(subscription, by=by, reason=""),
        "Say why",
    ),
    "cancel twice": (
        Status.CANCELLED,
        lambda subscription, by, _plan: services.cancel_at_period_end(subscription, by=by, reason="Again."),
        "ends with the period, so it cannot be cancelled",
    ),
    "end without a reason": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.end_subscription(subscription, by=by, reason=""),
        "Say why",
    ),
    "end twice": (
        Status.EXPIRED,
        lambda subscription, by, _plan: services.end_subscription(subscription, by=by, reason="Again."),
        "is expired already",
    ),
    "activate": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.activate_subscription(subscription, by=by, reason="Paid in cash."),
        "is active, so it cannot be activated",
    ),
    "reactivate": (
        Status.ACTIVE,
        lambda subscription, by, plan: services.reactivate_subscription(subscription, plan, by=by),
        "is active, so it cannot be reactivated",
    ),
    "reactivate in another currency": (
        Status.EXPIRED,
        lambda subscription, by, _plan: services.reactivate_subscription(
            subscription, subscriptions.plan.make(currency="USD"), by=by
        ),
        "Choose a plan in EUR",
    ),
    "upgrade": (
        Status.CANCELLED,
        lambda subscription, by, plan: services.upgrade_subscription(subscription, plan, by=by, shown_due_minor=0),
        "ends with the period, so it cannot be upgraded",
    ),
    "upgrade to the same": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.upgrade_subscription(
            subscription, subscription.plan, by=by, shown_due_minor=0
        ),
        "is on Basic already",
    ),
    "upgrade downwards": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.upgrade_subscription(
            subscription, subscriptions.plan.make(name="Less", tier=Plan.Tier.BASIC, price=10), by=by, shown_due_minor=0
        ),
        "Less is not above Basic",
    ),
    "change to what is not offered": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.change_plan_at_period_end(
            subscription, subscriptions.plan.make(name="Old", is_offered=False), by=by
        ),
        "Old is not offered any more",
    ),
    "change to another currency": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.change_plan_at_period_end(
            subscription, subscriptions.plan.make(name="Dollars", currency="USD"), by=by
        ),
        "Dollars is paid in USD, this subscription in EUR",
    ),
    "change the plan": (
        Status.EXPIRED,
        lambda subscription, by, plan: services.change_plan_at_period_end(subscription, plan, by=by),
        "is expired, so its plan cannot be changed",
    ),
    "take back a renewal": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.take_back(subscription.scheduled_changes.get(), by=by),
        "follows from the state",
    ),
    "take back what is done": (
        Status.EXPIRED,
        lambda subscription, by, _plan: services.take_back(
            subscription.scheduled_changes.create(kind="cancel", state="done", effective_at=datetime.now(UTC)), by=by
        ),
        "This change is done and cannot be taken back",
    ),
    "extend": (
        Status.EXPIRED,
        lambda subscription, by, _plan: services.extend_subscription(subscription, 5, by=by, reason="Sorry."),
        "is expired, so it cannot be extended",
    ),
    "extend by nothing": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.extend_subscription(subscription, 0, by=by, reason="Sorry."),
        "Extend by 1 to 366 days",
    ),
    "extend without a reason": (
        Status.ACTIVE,
        lambda subscription, by, _plan: services.extend_subscription(subscription, 5, by=by, reason=""),
        "Say why",
    ),
    "extend after the period": (
        "over",
        lambda subscription, by, _plan: services.extend_subscription(subscription, 5, by=by, reason="Sorry."),
        "Its period has ended",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused_with_a_sentence_and_changes_nothing(
    case: str, basic: Plan, premium: Plan, started: Started, manager: User, clock: Clock
) -> None:
    status, deed, words = REFUSED[case]
    subscription = started(basic, begins_now=status != Status.PENDING)
    if status == Status.CANCELLED:
        services.cancel_at_period_end(subscription, by=manager, reason="Asked.")
    elif status == Status.EXPIRED:
        services.end_subscription(subscription, by=manager, reason="Asked.")
    elif status == "over":
        clock.move_to(datetime(2026, 5, 1, 9, tzinfo=UTC))
    before = facts(subscription)

    with pytest.raises(RuleBroken, match=words), transaction.atomic():
        deed(Subscription.objects.get(), manager, premium)

    assert facts(subscription) == before
