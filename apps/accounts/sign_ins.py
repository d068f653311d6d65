"""The ledger of sign-ins: every attempt is written down, and too many refusals lock the door for a while."""

from datetime import timedelta
from typing import Any

from allauth.core.internal.ratelimit import Rate, parse_rates
from django.conf import settings
from django.db.models import Max, Q
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import LoginEvent, User
from apps.accounts.user_agents import read_user_agent

Outcome = LoginEvent.Outcome
NOBODY = "(a passkey nobody has)"


def record_sign_in(request: HttpRequest, outcome: str, *, email: str, user: User | None = None) -> LoginEvent:
    """One attempt, with where it came from. Control characters of a forged description are left out."""
    text = "".join(letter for letter in request.META.get("HTTP_USER_AGENT", "")[:1000] if letter.isprintable())
    client = read_user_agent(text)
    return LoginEvent.objects.create(
        user=user or User.with_archived.filter(email=email).first(),
        email=email[:254],
        outcome=outcome,
        ip_address=request.META.get("REMOTE_ADDR"),
        user_agent=text,
        device=client.device,
        browser=client.browser,
        os=client.os,
    )


def rates() -> list[Rate]:
    """The limits of `LOGIN_FAILED_LIMIT`, for example 10 a minute from an address and 5 in 5 minutes for a person."""
    limits: list[Rate] = parse_rates(settings.LOGIN_FAILED_LIMIT)
    return limits


def is_locked_out(email: str, ip_address: str | None) -> bool:
    """Whether this address, or whoever tries from this place, was refused too often to try again now.

    The ledger is counted, not a cache: it holds in every process, and a lock a colleague lifted is lifted everywhere.
    """
    return any(
        email != NOBODY and refused_since(rate, email=email)
        if rate.per == "key"
        else refused_since(rate, ip_address=ip_address)
        for rate in rates()
    )


def is_locked(user: User) -> bool:
    return any(refused_since(rate, email=user.email) for rate in rates() if rate.per == "key")


def refused_since(rate: Rate, **who: Any) -> bool:
    since = timezone.now() - timedelta(seconds=rate.duration)
    recent = LoginEvent.objects.filter(occurred_at__gt=since, **who)
    lifted = recent.aggregate(at=Max("occurred_at", filter=Q(outcome=Outcome.UNLOCKED)))["at"] or since
    refused = recent.filter(outcome=Outcome.FAILURE, occurred_at__gt=lifted).order_by()[: rate.amount]
    return refused.count() >= int(rate.amount)
