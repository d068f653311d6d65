"""What came in: payments, attempts that failed, and entries against what was recorded wrongly."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from apps.subscriptions.models import Payment, Subscription
from apps.subscriptions.queries import left_of
from apps.subscriptions.services.changing import changing, enter_status, require_reason, schedule, withdraw_all
from apps.subscriptions.services.lifecycle import begin
from apps.subscriptions.states import ChangeKind, SubscriptionStatus

Status = SubscriptionStatus


def record_payment(
    subscription: Subscription,
    amount_minor: int,
    *,
    provider: str,
    reference: str,
    by: Any,
    currency: str = "",
    method: str = "",
    paid_at: datetime | None = None,
) -> Payment:
    """Enters what was paid. Paid in full, a pending subscription begins and one that is past due runs on."""
    if amount_minor <= 0:
        raise RuleBroken("A payment is more than nothing. Refunds and counter-entries have actions of their own.")
    with changing(subscription, "Record a payment", by=by, reason="") as now:
        refuse_currency(subscription, currency or subscription.currency)
        entry = enter(
            Payment(
                subscription=subscription,
                provider=provider,
                reference=reference,
                method=method.strip(),
                amount_minor=amount_minor,
                currency=subscription.currency,
                paid_at=_not_in_future(paid_at, now),
                months=subscription.plan.period_months,
                recorded_by=by,
            )
        )
        subscription.due_minor -= amount_minor
        if subscription.due_minor <= 0:
            go_on(subscription, now)
    return entry


def go_on(subscription: Subscription, now: datetime) -> None:
    """What follows once nothing is to be paid any more."""
    if subscription.status == Status.PENDING:
        begin(subscription, now)
    elif subscription.status == Status.PAST_DUE:
        withdraw_all(subscription, "Paid.", ChangeKind.END_GRACE)
        enter_status(subscription, Status.ACTIVE)


def record_failed_payment(
    subscription: Subscription,
    *,
    provider: str,
    reference: str,
    by: Any,
    note: str = "",
    method: str = "",
    failed_at: datetime | None = None,
) -> Payment:
    """Enters an attempt that failed. What was active is past due until it is paid, or until the grace ends."""
    with changing(subscription, "Record a failed payment", by=by, reason="") as now:
        at = _not_in_future(failed_at, now)
        entry = enter(
            Payment(
                subscription=subscription,
                kind=Payment.Kind.FAILED,
                provider=provider,
                reference=reference,
                method=method.strip(),
                amount_minor=0,
                currency=subscription.currency,
                paid_at=at,
                reason=note.strip(),
                recorded_by=by,
            )
        )
        if subscription.status == Status.ACTIVE:
            enter_status(subscription, Status.PAST_DUE)
            subscription.grace_ends_at = at + timedelta(days=settings.SUBSCRIPTION_GRACE_DAYS)
            schedule(subscription, ChangeKind.END_GRACE, subscription.grace_ends_at)
    return entry


def correct_payment(payment: Payment, *, by: Any, reason: str) -> Payment:
    """Enters the opposite of what is left of a payment that was recorded wrongly; it is to be paid again."""
    reason = require_reason(reason)
    subscription = payment.subscription
    with changing(subscription, "Counter-entry", by=by, reason=reason):
        left = require_left(payment)
        entry = enter(
            Payment(
                subscription=subscription,
                kind=Payment.Kind.COUNTER,
                provider=payment.provider,
                reference=f"{payment.reference[:90]}/counter",
                method=payment.method,
                amount_minor=-left,
                currency=payment.currency,
                months=payment.months_left(timezone.now()),
                against=payment,
                reason=reason,
                recorded_by=by,
            )
        )
        subscription.due_minor += left if was_counted(payment) else 0
    return entry


def was_counted(payment: Payment) -> bool:
    """Whether it was taken off what is to be paid: what is recorded by hand always is."""
    if counts_towards_due(payment.paid_at, payment.subscription.created_at):
        return True
    brought_in = payment.history.filter(history_type="+", change_set__channel=ChangeSet.Channel.IMPORT)
    return not brought_in.exists()


def counts_towards_due(paid_at: datetime, subscription_made_at: datetime) -> bool:
    """Of what a file brings in: what was paid before a subscription was entered here is in what was owed then."""
    return paid_at >= subscription_made_at


def enter(entry: Payment) -> Payment:
    """Writes one entry of the ledger. Raises `RuleBroken` when the provider's reference stands in it already."""
    entry.provider, entry.reference = entry.provider.strip(), entry.reference.strip()
    entry.clean_fields()
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        raise RuleBroken(f"{entry} stands in the ledger already. Each reference is entered once.") from None
    return entry


def require_left(payment: Payment) -> int:
    """How much of it can be taken back. Raises `RuleBroken` for what is no payment or has been taken back whole."""
    if payment.kind != Payment.Kind.PAYMENT:
        raise RuleBroken(f"{payment} is a {payment.get_kind_display().lower()}; only payments are taken back.")
    left = left_of(payment)
    if left <= 0:
        raise RuleBroken(f"Nothing is left of {payment}: all of it was taken back.")
    return left


def refuse_currency(subscription: Subscription, currency: str) -> None:
    if currency != subscription.currency:
        raise RuleBroken(f"This subscription is paid in {subscription.currency}, not in {currency}.")


def _not_in_future(moment: datetime | None, now: datetime) -> datetime:
    if moment is not None and moment > now:
        raise RuleBroken("This moment lies in the future. Enter what has happened.")
    return moment or timezone.now()
