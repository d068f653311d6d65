"""How often the public page is answered to one address."""

import ipaddress
from datetime import timedelta

from allauth.core.internal.ratelimit import Rate, parse_rates
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from apps.certificates.models import FailedLookup


def asks_too_often(address: str) -> bool:
    """Counts this question in the cache of the process, in windows of the length of the rate."""
    rate, key = rate_of(settings.VERIFY_LIMIT), f"verify:{address}"
    if cache.add(key, 1, timeout=rate.duration):
        return False
    try:
        return bool(cache.incr(key) > rate.amount)
    except ValueError:  # the window ended between the two
        return False


def failed_too_often(failures: int) -> bool:
    """What was asked in vain is how somebody looks for numbers: it is counted in the database, for every process."""
    return bool(failures >= rate_of(settings.VERIFY_FAILED_LIMIT).amount)


def failures_count_for() -> timedelta:
    return timedelta(seconds=rate_of(settings.VERIFY_FAILED_LIMIT).duration)


def note_failed_lookup(address: str) -> None:
    FailedLookup.objects.create(address=address)


def forget_failed_lookups() -> int:
    """Deletes those that count no more, and says how many."""
    return FailedLookup.objects.filter(occurred_at__lt=timezone.now() - failures_count_for()).delete()[0]


def place_of(request: HttpRequest) -> str:
    """Where somebody asks from: of the newer addresses the network, since one household has as many as it likes."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def rate_of(words: str) -> Rate:
    rate: Rate = parse_rates(words)[0]
    return rate
