"""What other apps show on a person's page: tabs, tables of the person's rows, and what support asks first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from admin_theme.tabs import Tab

people_panels: list[type[Any]] = []
"""Inlines on the person's page, added by upper apps when their screens are registered; each becomes a tab."""

people_tabs: list[Tab] = []
"""Tabs of the person's page that are more than a table; `place` orders them."""


@dataclass(frozen=True)
class Telling:
    """A part of the sentence above the tabs, such as "has access to 4 of 6 courses"; "" says nothing.

    It is asked only for readers who see more than the name, and asks for its own right.
    """

    place: int
    tell: Callable[[HttpRequest, Any], str]


people_tellings: list[Telling] = []


def told_about(request: HttpRequest, person: Any) -> str:
    """What support is asked most, as one sentence."""
    parts = [
        words
        for telling in sorted(people_tellings, key=lambda one: one.place)
        if (words := telling.tell(request, person))
    ]
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
