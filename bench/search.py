"""What the palette takes among a million people: names, pieces of them, numbers, slips, and what nobody is called."""

import time
from statistics import median, quantiles
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.models import Category, Course
from bench.measuring import Queries
from bench.scopes import PLAIN
from bench.scopes_data import fill

FIRST = ("Ada", "Boris", "Carmen", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Irina", "Jonas", "Keiko", "Mei")
LAST = ("Abramov", "Bauer", "Castillo", "Dubois", "Eriksen", "Fontaine", "Grimaldi", "Haddad", "Ivanova", "Jankowski",
        "Kowalska", "Lindqvist", "Mbeki", "Nakamura", "Okafor", "Petrescu", "Quispe", "Schneider")  # fmt: skip
COURSES = 5_000
TIMES = 5
WORDS = {
    "a first name": "keiko",
    "a full name": "mei nakamura",
    "a piece of a name": "jankow",
    "an address": "777777@school",
    "two letters": "ke",
    "a course": "course 4242",
    "a screen": "certificates",
    "a slip": "schnieder",
    "two slips": "kovalska gretta",
    "nobody": "xylophone quartz",
}


def seed(number: int) -> None:
    """So many people under a few hundred names, courses, and somebody of the support."""
    first, last = one_of(FIRST, "n"), one_of(LAST, f"(n / {len(FIRST)})")
    with transaction.atomic():
        fill(User, number, email=f"LOWER({first} || '.' || {last}) || n || '@school' || (n % 97) || '.example.org'",
             first_name=first, last_name=last)  # fmt: skip
        fill(Category, 1, name="'Category'", slug="'category'", path="'/1/'")
        fill(Course, COURSES, code="'C-' || n", slug="'course-' || n", title="'Course ' || n", category_id="1",
             status="'published'")  # fmt: skip
        User.objects.create_superuser("administrator@example.org")
        helper = User.objects.create(email="support@example.org", role=User.Role.STAFF)
        helper.groups.add(Role.objects.get(name="support"))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def one_of(words: tuple[str, ...], number: str) -> str:
    cases = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words))
    return f"CASE {number} % {len(words)} {cases} END"


def run() -> dict[str, Any]:
    """For each person and each kind of words milliseconds of the whole request, its median, and how much was found."""
    with override_settings(**PLAIN):
        return {who: searched(who) for who in ("administrator", "support")}


def searched(who: str) -> dict[str, Any]:
    client = Client()
    client.force_login(User.objects.get(email=f"{who}@example.org"))
    client.get("/admin/")
    found: dict[str, Any] = {}
    everything: list[float] = []
    for kind, words in WORDS.items():
        times, queries = [], Queries()
        for _ in range(TIMES):
            began = time.perf_counter()
            with connection.execute_wrapper(queries):
                answer = client.get("/admin/search/", {"s": words, "extended": "1"})
            times.append(1000 * (time.perf_counter() - began))
        hits = answer.content.decode().count("<li")
        found[kind] = {"ms": median(times), "hits": hits, "queries": queries.number / TIMES}
        everything += times
    return {"words": found, "p95": quantiles(everything, n=20)[-1]}
