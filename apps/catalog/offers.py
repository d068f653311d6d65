"""What the page of a refusal offers: to ask for what was refused, or to see the request that waits."""

from dataclasses import dataclass

from django.db import Error
from django.http import HttpRequest
from django.urls import reverse

from apps.catalog.deciders import people_to_ask
from apps.catalog.models import AccessRequest
from apps.catalog.refusals import Refused, refused_in
from apps.catalog.services.requests import address_of, waiting_request
from apps.records.policy import Policy


@dataclass(frozen=True)
class Offer:
    """`whom` is who would be asked, in words. With `waiting` it was asked before."""

    refused: Refused
    whom: str
    token: str
    waiting: AccessRequest | None
    waiting_address: str


def offer_after(request: HttpRequest) -> Offer | None:
    """Nothing for people who do not work in the console, nor while somebody looks at it as somebody else.

    Nor without a database: the page of a refusal is shown all the same.
    """
    try:
        if not request.path.startswith(reverse("admin:index")) or not is_themselves_at_work(request):
            return None
        if (refusal := refused_in(request)) is None:
            return None
        waiting = waiting_request(refusal, request.user)
        whom, _ = people_to_ask(refusal.course, refusal.right, requester=request.user, most=1)
        return Offer(
            refusal, whom, refusal.token(request.user), waiting, address_of(waiting) if waiting is not None else ""
        )
    except Error:
        return None


def is_themselves_at_work(request: HttpRequest) -> bool:
    real = getattr(request, "real_user", request.user)
    return Policy.is_staff_at_work(request.user) and bool(real.pk == request.user.pk)
