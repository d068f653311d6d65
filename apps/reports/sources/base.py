"""A source is a list of the console with the columns a report may show of it, those of related records included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, DateField, DateTimeField, DecimalField, Field, IntegerField, Model
from django.utils.text import capfirst

from apps.records.policy import path_is_masked, policy_for
from apps.records.rules import RuleBroken
from apps.records.writing import Shape

SOURCES: dict[str, "Source"] = {}


@dataclass(frozen=True)
class Col:
    """One column: where its value is, seen from a row of the source, and what people call it.

    Money kept in hundredths says so, and names the column with its `currency`: amounts of two currencies are never
    added up.
    """

    path: str
    label: str = ""
    is_hundredths: bool = False
    currency: str = ""

    @property
    def name(self) -> str:
        return self.path.replace("__", "_")


@dataclass(frozen=True)
class Column:
    """A column of a source with what its field knows."""

    name: str
    path: str
    label: str
    shape: Shape
    choices: dict[Any, str]
    decimals: int = 0
    is_hundredths: bool = False
    currency: str = ""

    @property
    def is_number(self) -> bool:
        return self.shape in (Shape.WHOLE, Shape.NUMBER)

    @property
    def is_date(self) -> bool:
        return self.shape in (Shape.DAY, Shape.MOMENT)


@dataclass(frozen=True)
class Source:
    """The rows of one list. `verb` is what a person must be allowed to do to a row for it to stand in a report."""

    key: str
    title: str
    model: type[Model]
    cols: tuple[Col, ...]
    verb: str = "export"
    first: tuple[str, ...] = field(default=())
    """The columns a new report begins with; all of them where none are named."""

    @cached_property
    def columns(self) -> dict[str, Column]:
        return {col.name: bound(self.model, col) for col in self.cols}

    def is_open_to(self, user: Any) -> bool:
        return policy_for(self.model).may_ever(user, self.verb)

    def columns_for(self, user: Any) -> dict[str, Column]:
        """The columns without those that are masked for this person: to them they do not exist."""
        found = self.columns.items()
        return {name: column for name, column in found if not path_is_masked(user, self.model, column.path)}


def register_sources(*sources: Source) -> None:
    for source in sources:
        SOURCES.setdefault(source.key, source)


def source_for(key: str, user: Any) -> Source:
    """Raises `RuleBroken` for one that does not exist, in the words of one that is closed to the person."""
    source = SOURCES.get(key)
    if source is None or not source.is_open_to(user):
        raise RuleBroken("There is no such list that you may report on.")
    return source


def source_of(model: type[Model]) -> Source | None:
    return next((source for source in SOURCES.values() if source.model is model), None)


def open_sources(user: Any) -> Iterator[Source]:
    return (source for source in SOURCES.values() if source.is_open_to(user))


def bound(model: type[Model], col: Col) -> Column:
    found = field_at(model, col.path)
    label = col.label or capfirst(str(found.verbose_name))
    if col.is_hundredths:
        return Column(col.name, col.path, label, Shape.NUMBER, {}, 2, is_hundredths=True, currency=col.currency)
    decimals = found.decimal_places if isinstance(found, DecimalField) else 0
    choices = {key: str(words) for key, words in found.flatchoices or ()}
    return Column(col.name, col.path, label, shape_of(found), choices, decimals, currency=col.currency)


def field_at(model: type[Model], path: str) -> "Field[Any, Any]":
    at: Any = model
    *before, last = path.split("__")
    for step in before:
        at = at._meta.get_field(step).related_model
    found = at._meta.get_field(last)
    if not isinstance(found, Field):
        raise FieldDoesNotExist(f"{path} of {model._meta.label} is no column.")
    return found


SHAPES: tuple[tuple[Any, Shape], ...] = (
    (BooleanField, Shape.YES_NO),
    (DateTimeField, Shape.MOMENT),
    (DateField, Shape.DAY),
    (DecimalField, Shape.NUMBER),
    (IntegerField, Shape.WHOLE),
)


def shape_of(found: "Field[Any, Any]") -> Shape:
    if found.flatchoices:
        return Shape.WORD
    return next((shape for kind, shape in SHAPES if isinstance(found, kind)), Shape.TEXT)
