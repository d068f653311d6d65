"""What an address may ask a list for: what its filters offer, and nothing along any other path."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts.models import User

pytestmark = pytest.mark.django_db

SCREENS = sorted(admin.site._registry, key=lambda model: model._meta.label)
GUESSES = ("startswith", "contains", "regex", "iexact", "gt")
SECRET = ("password", "session_key", "token", "sha256")
NAUGHTY = ("'\"\\[(*", "\N{SNOWMAN}" * 50, "1e400", "9" * 40, "-1")


def paths(model: type[Model], depth: int = 3, before: str = "") -> Iterator[str]:
    """Every path of at most this many steps, over relations in both directions, hidden and local fields included."""
    for field in model._meta.get_fields(include_hidden=True):
        name = f"{before}{field.name}"
        yield name
        if depth > 1 and isinstance(field.related_model, type) and issubclass(field.related_model, Model):
            yield from paths(field.related_model, depth - 1, f"{name}__")


def listing(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label)
def test_no_path_lets_a_text_be_guessed_letter_by_letter(
    model: type[Model], administrator: User, rf: RequestFactory
) -> None:
    screen: Any = admin.site._registry[model]
    request = rf.get(listing(model))
    request.user = administrator

    allowed = {
        f"{path}__{guess}"
        for path in set(paths(model))
        for guess in GUESSES
        if screen.lookup_allowed(f"{path}__{guess}", "a", request)
    }

    texts = {lookup for lookup in allowed if not lookup.endswith("__gt")}
    assert texts == set()
    assert {lookup for lookup in allowed if any(name in lookup for name in SECRET)} == set()


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label)
def test_a_list_refuses_to_be_asked_along_any_path(model: type[Model], as_administrator: Client) -> None:
    names = sorted(set(paths(model, depth=1)))

    statuses = {name: as_administrator.get(listing(model), {f"{name}__startswith": "a"}).status_code for name in names}

    assert [name for name, status in statuses.items() if status not in (302, 400)] == []


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label)
def test_orders_pages_and_searches_of_any_kind_are_answered_without_a_fault_of_ours(
    model: type[Model], as_administrator: Client
) -> None:
    asked = [{name: word} for name in ("o", "p", "q", "all", "archived") for word in NAUGHTY]

    statuses = {str(query): as_administrator.get(listing(model), query).status_code for query in asked}

    assert [query for query, status in statuses.items() if status not in (200, 302, 400)] == []


def test_somebody_who_is_not_signed_in_may_look_up_nothing(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()

    assert not [model for model in SCREENS if admin.site._registry[model].has_view_permission(request)]
