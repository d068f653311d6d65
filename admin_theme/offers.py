"""What upper apps offer: buttons below lists and beside records, and actions on a selection. The theme knows none."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase


class ListOffer(NamedTuple):
    """A button that posts to an address: the list as it is narrowed now, or the record at hand."""

    label: str
    address: str
    name: str
    value: str


class SelectionOffer(NamedTuple):
    """An action on the chosen rows of any list it fits; whoever offers it asks for the rights itself.

    `only` is the one model it is for, where it is not for all.
    """

    name: str
    label: str
    fits: Callable[[HttpRequest, type[Model]], bool]
    act: Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponseBase | None]
    only: type[Model] | None = None


list_offers: list[Callable[[HttpRequest, type[Model]], Sequence[ListOffer]]] = []
record_offers: list[Callable[[HttpRequest, Any], Sequence[ListOffer]]] = []
selection_offers: list[SelectionOffer] = []


def offers_below(request: HttpRequest, model: type[Model]) -> list[ListOffer]:
    return [offer for offers in list_offers for offer in offers(request, model)]


def offers_beside(request: HttpRequest, record: Model) -> list[ListOffer]:
    return [offer for offers in record_offers for offer in offers(request, record)]


def offers_for_selection(request: HttpRequest, model: type[Model]) -> dict[str, tuple[Any, str, str]]:
    """In the shape of Django's actions."""
    return {
        offer.name: (offer.act, offer.name, offer.label) for offer in selection_offers if offer.fits(request, model)
    }
