"""How many rows several lists have, asked in one query: such figures stand on every page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Min, QuerySet, Value


def counted_at_once(lists: Sequence[QuerySet[Any]], *, most: int | None = None) -> list[int]:
    """The number of rows of each, in their order; counted up to `most` where that is given."""
    asked: dict[int, tuple[str, tuple[Any, ...]]] = {}
    for place, rows in enumerate(lists):
        try:
            asked[place] = rows.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
    if not asked:
        return [0] * len(lists)
    counts = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS list_{place})" for place, (sql, _) in asked.items())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [param for _, params in asked.values() for param in params])
        found = dict(zip(asked, cursor.fetchone(), strict=True))
    return [found.get(place, 0) for place in range(len(lists))]


def oldest_at_once(lists: Sequence[tuple[QuerySet[Any], str]]) -> list[tuple[int, datetime | None]]:
    """How many rows each has, and the first of the moments in this field, in their order."""
    parts = [
        rows.order_by()
        .annotate(list_place=Value(place))
        .values("list_place")
        .annotate(list_rows=Count("pk"), list_oldest=Min(path))
        for place, (rows, path) in enumerate(lists)
    ]
    if not parts:
        return []
    whole = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = {row["list_place"]: (row["list_rows"], row["list_oldest"]) for row in whole}
    return [found.get(place, (0, None)) for place in range(len(lists))]
