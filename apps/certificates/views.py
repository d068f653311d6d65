"""The public page that says whether a certificate counts: no more than that, to anybody, and not too often."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.certificates.models import Certificate
from apps.certificates.numbers import key_of
from apps.certificates.queries import certificate_for_anybody, number_of_failures
from apps.certificates.states import CertificateState
from apps.certificates.throttle import (
    asks_too_often,
    failed_too_often,
    failures_count_for,
    note_failed_lookup,
    place_of,
)

UNKNOWN = "unknown"
TITLES = {
    CertificateState.VALID: "This certificate is valid",
    CertificateState.EXPIRED: "This certificate has expired",
    CertificateState.REPLACED: "This certificate was replaced",
    CertificateState.REVOKED: "This certificate was revoked",
    UNKNOWN: "No certificate has this number",
}

DAYS = ("completed_on", "issued_on", "valid_until", "revoked_on")


class TooOften(Exception):
    """This address has asked too often to be answered now."""


@require_safe
def ask_number(request: HttpRequest) -> HttpResponse:
    """Where a number is typed; the address of the answer can be kept and sent."""
    typed = request.GET.get("number", "").strip().replace("\0", "")
    if key_of(typed):
        return HttpResponseRedirect(reverse("verify_certificate", args=[key_of(typed)]))
    return not_found_by_machines(render(request, "certificates/verify.html"))


@never_cache
@require_safe
def certificate_page(request: HttpRequest, number: str) -> HttpResponse:
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return certificate_json(request, number)
    try:
        found = looked_up(request, number)
    except TooOften:
        return not_found_by_machines(render(request, "certificates/verify_later.html", status=429))
    facts = public_facts(found)
    days = {name: date.fromisoformat(value) for name, value in facts.items() if value and name in DAYS}
    context = {"facts": facts, "days": days, "title": TITLES[state_of(found)], "state": state_of(found)}
    return not_found_by_machines(
        render(request, "certificates/verify.html", context, status=200 if found is not None else 404)
    )


@never_cache
@require_safe
def certificate_json(request: HttpRequest, number: str) -> HttpResponse:
    """The same for programs."""
    try:
        found = looked_up(request, number)
    except TooOften:
        return not_found_by_machines(JsonResponse({"error": "Asked too often. Wait ten minutes."}, status=429))
    facts = {"state": state_of(found), **public_facts(found)}
    return not_found_by_machines(JsonResponse(facts, status=200 if found is not None else 404))


def looked_up(request: HttpRequest, number: str) -> Certificate | None:
    """The certificate with this number, by one query when there is one. Raises `TooOften`."""
    address, window = place_of(request), failures_count_for()
    if asks_too_often(address):
        raise TooOften
    found: Any = certificate_for_anybody(key_of(number), address, window=window)
    if failed_too_often(found.failures if found else number_of_failures(address, window)):
        raise TooOften
    if found is None or not found.is_genuine:
        note_failed_lookup(address)
        return None
    return found  # type: ignore[no-any-return]


def public_facts(certificate: Certificate | None) -> dict[str, Any]:
    """What anybody may know: whose, of which course, since when and until when. No address, no reason, no key."""
    if certificate is None:
        return {}
    state = certificate.standing()
    facts: dict[str, Any] = {
        "number": certificate.number,
        "name": certificate.public_name,
        "course": certificate.course_title,
        "completed_on": day(certificate.completed_at),
        "issued_on": day(certificate.issued_at),
        "valid_until": day(certificate.valid_until),
    }
    if state == CertificateState.REVOKED:
        facts["revoked_on"] = day(certificate.revoked_at)
    if state == CertificateState.REPLACED and hasattr(certificate, "replacement"):
        facts["replaced_by"] = certificate.replacement.number
    return facts


def state_of(certificate: Certificate | None) -> str:
    return UNKNOWN if certificate is None else certificate.standing()


def day(moment: Any) -> str | None:
    return timezone.localtime(moment).date().isoformat() if moment else None


def not_found_by_machines(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
