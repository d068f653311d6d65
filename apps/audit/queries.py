"""Reading the audit: an object's versions, and what one change set holds."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse

from apps.audit.differences import FieldChange, describe_changes
from apps.audit.models import ChangeSet
from apps.records.policy import has_policy, policy_for, scope

DONE = {"+": "Created", "~": "Changed", "-": "Deleted"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One history row, ready to show."""

    row: Any
    kind: str
    done: str
    name: str
    url: str
    changes: list[FieldChange]


def versions_of(record: models.Model) -> models.QuerySet[Any]:
    """The history of one record, newest first, with its change sets and their actors."""
    rows: models.QuerySet[Any] = record.history.select_related("change_set__actor").order_by("-history_id")  # type: ignore[attr-defined]
    return rows


def entries(rows: Collection[Any], user: Any) -> list[Entry]:
    """History rows of one model as entries, in their order; masked fields stay masked.

    Records are read with what they belong to: most are named after it.
    """
    if not rows:
        return []
    model = next(iter(rows)).instance_type
    masked = policy_for(model).masked_fields(user) if has_policy(model) else frozenset()
    changes = describe_changes(rows, masked=masked)
    keys = [getattr(row, model._meta.pk.attname) for row in rows]
    present = model._base_manager.select_related().in_bulk(set(keys))
    return [
        Entry(
            row=row,
            kind=str(model._meta.verbose_name),
            done=DONE[row.history_type],
            name=str(present.get(key) or name_in_history(row)),
            url=page_of(present.get(key)),
            changes=changes[row.pk],
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def name_in_history(row: Any) -> str:
    """What a record that is gone was called."""
    for name in ("title", "name", "display_name", "email", "code"):
        if value := getattr(row, name, ""):
            return str(value)
    return f"A {row.instance_type._meta.verbose_name} that is gone"


def page_of(record: models.Model | None) -> str:
    """The console page of a record, or nothing where it has none."""
    if record is None:
        return ""
    try:
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return ""


def rows_in(change_set: ChangeSet, user: Any) -> list[models.QuerySet[Any]]:
    """The history rows of a change set that this person may see, a queryset for each tracked model it touched."""
    querysets = []
    for label in change_set.counts:
        model: Any = apps.get_model(label)
        if not hasattr(model, "history"):  # a session ended, a mail sent: counted, and told elsewhere
            continue
        rows = model.history.filter(change_set=change_set).order_by("history_id")
        if not user.is_superuser:
            visible = scope(user, "view", model) if has_policy(model) else model._base_manager.none()
            rows = rows.filter(**{f"{model._meta.pk.attname}__in": visible.values("pk")})
        querysets.append(rows)
    return querysets


def page_of_entries(change_set: ChangeSet, user: Any, *, start: int, size: int) -> tuple[list[Entry], int]:
    """A page of what a change set did, over all the models it touched, and how many entries there are in all."""
    found: list[Entry] = []
    passed = 0
    for rows in rows_in(change_set, user):
        number = rows.count()
        first = max(0, start - passed)
        if first < number and len(found) < size:
            found += entries(list(rows[first : first + size - len(found)]), user)
        passed += number
    return found, passed


def summary(change_set: ChangeSet) -> str:
    """What a change set did, in numbers: "3 courses created, 1 lesson changed"."""
    parts = []
    for label, counts in change_set.counts.items():
        meta = apps.get_model(label)._meta
        for done, number in counts.items():
            noun = meta.verbose_name if number == 1 else meta.verbose_name_plural
            parts.append(f"{number:,} {noun} {done}")
    return ", ".join(parts)
