"""What changed between two versions of a record, in words: labels instead of columns, names instead of ids."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import formats, timezone

NOTHING = "—"
MASKED = "•••"
UNINTERESTING = frozenset({"created_at", "updated_at", "archived_by"})
SHOWN_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one record, before and after, as people read it."""

    field: str
    label: str
    before: str
    after: str


def versions_before(rows: Collection[Any]) -> dict[int, Any]:
    """The version before each of these history rows of one model, by history id; two queries."""
    if not rows:
        return {}
    model = type(next(iter(rows)))
    key = model.instance_type._meta.pk.attname
    earlier = (
        model.objects.filter(**{key: OuterRef(key)}, history_id__lt=OuterRef("history_id"))
        .order_by("-history_id")
        .values("history_id")[:1]
    )
    pairs = dict(
        model.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk").annotate(previous=Subquery(earlier))
    )
    found = model.objects.in_bulk([previous for previous in pairs.values() if previous])
    return {pk: found[previous] for pk, previous in pairs.items() if previous}


def describe_changes(rows: Collection[Any], *, masked: Collection[str] = ()) -> dict[int, list[FieldChange]]:
    """For each history row of one model what it changed; a created record lists what it was given."""
    before = versions_before(rows)
    names = Names()
    changed: dict[int, list[tuple[Any, Any, Any]]] = {}
    for row in rows:
        old = before.get(row.pk)
        changed[row.pk] = [
            (field, getattr(old, field.attname, None), getattr(row, field.attname))
            for field in row.tracked_fields
            if field.name not in UNINTERESTING and not field.primary_key and _differs(field, old, row)
        ]
        for field, *values in changed[row.pk]:
            names.want(field, values)
    names.fetch()
    return {
        pk: [
            FieldChange(
                field.name,
                str(field.verbose_name).capitalize(),
                MASKED if field.name in masked else names.show(field, old),
                MASKED if field.name in masked else names.show(field, new),
            )
            for field, old, new in changes
        ]
        for pk, changes in changed.items()
    }


def _differs(field: "models.Field[Any, Any]", old: Any, row: Any) -> bool:
    value = getattr(row, field.attname)
    if old is None or row.history_type == "-":
        return row.history_type != "-" and value not in (None, "", [], {}, False)
    return bool(getattr(old, field.attname) != value)


class Names:
    """The names of the records that ids point at, fetched with one query for each model."""

    def __init__(self) -> None:
        self.wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        self.found: dict[type[models.Model], dict[Any, str]] = {}

    def want(self, field: "models.Field[Any, Any]", values: Iterable[Any]) -> None:
        if field.is_relation and isinstance(field.related_model, type):
            self.wanted[field.related_model].update(value for value in values if value is not None)

    def fetch(self) -> None:
        for model, keys in self.wanted.items():
            records = model._base_manager.select_related().in_bulk(keys)
            self.found[model] = {key: str(record) for key, record in records.items()}

    def show(self, field: "models.Field[Any, Any]", value: Any) -> str:
        """The value as a person reads it."""
        if field.is_relation and value is not None and isinstance(field.related_model, type):
            gone = f"a {field.related_model._meta.verbose_name} that is gone"
            return self.found.get(field.related_model, {}).get(value, gone)
        if field.choices:
            value = dict(field.flatchoices).get(value, value)
        return show_value(value)


def show_value(value: Any) -> str:
    """A plain value as people read it; a long text is cut."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return formats.number_format(value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
