"""Counts and outcomes as people say them: "1 course", "3,667 courses", "5 cannot be read"."""

from collections.abc import Mapping

from imports.exporter.keeping import PERSON_FILE
from imports.models import ImportRow
from imports.types import KINDS
from imports.types.composites import COMPOSITES

Outcome = ImportRow.Outcome


def noun(kind_key: str, number: int) -> str:
    """What one row of this kind stands for, in the singular or the plural."""
    if kind_key not in KINDS:
        return "row" if number == 1 else "rows"
    meta = KINDS[kind_key].model._meta
    return str(meta.verbose_name if number == 1 else meta.verbose_name_plural)


def kind_title(kind_key: str) -> str:
    """The name of a kind as a heading: "Courses"."""
    if kind_key == PERSON_FILE:
        return "Everything about a person"
    if kind_key in COMPOSITES:
        return COMPOSITES[kind_key].heading
    return KINDS[kind_key].heading if kind_key in KINDS else "Kind not known yet"


def counted(number: int, singular: str, plural: str = "") -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def counted_kind(kind_key: str, number: int) -> str:
    return f"{number:,} {noun(kind_key, number)}"


def open_changes(counts: Mapping[str, int]) -> int:
    """How many rows an apply would write."""
    return sum(int(counts.get(outcome, 0)) for outcome in ImportRow.OPEN_OUTCOMES)


def faulty_rows(counts: Mapping[str, int]) -> int:
    """How many rows stand in the way of all or nothing."""
    return int(counts.get(Outcome.INVALID, 0)) + int(counts.get(Outcome.CONFLICT, 0))
