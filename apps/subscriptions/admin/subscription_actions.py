"""What can be done to a subscription from its page and from the list; each with a reason."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.enums import ActionVariant

from admin_theme.actions import Outcome, console_action, parted
from apps.subscriptions import services
from apps.subscriptions.forms import (
    ExtendForm,
    FailedForm,
    PauseForm,
    PaymentForm,
    PlanForm,
    ReactivateForm,
    UpgradeForm,
)
from apps.subscriptions.looks import day
from apps.subscriptions.models import Subscription
from apps.subscriptions.money import in_words, to_minor
from apps.subscriptions.states import SubscriptionStatus

Status = SubscriptionStatus
MANAGED: dict[str, Any] = {"verb": "manage", "ask_reason": True}


def is_in(*statuses: str) -> Callable[[Subscription], bool]:
    return lambda subscription: subscription.status in statuses


class SubscriptionActions:
    """The actions of `SubscriptionAdmin`; each is one service."""

    @console_action(
        "Activate",
        **MANAGED,
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        confirm="Its first period begins now, although it is not paid yet.",
        done="activated",
        fits=is_in(Status.PENDING),
    )
    def activate(self, request: HttpRequest, subscription: Subscription, reason: str) -> str:
        services.activate_subscription(subscription, by=request.user, reason=reason)
        return f"{subscription} is active."

    @console_action(
        "Upgrade now",
        **MANAGED,
        icon="upgrade",
        form=UpgradeForm,
        confirm="A new period begins today. Unused days of the running one are credited as shown.",
        fits=is_in(Status.ACTIVE),
    )
    def upgrade(self, request: HttpRequest, subscription: Subscription, reason: str, data: dict[str, Any]) -> str:
        shown = data["quote"]
        agreed = services.upgrade_subscription(
            subscription, shown.plan, by=request.user, shown_due_minor=shown.due_minor, reason=reason
        )
        return f"{subscription} from today. {agreed}"

    @console_action(
        "Change plan at period end",
        **MANAGED,
        icon="event_repeat",
        form=PlanForm,
        confirm="The running period stays as it is; the new plan begins when it ends. Take back undoes it until then.",
        fits=is_in(Status.ACTIVE),
    )
    def change_plan(self, request: HttpRequest, subscription: Subscription, reason: str, data: dict[str, Any]) -> str:
        change = services.change_plan_at_period_end(subscription, data["plan"], by=request.user, reason=reason)
        return f"{subscription.subscriber_name} changes to {change.plan} on {day(change.effective_at)}."

    @console_action(
        "Cancel at period end",
        verb="cancel",
        ask_reason=True,
        icon="event_busy",
        confirm="It runs until the period ends and is not renewed. Take back undoes it until then.",
        done="cancelled for the end of their periods",
        fits=is_in(Status.ACTIVE),
    )
    def cancel(self, request: HttpRequest, subscription: Subscription, reason: str) -> str:
        change = services.cancel_at_period_end(subscription, by=request.user, reason=reason)
        return f"{subscription} ends on {day(change.effective_at)}."

    @console_action(
        "End now",
        verb="cancel",
        ask_reason=True,
        icon="block",
        confirm="What the plan opens is closed at once; what was learned is kept. Nothing is refunded by this.",
        done="ended",
        fits=is_in(Status.PENDING, Status.ACTIVE, Status.PAUSED, Status.PAST_DUE, Status.CANCELLED),
    )
    def end(self, request: HttpRequest, subscription: Subscription, reason: str) -> str:
        services.end_subscription(subscription, by=request.user, reason=reason)
        return f"{subscription} has ended."

    @console_action(
        "Pause",
        **MANAGED,
        icon="pause",
        form=PauseForm,
        confirm="What the plan opens is closed for now; the days that are left are kept. Resume lets them run on.",
        done="paused",
        fits=is_in(Status.ACTIVE),
    )
    def pause(self, request: HttpRequest, subscription: Subscription, reason: str, data: dict[str, Any]) -> str:
        services.pause_subscription(subscription, by=request.user, reason=reason, resumes_at=data["resumes_at"])
        return f"{subscription} is paused."

    @console_action(
        "Resume",
        **MANAGED,
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        confirm="The period goes on and ends as much later as the pause was long.",
        done="resumed",
        fits=is_in(Status.PAUSED),
    )
    def resume(self, request: HttpRequest, subscription: Subscription, reason: str) -> str:
        services.resume_subscription(subscription, by=request.user, reason=reason)
        return f"{subscription} is active again."

    @console_action(
        "Extend",
        **MANAGED,
        icon="more_time",
        form=ExtendForm,
        confirm="The running period, and what was scheduled for its end, moves by that many days.",
        done="extended",
        in_bulk="extend_all",
        fits=is_in(Status.ACTIVE, Status.CANCELLED),
    )
    def extend(self, request: HttpRequest, subscription: Subscription, reason: str, data: dict[str, Any]) -> str:
        services.extend_subscription(subscription, data["days"], by=request.user, reason=reason)
        return f"The period of {subscription} now ends on {day(subscription.period_ends_at)}."

    def extend_all(self, request: HttpRequest, chosen: QuerySet[Any], reason: str, data: dict[str, Any]) -> Outcome:
        theirs, forbidden = parted(request, "manage", chosen)
        ids = [subscription.pk for subscription in theirs]
        done, refused = services.extend_many(ids, data["days"], by=request.user, reason=reason)
        return Outcome(done, [*refused, *forbidden])

    @console_action(
        "Reactivate",
        **MANAGED,
        icon="restart_alt",
        variant=ActionVariant.PRIMARY,
        form=ReactivateForm,
        confirm="A new period begins now, at the price of today.",
        fits=is_in(Status.EXPIRED),
    )
    def reactivate(self, request: HttpRequest, subscription: Subscription, reason: str, data: dict[str, Any]) -> str:
        services.reactivate_subscription(
            subscription, data["plan"], by=request.user, reason=reason, is_auto_renew=data["is_auto_renew"]
        )
        return f"{subscription} is active again."

    @console_action("Record a payment", verb="record", icon="payments", form=PaymentForm)
    def record_payment(
        self,
        request: HttpRequest,
        subscription: Subscription,
        reason: str,  # noqa: ARG002
        data: dict[str, Any],
    ) -> str:
        minor = to_minor(data.pop("amount"))
        services.record_payment(subscription, minor, by=request.user, **data)
        return f"{in_words(minor, subscription.currency)} entered. {subscription} is {words(subscription)}."

    @console_action(
        "Record a failed payment",
        verb="record",
        icon="money_off",
        form=FailedForm,
        confirm="What is active becomes past due: it runs on until the grace ends, and ends then unless it is paid.",
        fits=is_in(Status.ACTIVE, Status.PAST_DUE, Status.PENDING, Status.CANCELLED),
    )
    def record_failed(
        self,
        request: HttpRequest,
        subscription: Subscription,
        reason: str,  # noqa: ARG002
        data: dict[str, Any],
    ) -> str:
        services.record_failed_payment(subscription, by=request.user, **data)
        return f"The failed payment is entered. {subscription} is {words(subscription)}."


def words(subscription: Subscription) -> str:
    return SubscriptionStatus(subscription.status).label.lower()
