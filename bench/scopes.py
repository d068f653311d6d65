"""How long the lists take for people who may see all, much or little: through every middleware, templates included."""

import time
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from apps.accounts.models import User
from bench.measuring import Queries
from bench.scopes_data import PEOPLE, email_of

LISTS = {"lessons": "catalog/lesson", "enrollments": "enrollments/enrollment", "reviews": "reviews/review"}
FILTERS = {"lessons": "?type__exact=quiz", "enrollments": "?status__exact=completed", "reviews": "?state=approved"}
SEARCHES = {"lessons": "?q=Lesson+77", "enrollments": "?q=C-1001", "reviews": "?q=C-1001"}
TEMPLATES = Path(django.__file__).parent / "contrib" / "admin" / "templates"
EMPTY = "/admin/catalog/resource/"
PLAIN = {
    "ALLOWED_HOSTS": ["testserver"],
    "MFA_REQUIRED": False,
    "SECURE_SSL_REDIRECT": False,
    "SESSION_COOKIE_SECURE": False,
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


def run(rounds: int) -> dict[str, Any]:
    """Milliseconds of each page for each person, of an empty list, and of the lists others would write."""
    with override_settings(**PLAIN):
        clients = {name: signed_in(name) for name in PEOPLE}
        found: dict[str, Any] = {
            name: {
                page: measured(clients, address, rounds if page != "search" else 1)
                for page, address in pages_of(name).items()
            }
            for name in LISTS
        }
        found["empty"] = measured({PEOPLE[0]: clients[PEOPLE[0]]}, EMPTY, rounds)
        with as_others_would():
            for kind, name in (("stock", PEOPLE[0]), ("guardian", PEOPLE[1])):
                found[kind] = {
                    listed: measured({name: clients[name]}, f"/{kind}/{place}/", rounds)[name]
                    for listed, place in LISTS.items()
                }
    return found


def pages_of(name: str) -> dict[str, str]:
    asked = {
        "first page": "",
        "filtered": FILTERS[name],
        "page 400": "?p=400",
        "page 5,000": "?p=5000",
        "search": SEARCHES[name],
    }
    return {page: f"/admin/{LISTS[name]}/{query}" for page, query in asked.items()}


def as_others_would() -> AbstractContextManager[Any]:
    """Django's templates before those of the console, and the addresses of the rivals."""
    templates = [{**settings.TEMPLATES[0], "DIRS": [TEMPLATES]}]
    return override_settings(ROOT_URLCONF="bench.scopes_rivals", TEMPLATES=templates)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email_of(name)))
    return client


def measured(clients: dict[str, Client], address: str, rounds: int) -> dict[str, Any]:
    """Everybody asks in turn, so that whatever else the machine does falls on all alike; the first is not kept."""
    seconds: dict[str, list[float]] = {name: [] for name in clients}
    queries: dict[str, int] = {}
    for _ in range(rounds + 1):
        for name, client in clients.items():
            counting = Queries()
            with connection.execute_wrapper(counting):
                started = time.perf_counter()
                answer = client.get(address)
                seconds[name].append(time.perf_counter() - started)
            if answer.status_code == 200:
                queries[name] = counting.number
    return {
        name: {"ms": median(times[1:]) * 1000, "queries": queries[name]}
        for name, times in seconds.items()
        if name in queries
    }
