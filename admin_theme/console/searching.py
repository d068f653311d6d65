"""Searching a list: what stands beside its rows is looked up first, so that no word is compared with a joined row.

A list of a million enrollments has few people whose name holds a word. Their keys find the rows by index; without them
the database would join every enrollment with its learner and its course before it compares anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.utils import get_fields_from_path, lookup_spawns_duplicates
from django.db.models import Model, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

MANY = 1_000
"""So many keys are handed over; more stay a question the database answers in one go."""


def holding(rows: QuerySet[Any], fields: Sequence[str], term: str) -> QuerySet[Any]:
    """The rows in which each word of the term stands in one of the fields, without regard to case."""
    beside: dict[str, list[str]] = defaultdict(list)
    for path in fields:
        relation, _, name = path.rpartition("__")
        beside[relation].append(name)
    for bit in smart_split(term):
        word = unescape_string_literal(bit) if bit.startswith(('"', "'")) and bit[0] == bit[-1] else bit
        rows = rows.filter(_any(_found(rows.model, relation, names, word) for relation, names in beside.items()))
    return rows


def _found(model: type[Model], relation: str, names: Sequence[str], word: str) -> Q:
    holds = _any((f"{name}__icontains", word) for name in names)
    if not relation:
        return holds
    target: Any = get_fields_from_path(model, relation)[-1].related_model
    hits = target._base_manager.filter(holds).order_by().values_list("pk", flat=True)
    found = Q((f"{relation}__in", few_or_asked(hits)))
    if lookup_spawns_duplicates(model._meta, relation):
        return Q(pk__in=model._base_manager.filter(found).values("pk"))
    return found


def few_or_asked(keys: QuerySet[Any, Any]) -> Any:
    """The keys themselves while they are few, otherwise the question for them."""
    few = list(keys[: MANY + 1])
    return few if len(few) <= MANY else keys


def _any(conditions: Iterable[Any]) -> Q:
    return Q.create(list(conditions), connector=Q.OR)
