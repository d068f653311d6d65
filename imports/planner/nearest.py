"""What somebody probably meant who referred to a record that is not there: those nearest to it within their scope."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from apps.records.keys import fold_key
from apps.records.policy import policy_for, scope
from imports.planner.references import folded, reachable
from imports.types.columns import Reference

MOST_COMPARED = 500
MOST_OFFERED = 3
NEAR = 0.4
NAMES = ("title", "name", "first_name", "last_name")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """One record: what is typed to refer to it, and how it is called."""

    value: str
    name: str


def nearest(reference: Reference, keys: Collection[Key], user: Any) -> dict[Key, list[Offer]]:
    """For each key that was not found, in the order of `reference.columns`, the records that are most like it.

    At most two queries, over records this person may see and refer to; of very many only those that begin alike.
    """
    model: Any = reference.model
    own = reference.columns.index(reference.name)
    names = [name for name in NAMES if name in {field.name for field in model._meta.get_fields()}]
    shown = {reference.own_part, *names}
    if not keys or "__" in reference.own_part or shown & policy_for(model).masked_fields(user):
        return {}
    records = reachable(user, reference)
    if reference.verb != "view":
        records = records.filter(pk__in=scope(user, "view", model).values("pk"))
    if any(field.name == "archived_at" for field in model._meta.local_fields):
        records = records.filter(archived_at=None)
    beside = [at for at in range(len(reference.columns)) if at != own]
    for at in beside:
        records = records.annotate(**{f"key_{at}": folded(model, reference.by[at])})
        records = records.filter(**{f"key_{at}__among": {key[at] for key in keys}})
    paths = [*(f"key_{at}" for at in beside), reference.own_part, *names]
    found = _Candidates(_compared(records, {key[own] for key in keys}, reference.own_part, names, paths), len(beside))
    return {key: found.nearest(tuple(key[at] for at in beside), key[own]) for key in keys}


def _compared(
    records: QuerySet[Any], texts: Collection[str], own: str, names: Sequence[str], paths: Sequence[str]
) -> list[tuple[Any, ...]]:
    rows = list(records.order_by(own).values_list(*paths)[: MOST_COMPARED + 1])
    if len(rows) <= MOST_COMPARED:
        return rows
    alike = Q()
    for text in texts:
        for path in (own, *names):
            alike |= Q(**{f"{path}__istartswith": text[:3]})
    return list(records.filter(alike).order_by(own).values_list(*paths)[:MOST_COMPARED])


class _Candidates:
    """The records that are compared, each by its key and by its name."""

    def __init__(self, rows: Sequence[tuple[Any, ...]], beside: int) -> None:
        self.rows = [
            (
                tuple(fold_key(str(part)) for part in row[:beside]),
                offer := Offer(str(row[beside]), " ".join(str(part) for part in row[beside + 1 :] if part)),
                [_grams(fold_key(offer.value)), _grams(fold_key(offer.name))],
            )
            for row in rows
        ]

    def nearest(self, within: Key, text: str) -> list[Offer]:
        grams = _grams(text)
        scored = sorted(self._scored(within, grams), key=lambda pair: (-pair[0], pair[1].value))
        return [offer for _, offer in scored[:MOST_OFFERED]]

    def _scored(self, within: Key, grams: frozenset[str]) -> Iterator[tuple[float, Offer]]:
        for place, offer, spellings in self.rows:
            if place == within and (score := max(_alikeness(grams, spelling) for spelling in spellings)) >= NEAR:
                yield score, offer


def _grams(text: str) -> frozenset[str]:
    """The pieces of three letters; a beginning counts more because blanks stand before it."""
    padded = f"  {text} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2)) if text else frozenset()


def _alikeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
