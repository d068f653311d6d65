"""How many rows several lists have, asked in one query: the figures beside tabs stand on every page of a record."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def counted_at_once(lists: Sequence[QuerySet[Any]]) -> list[int]:
    """The number of rows of each, in their order."""
    asked: dict[int, tuple[str, tuple[Any, ...]]] = {}
    for place, rows in enumerate(lists):
        try:
            asked[place] = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
    if not asked:
        return [0] * len(lists)
    counts = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS list_{place})" for place, (sql, _) in asked.items())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [param for _, params in asked.values() for param in params])
        found = dict(zip(asked, cursor.fetchone(), strict=True))
    return [found.get(place, 0) for place in range(len(lists))]
