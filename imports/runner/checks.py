"""What must still hold when a plan is applied: nothing moved, nothing is gone, the person still may."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from apps.access.memory import remembering
from apps.records.keys import fold_key
from apps.records.policy import scope
from imports.models import ImportJob
from imports.planner.existing import latest_versions
from imports.planner.references import allowed_besides, folded, reachable
from imports.provisional import is_provisional
from imports.runner.rows import PlannedRow, awaits_parent, chunks_of_leg, legs_of
from imports.types.base import Draft, ImportKind, Reference


@remembering()
def conflicts_of(kind: ImportKind, rows: Sequence[PlannedRow], user: Any, *, but: int | None = None) -> dict[int, str]:
    """Why rows of this chunk can no longer be written, by the row's id; in a bounded number of queries.

    What the change set `but` has written is no reason.
    """
    found: dict[int, str] = {}
    changed = [row for row in rows if not row.is_new]
    new = [row for row in rows if row.is_new]
    ids = {row.object_id for row in changed if row.object_id is not None}
    versions = latest_versions(kind.model, ids, but=but)
    may_change = ids if user.is_superuser or not ids else _ids(scope(user, "import", kind.model).filter(pk__among=ids))
    for row in changed:
        if row.object_id not in may_change:
            found[row.pk] = "You may no longer import this record, or it is gone."
        elif versions.get(row.object_id) != row.version_seen:
            found[row.pk] = "The record was changed after the plan was made. Make the plan again."
    taken = _taken(kind, new)
    ours = _made_by(kind.model, taken.values(), but)
    for row in new:
        if (owner := taken.get(row.pk)) is None:
            continue
        if owner in ours:
            row.is_new, row.object_id = False, owner
        else:
            found[row.pk] = "A record with this key was made after the plan. Make the plan again."
    _check_references(kind, rows, user, found)
    found = {**kind.outdated([row for row in rows if row.pk not in found], user), **found}
    if not user.is_superuser:
        _check_rights(kind, rows, user, found)
    return found


def first_refusal(job: ImportJob, user: Any) -> str:
    """Why this person could not apply this plan as it stands, or nothing. What lies below records the plan itself makes
    follows from the right to make those."""
    for leg in legs_of(job):
        for rows in chunks_of_leg(job, leg):
            known = [row for row in rows if not awaits_parent(row)]
            if found := conflicts_of(leg.part.kind, known, user):
                row = next(row for row in known if row.pk in found)
                return f"{leg.part.place_of(row.number)}: {found[row.pk]}"
    return ""


def _ids(records: QuerySet[Any]) -> set[int]:
    return set(records.values_list("pk", flat=True))


def _made_by(model: Any, ids: Collection[int], change_set: int | None) -> set[int]:
    """Of these records, those that another row of the same import has made: its row then only fills them in."""
    if change_set is None or not ids:
        return set()
    rows = model.history.model.objects.filter(id__among=set(ids), change_set=change_set, history_type="+")
    return set(rows.values_list("id", flat=True))


def _taken(kind: ImportKind, rows: Sequence[PlannedRow]) -> dict[int, int]:
    """The new rows whose key has an owner by now, with that owner."""
    keys: dict[tuple[Any, ...], int] = {}
    for row in rows:
        parts = [row.values.get(column.attname) for column in kind.identity]
        if None not in parts:
            keys[tuple(fold_key(part) if isinstance(part, str) else part for part in parts)] = row.pk
    if not keys:
        return {}
    records: QuerySet[Any] = kind.model._base_manager.order_by()
    paths: list[str] = []
    for at, column in enumerate(kind.identity):
        if isinstance(column, Reference):
            paths.append(column.attname)
        else:
            paths.append(f"key_{at}")
            records = records.annotate(**{paths[-1]: folded(kind.model, column.path)})
        records = records.filter(**{f"{paths[-1]}__among": {key[at] for key in keys}})
    return {keys[tuple(key)]: pk for pk, *key in records.values_list("pk", *paths) if tuple(key) in keys}


def _check_references(kind: ImportKind, rows: Sequence[PlannedRow], user: Any, found: dict[int, str]) -> None:
    for column in kind.columns:
        if not isinstance(column, Reference):
            continue
        wanted = {row.pk: pk for row in rows if (pk := _reference_of(row, column)) is not None}
        if not wanted:
            continue
        there = _ids(reachable(user, column).filter(pk__among=set(wanted.values())).filter(_not_archived(column)))
        there = allowed_besides(user, column, there)
        for row_pk, pk in wanted.items():
            if pk not in there:
                noun = column.model._meta.verbose_name
                found.setdefault(row_pk, f"The {noun} of this row can no longer be used. Make the plan again.")


def _reference_of(row: PlannedRow, column: Reference) -> int | None:
    pk = row.values.get(column.attname) if column.attname else row.extra.get(f"{column.name}_id")
    return pk if isinstance(pk, int) and not is_provisional(pk) else None


def _not_archived(column: Reference) -> Q:
    names = {field.name for field in column.model._meta.local_fields}
    return Q(archived_at=None) if "archived_at" in names else Q()


def _check_rights(kind: ImportKind, rows: Iterable[PlannedRow], user: Any, found: dict[int, str]) -> None:
    """Columns with a right of their own, and new records where not everybody may make them."""
    rows = [row for row in rows if row.pk not in found]
    used = {row.pk: kind.rights_used(row.values, row.extra) for row in rows}
    for right in sorted(set().union(*used.values())) if used else ():
        ids = {row.object_id for row in rows if not row.is_new and right in used[row.pk]}
        allowed = _ids(scope(user, right, kind.model).filter(pk__among=ids)) if ids else set()
        for row in rows:
            if not row.is_new and right in used[row.pk] and row.object_id not in allowed:
                found.setdefault(row.pk, "You may no longer set one of the columns of this row.")
    protected = {column.right: column for column in kind.columns if column.right}
    for row in rows:
        if not row.is_new:
            continue
        draft = Draft(row.number, [], values=row.values, extra=row.extra)
        if refusal := kind.may_create(user, draft):
            found.setdefault(row.pk, refusal)
        elif any(not kind.may_set_on_create(user, protected[right], draft) for right in used[row.pk]):
            found.setdefault(row.pk, "You may no longer set one of the columns of this row.")
