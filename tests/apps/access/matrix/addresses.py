"""Every address the project answers, found by asking its resolver."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import Resolver404, URLPattern, get_resolver, resolve

from admin_theme.offers import selection_offers
from imports.exporter.lists import kind_of

METHODS = ("GET", "POST")


def patterns(found: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The whole route of each pattern, and the pattern."""
    for pattern in get_resolver().url_patterns if found is None else found:
        route = before + str(pattern.pattern).removeprefix("^" if before else "")
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from patterns(pattern.url_patterns, route)


def routes() -> set[str]:
    return {route for route, _ in patterns()}


def route_of(address: str) -> str | None:
    """The route that answers this address; None where none does."""
    path = re.sub(r"\{\w+\}", "1", address.partition("?")[0])
    try:
        return resolve(path).route
    except Resolver404:
        return None


def all_actions() -> set[tuple[str, str]]:
    """The list of each screen and the name of each action on a selection, those that upper apps offer among them."""
    found = set()
    for model, screen in admin.site._registry.items():
        place = f"{model._meta.app_label}/{model._meta.model_name}/"
        found |= {(place, name) for name in screen.actions or () if isinstance(name, str)}
        offers = [offer for offer in selection_offers if offer.only in (None, model) and kind_of(model) is not None]
        found |= {(place, offer.name) for offer in offers}
    return found
