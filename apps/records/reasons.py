"""Why somebody may or may not: the facts policies name, which `access explain` and its screen put in order."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format


class Kind(StrEnum):
    """What sort of fact decides. Those up to `RULE` allow, those up to `NOBODY` stand in the way, the last is told."""

    ADMINISTRATOR = "administrator"
    ROLE = "role"
    GRANT = "grant"
    INSTRUCTOR = "instructor"
    OWNER = "owner"
    RULE = "rule"
    ACCOUNT = "account"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    MISSING = "missing"
    NOBODY = "nobody"
    MASKED = "masked"


@dataclass(frozen=True)
class Stop:
    """One thing on the way from the person to the record; `about` (at this tab of its page) is what it links to."""

    text: str
    about: Model | None = None
    tab: str = ""


@dataclass(frozen=True)
class Cure:
    """What would make a yes of it: who can do what, and where."""

    text: str
    about: Model | None = None
    tab: str = ""


@dataclass(frozen=True)
class Reason:
    """One way that allows, or one thing that is missing, in a sentence; `facts` are the rows it rests on."""

    kind: Kind
    text: str
    trail: tuple[Stop, ...] = ()
    cure: Cure | None = None
    facts: tuple[Model, ...] = ()
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ByRole:
    """Every active role with these permissions allows it, on what `reach` says: "all courses", "learners".

    `verb` is the one the roles are asked about where that is not the verb of the question.
    """

    permissions: frozenset[str]
    reach: str
    verb: str = ""


@dataclass(frozen=True)
class Holder:
    """Somebody with exactly these permissions, to see what a policy makes of them."""

    held: frozenset[str]
    is_superuser: bool = False
    pk: int = 0

    def has_perm(self, permission: str) -> bool:
        return permission in self.held


def enough(allows: Callable[[Holder], bool], held: Collection[str]) -> list[frozenset[str]]:
    """The smallest sets among these permissions that each are enough: single ones, or what it takes together."""
    alone = [frozenset({one}) for one in sorted(held) if allows(Holder(frozenset({one})))]
    if alone or not allows(Holder(frozenset(held))):
        return alone
    needed = set(held)
    for one in sorted(held):
        if allows(Holder(frozenset(needed - {one}))):
            needed.discard(one)
    return [frozenset(needed)]


def day_of(moment: datetime) -> str:
    """ "3 March 2026", in the person's time zone."""
    return date_format(timezone.localtime(moment), "j F Y")


def moment_of(moment: datetime) -> str:
    """ "3 March 2026, 14:05 UTC", in the person's time zone."""
    return date_format(timezone.localtime(moment), "j F Y, H:i T")


def listed(words: Collection[Any], last: str = "and") -> str:
    """ "a, b and c"."""
    *before, end = map(str, words)
    return f"{', '.join(before)} {last} {end}" if before else end
