"""Whose figures may have changed since they were counted last, read from the history of what they are made of.

Every change of a tracked record leaves a row in its history, in the same transaction; the keys of these rows only grow.
But a transaction that took its keys early may end late: reading on from the highest key seen would miss its rows.
PostgreSQL says which transactions are in flight. While any is, the reading goes on from where nothing can be missing,
and moves on once all that were in flight when a key was seen have ended; until then some rows are read twice, which
only counts the same figures again. SQLite has one writer at a time: keys become visible in their order.

What bypasses the history (a statement by hand, a restored table) is found by the nightly check.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Max, Model, QuerySet

from apps.statistics.figures import Kind

Trails = dict[str, list[int | None]]
"""By table: up to which key everything has been read; then a key seen later, and the transaction that has to be over
before that key is safe."""

IN_FLIGHT = """
    SELECT COALESCE((SELECT min(other::text::bigint) FROM pg_snapshot_xip(now) AS other), following), following
    FROM pg_current_snapshot() AS now, LATERAL (SELECT pg_snapshot_xmax(now)::text::bigint AS following) AS next
"""


def in_flight() -> tuple[int, int]:
    """The oldest other transaction that is not over, and the next one to begin; the same when there is none."""
    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(IN_FLIGHT)
        oldest, following = cursor.fetchone()
    return oldest, following


def history_of(model: type[Model]) -> Any:
    return model.history.model  # type: ignore[attr-defined]


def tables_of(kinds: Iterable[Kind]) -> list[type[Model]]:
    """The models whose history is read for these kinds."""
    return list(dict.fromkeys(trail.model for kind in kinds for trail in kind.trails))


def read_on(trails: Trails, kinds: Iterable[Kind]) -> Trails:
    """How far the tables will have been read once what was touched since `trails` is counted.

    Called before anything touched is looked up, so that nothing lies between the two.
    """
    moved: Trails = {}
    tables = tables_of(kinds)
    seen = {model: history_of(model).objects.aggregate(last=Max("history_id"))["last"] or 0 for model in tables}
    oldest, following = in_flight()
    for model, last in seen.items():
        safe, candidate, until = trails.get(model._meta.label_lower, [0, None, None])
        if oldest >= following:
            safe, candidate, until = last, None, None
        elif candidate is None or until is None or oldest >= until:
            safe, candidate, until = candidate if candidate is not None else safe, last, following
        moved[model._meta.label_lower] = [safe, candidate, until]
    return moved


def touched(kind: Kind, trails: Trails) -> set[int]:
    """The subjects of the kind that something was written about after these keys.

    Every version of a touched record counts, so that what moved from one subject to another concerns both.
    """
    found: set[int] = set()
    for trail in kind.trails:
        versions = history_of(trail.model).objects.order_by()
        after = trails.get(trail.model._meta.label_lower, [0])[0]
        records = versions.filter(history_id__gt=after).values("id")
        subjects: QuerySet[Any] = versions.filter(id__in=records).values_list(trail.path, flat=True)
        found.update(subjects.distinct())
    return found - {None}
