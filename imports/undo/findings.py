"""What an undo finds: for each record an import has touched, what it was before and whether it may be taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count
from django.utils.text import get_text_list

from apps.audit.models import HistoricalRow
from apps.catalog.models import Course
from apps.records.policy import policy_for, scope
from imports.types.base import ImportKind


@dataclass(slots=True)
class Findings:
    """One chunk of records of one model."""

    created: list[int] = field(default_factory=list)
    """Made by the import: to be deleted."""
    changed: dict[int, int] = field(default_factory=dict)
    """To be set back to this row of their history."""
    deleted: dict[int, int] = field(default_factory=dict)
    """Deleted by the import: to be made again from this row of their history."""
    left: dict[int, str] = field(default_factory=dict)
    """Left alone, and why."""


def examine(model: Any, ids: Sequence[int], change_set_id: int, undo_ids: frozenset[int], user: Any) -> Findings:
    """Looks at these records in a bounded number of queries; what the undo has done before is not in the answer.

    `undo_ids` are the change sets in which this import was, or is being, taken back. `user` must still be allowed to
    import them; None for what follows from other records.
    """
    findings = Findings()
    history: Any = model.history.model
    rows = history.objects.filter(id__among=ids).order_by("id", "history_id")
    facts = rows.values_list("id", "history_id", "history_type", "change_set_id", "history_user_id", "history_date")
    by_record: dict[int, list[Any]] = {}
    for record_id, *fact in facts:
        by_record.setdefault(record_id, []).append(fact)
    moved: dict[int, Any] = {}
    for record_id, versions in by_record.items():
        latest = versions[-1]
        if latest[2] in undo_ids:
            continue
        if latest[2] != change_set_id:
            moved[record_id] = latest
            continue
        _classify(findings, record_id, versions, change_set_id)
    _name_movers(findings, moved)
    if user is not None and not user.is_superuser:
        _keep_reachable(findings, model, user, change_set_id)
    return findings


def _classify(findings: Findings, record_id: int, versions: list[Any], change_set_id: int) -> None:
    first = next(at for at, version in enumerate(versions) if version[2] == change_set_id)
    before = versions[first - 1][0] if first else None
    if versions[-1][1] == "-":
        if before is not None:
            findings.deleted[record_id] = before
    elif versions[first][1] == "+":
        findings.created.append(record_id)
    elif before is None:
        findings.left[record_id] = "Its history does not say what it was before."
    else:
        findings.changed[record_id] = before


def _name_movers(findings: Findings, moved: dict[int, Any]) -> None:
    if not moved:
        return
    people = get_user_model()._base_manager.in_bulk({fact[3] for fact in moved.values() if fact[3]})
    for record_id, (_, kind, _, user_id, at) in moved.items():
        who = f" by {people[user_id]}" if user_id in people else ""
        verb = "deleted" if kind == "-" else "changed"
        findings.left[record_id] = f"It was {verb}{who} on {at:%Y-%m-%d at %H:%M} UTC."


def _keep_reachable(findings: Findings, model: Any, user: Any, change_set_id: int) -> None:
    """What the person may no longer import into is left alone."""
    asked = [*findings.created, *findings.changed]
    reachable = set(scope(user, "import", model).filter(pk__among=asked).values_list("pk", flat=True))
    reachable |= _in_new_courses(model, {*asked} - reachable, change_set_id)
    for record_id in asked:
        if record_id not in reachable:
            findings.left[record_id] = "You may no longer change it."
    findings.created = [pk for pk in findings.created if pk in reachable]
    findings.changed = {pk: version for pk, version in findings.changed.items() if pk in reachable}


def _in_new_courses(model: Any, ids: Collection[int], change_set_id: int) -> set[int]:
    """Those that are, or lie in, courses this import made: the rights of who started them go before they do."""
    policy: Any = policy_for(model)
    path = getattr(policy, "course_path", None)
    if not ids or path is None:
        return set()
    history: Any = Course.history.model
    made = history.objects.filter(change_set_id=change_set_id, history_type="+").values("id")
    rows = model._base_manager.filter(pk__among=ids, **{f"{path or 'pk'}__in": made})
    return set(rows.values_list("pk", flat=True))


def leave_what_stays(kind: ImportKind, findings: Findings, change_sets: Collection[int]) -> None:
    """Records the kind itself leaves alone; `change_sets` are those of the import and its undo."""
    stays = kind.stays(findings.created, change_sets)
    findings.left |= stays
    findings.created = [pk for pk in findings.created if pk not in stays]


def leave_what_is_in_use(
    model: Any,
    findings: Findings,
    *,
    going: Mapping[type[models.Model], models.Q] | None = None,
    besides: Sequence[type[models.Model]] = (),
) -> None:
    """Records made by the import that others point at by now are left, and then those they themselves lie below.

    `going` says of other models which records will be gone by then, or point elsewhere again; `besides` do not count.
    """
    going = going or {}
    relations = [
        (related, relation.field.attname)
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and not relation.many_to_many
        if not issubclass(related := relation.related_model, HistoricalRow) and not related._meta.auto_created
        if related not in besides
    ]
    while findings.created:
        users: dict[int, list[str]] = {}
        for related, name in relations:
            _count_users(model, related, name, findings.created, users, going.get(related))
        if not users:
            return
        for pk, names in users.items():
            findings.left[pk] = f"It is in use by {get_text_list(names, 'and')}."
        findings.created = [pk for pk in findings.created if pk not in users]


def _count_users(
    model: Any, related: Any, name: str, ids: list[int], users: dict[int, list[str]], going: models.Q | None
) -> None:
    rows = related._base_manager.filter(**{f"{name}__among": ids})
    if related is model:
        rows = rows.exclude(pk__among=ids)
    elif going is not None:
        rows = rows.exclude(going)
    for pk, number in rows.order_by().values_list(name).annotate(number=Count("pk")):
        noun = related._meta.verbose_name if number == 1 else related._meta.verbose_name_plural
        users.setdefault(pk, []).append(f"{number:,} {noun}")
