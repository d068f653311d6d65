"""Who may do less from now on: upper apps look after what they leave behind."""

from collections.abc import Callable
from typing import Any

looked_after: list[Callable[[Any], None]] = []
"""Filled by upper apps: each is told of somebody who was kept out, given another part or had a role taken away, and
finds out whether anything of theirs needs somebody else."""


def look_after(person: Any) -> None:
    for look in looked_after:
        look(person)
