"""Who is kept away from courses for now: upper apps say it; rights, teaching and publication listen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q, QuerySet

from apps.records.reasons import Reason
from apps.records.rules import RuleBroken


@dataclass(frozen=True)
class KeptAway:
    """`rows` are records with a `user`, each of whom teaches nothing and holds no right on a course; `why` says so."""

    rows: Callable[[], QuerySet[Any]]
    why: Callable[[Any], Reason]


kept_away: list[KeptAway] = []


def is_kept_away(person: Any) -> Q:
    """The condition that this person (a key, or an expression that leads to one) is kept away."""
    found = Q(pk__in=())
    for keeping in kept_away:
        found |= Q(Exists(keeping.rows().order_by().filter(user=person)))
    return found


def why_kept_away(person: Any) -> Reason | None:
    return next((one.why(person) for one in kept_away if one.rows().filter(user=person.pk).exists()), None)


def refuse_kept_away(person: Any) -> None:
    """Raises `RuleBroken` for somebody who may not teach now."""
    if (reason := why_kept_away(person)) is not None:
        raise RuleBroken(reason.text)
