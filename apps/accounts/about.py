"""Which records are about a person: what a timeline follows, what is handed over to them, what an erasure blanks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

SELF = "pk"


@dataclass(frozen=True, kw_only=True)
class Personal:
    """The rows of one model that are about a person, which `path` leads to.

    `blanks` names the fields an erasure empties, in the rows and in their history, with what stands there afterwards
    (a function is given the person's key). `secret` fields are never handed over. With `goes` the rows are deleted.
    """

    model: type[Model]
    path: str = "user"
    title: str = ""
    blanks: Mapping[str, Any] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    goes: bool = False

    @property
    def heading(self) -> str:
        return self.title or str(self.model._meta.verbose_name_plural)

    @property
    def has_history(self) -> bool:
        return hasattr(self.model, "history")

    def rows_of(self, person: Any) -> QuerySet[Any]:
        return self.model._base_manager.filter(**{self.path: person.pk})

    def history_of(self, person: Any) -> QuerySet[Any]:
        """Every version of these rows; also of those that are gone, where the row itself names the person."""
        history: Any = self.model.history.model  # type: ignore[attr-defined]
        path = self.model._meta.pk.attname if self.path == SELF else self.path
        rows: QuerySet[Any] = history.objects.filter(**{path: person.pk})
        return rows


_personal: list[Personal] = []

left_out: dict[str, str] = {}
"""Links to a person (`app.model.field`) that are not about them, each with the reason; the file handed over says so."""


@cache
def whole(word: str) -> re.Pattern[str]:
    """Finds a name or an address, and not where it is a part of somebody else's."""
    return re.compile(rf"(?<![\w.+-]){re.escape(word)}(?![-\w]|\.\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Identity:
    """Who somebody was, and the words that stand in their place."""

    email: str
    name: str
    new_email: str
    new_name: str

    @property
    def words(self) -> list[tuple[str, str]]:
        """What is looked for in texts, and what takes its place; a single short name would hit too much."""
        pairs = [(self.email, self.new_email)]
        return [*pairs, (self.name, self.new_name)] if " " in self.name else pairs

    def replaced(self, value: Any) -> Any:
        """The value without the address and the name, whatever it is made of."""
        if isinstance(value, str):
            for word, other in self.words:
                value = whole(word).sub(other, value)
            return value
        if isinstance(value, list):
            return [self.replaced(one) for one in value]
        if isinstance(value, dict):
            return {self.replaced(key): self.replaced(one) for key, one in value.items()}
        return value


erase_elsewhere: list[Callable[[Any, Identity], int]] = []
"""Filled by upper apps: what else names somebody, to be replaced; each says how many rows it changed."""

erasure_refusals: list[Callable[[Any], str]] = []
"""Filled by upper apps: a sentence why somebody cannot be erased yet, or ""."""

hand_over: list[Callable[[Any, Any], None]] = []
"""Filled from above: starts the job that writes everything held about a person into a file for whoever asked."""


def about_people(*rows: Personal) -> None:
    """Called by each app's `personal.py`."""
    _personal.extend(rows)


def personal_rows() -> list[Personal]:
    """All of them, in the order of the apps."""
    order = {model: number for number, model in enumerate(apps.get_models())}
    return sorted(_personal, key=lambda one: order[one.model])


ERASED_DOMAIN = "erased.invalid"


def erased_email(key: int) -> str:
    """An address that can never be somebody's: the domain is reserved."""
    return f"erased-{key}@{ERASED_DOMAIN}"


def erased_name(key: int) -> str:
    return f"Erased person {key}"


def is_erased(person: Any) -> bool:
    return str(person.email).endswith(f"@{ERASED_DOMAIN}")
