"""Giving money back: with a reason, and above a sum only when a second person agrees."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.records.rules import RuleBroken
from apps.subscriptions.models import Payment, RefundRequest
from apps.subscriptions.money import in_words, to_minor
from apps.subscriptions.services.changing import holding, require_reason
from apps.subscriptions.services.paying import enter, require_left
from apps.subscriptions.states import RefundState


def alone_minor() -> int:
    """What one person may give back of one payment without anybody else."""
    return to_minor(settings.SUBSCRIPTION_REFUND_ALONE)


def needs_second_person(payment: Payment, amount_minor: int, left: int) -> bool:
    """Counted with what was given back of it before, so that nobody splits a sum."""
    return payment.amount_minor - left + amount_minor > alone_minor()


def refund_payment(payment: Payment, amount_minor: int, *, reference: str, by: Any, reason: str) -> Payment:
    """Enters a refund. Raises `RuleBroken` above the sum one person may decide on."""
    reason = require_reason(reason)
    with holding(payment.subscription, "Refund", by=by, reason=reason):
        left = _require_amount(payment, amount_minor)
        if needs_second_person(payment, amount_minor, left):
            sum_alone = in_words(alone_minor(), payment.currency)
            raise RuleBroken(f"More than {sum_alone} of one payment needs a second person. Ask for the refund instead.")
        return _enter_refund(payment, amount_minor, reference, by=by, reason=reason)


def ask_for_refund(payment: Payment, amount_minor: int, *, reference: str, by: Any, reason: str) -> RefundRequest:
    """Asks a second person; nothing is given back before one has agreed."""
    reason = require_reason(reason)
    with holding(payment.subscription, "Ask for a refund", by=by, reason=reason):
        _require_amount(payment, amount_minor)
        reference = reference.strip()
        if Payment.objects.filter(provider=payment.provider, reference=reference).exists():
            raise RuleBroken(f"{payment.provider} {reference} stands in the ledger already.")
        request = RefundRequest(
            payment=payment, amount_minor=amount_minor, reference=reference, reason=reason, asked_by=by
        )
        request.clean_fields()
        try:
            with transaction.atomic():
                request.save()
        except IntegrityError:
            raise RuleBroken("A refund of this payment waits for an answer already.") from None
    return request


def approve_refund(request: RefundRequest, *, by: Any, reason: str = "") -> Payment:
    """Gives the money back as it was asked for. Raises `RuleBroken` for whoever asked."""
    payment = request.payment
    with holding(payment.subscription, "Approve a refund", by=by, reason=reason or request.reason):
        _decide(request, RefundState.APPROVED, by=by)
        _require_amount(payment, request.amount_minor)
        return _enter_refund(
            payment, request.amount_minor, request.reference, by=request.asked_by, reason=request.reason, approved_by=by
        )


def decline_refund(request: RefundRequest, *, by: Any, reason: str) -> RefundRequest:
    """Nothing is given back."""
    reason = require_reason(reason)
    with holding(request.payment.subscription, "Decline a refund", by=by, reason=reason):
        _decide(request, RefundState.DECLINED, by=by)
    return request


def _decide(request: RefundRequest, state: str, *, by: Any) -> None:
    request.refresh_from_db()
    if request.state != RefundState.OPEN:
        raise RuleBroken(f"This refund was {request.get_state_display().lower()} by {request.decided_by} already.")
    if request.asked_by_id == by.pk:
        raise RuleBroken("You asked for this refund, so somebody else decides on it.")
    request.state, request.decided_by, request.decided_at = state, by, timezone.now()
    request.save()


def _require_amount(payment: Payment, amount_minor: int) -> int:
    left = require_left(payment)
    if not 0 < amount_minor <= left:
        raise RuleBroken(f"At most {in_words(left, payment.currency)} of {payment} can be given back.")
    return left


def _enter_refund(
    payment: Payment, amount_minor: int, reference: str, *, by: Any, reason: str, approved_by: Any = None
) -> Payment:
    return enter(
        Payment(
            subscription=payment.subscription,
            kind=Payment.Kind.REFUND,
            provider=payment.provider,
            reference=reference,
            method=payment.method,
            amount_minor=-amount_minor,
            currency=payment.currency,
            months=payment.months_left(timezone.now()),
            against=payment,
            reason=reason,
            recorded_by=by,
            approved_by=approved_by,
        )
    )
