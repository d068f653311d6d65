"""For those who look after learners: what is likely to be asked today."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from admin_theme.counting import counted_at_once
from admin_theme.gate import gate, may_here
from apps.accounts.models import LoginEvent
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import ending_within
from apps.subscriptions.models import Payment, Subscription
from apps.subscriptions.states import SubscriptionStatus
from backoffice.dashboard.addresses import end_of, rows_behind
from backoffice.dashboard.look import Look
from backoffice.dashboard.numbers import Number

COUNTED_UP_TO = 1_000
DAYS = 7


def helping(look: Look) -> dict[str, Any] | None:
    """Each counted up to a bound, all by one query."""
    asked = [one for one in questions(look) if may_here(look.request, "view", one[3].model)]
    numbers = counted_at_once([rows for _, _, _, rows in asked], most=COUNTED_UP_TO)
    return {
        "numbers": [
            Number(title, words, said(number), link)
            for (title, words, link, _), number in zip(asked, numbers, strict=True)
        ]
    }


def said(number: int) -> str:
    return f"{number:,}{'+' if number >= COUNTED_UP_TO else ''}"


def questions(look: Look) -> list[tuple[str, str, str, Any]]:
    """Title, words, address and rows of each number."""
    user, span = look.request.user, look.period.span
    since = datetime.combine(span.first, datetime.min.time(), UTC)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        (
            "Access ends within 7 days",
            "Active enrollments whose access ends in the next seven days.",
            rows_behind(look, "enrollments.enrollment", ending=DAYS),
            ending_within(gate.scope(user, "view", Enrollment), DAYS),
        ),
        (
            "Subscriptions past due",
            "A payment is missing; they end when their days of grace are over.",
            rows_behind(look, "subscriptions.subscription", status__exact="past_due"),
            gate.scope(user, "view", Subscription).filter(status=SubscriptionStatus.PAST_DUE),
        ),
        (
            "Failed payments",
            f"Attempts to pay that failed, from {span}.",
            rows_behind(look, "subscriptions.payment", kind__exact="failed", **end_of("paid_at_from", since)),
            gate.scope(user, "view", Payment).filter(kind=Payment.Kind.FAILED, paid_at__gte=since),
        ),
        (
            "Locked out today",
            "Sign-ins refused because of too many wrong passwords, since midnight.",
            rows_behind(look, "accounts.loginevent", outcome__exact="locked", **end_of("occurred_at_from", today)),
            gate.scope(user, "view", LoginEvent).filter(outcome=LoginEvent.Outcome.LOCKED, occurred_at__gte=today),
        ),
    ]
