"""References of a chunk: one query for each model, inside what the person may reach."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import EmailField, F, IntegerField, Model, Q, QuerySet
from django.db.models.functions import Lower

from apps.records.keys import fold_key
from apps.records.policy import scope
from imports.codes import RowCode
from imports.planner.new_records import NewRecords
from imports.provisional import is_provisional
from imports.types.base import CLEAR, Draft, ImportKind, Reference


def resolve_references(
    kind: ImportKind,
    references: Sequence[Reference],
    drafts: Sequence[Draft],
    user: Any,
    new: NewRecords | None = None,
) -> None:
    """Fills the ids of the drafts. What is out of reach is missing, in the same words and by the same queries.

    `new` are the records that earlier tables of the same file make.
    """
    for reference in references:
        asked = [draft for draft in drafts if draft.given.get(reference.name, CLEAR) is not CLEAR]
        keys = {draft.number: key for draft in asked if (key := _key(kind, reference, draft)) is not None}
        if not keys:
            continue
        found = _find(kind, reference, set(keys.values()), user)
        in_file = {draft.key for draft in drafts} if reference.model is kind.model else set()
        missing = [
            draft
            for draft in asked
            if draft.number in keys and not _lead(reference, draft, found, keys[draft.number], in_file)
        ]
        for draft in new.resolve(reference, missing, user) if new is not None else missing:
            _refuse(reference, draft, is_archived=False)
        if reference.also:
            _refuse_without_right(reference, asked, user)


def _lead(
    reference: Reference,
    draft: Draft,
    found: Mapping[tuple[Any, ...], tuple[int, bool]],
    key: tuple[Any, ...],
    in_file: Collection[tuple[Any, ...]],
) -> bool:
    """Gives the draft the id of what its reference leads to; whether there is anything."""
    pk, is_archived = found.get(key, (None, False))
    if is_archived:
        _refuse(reference, draft, is_archived=True)
    elif pk is not None or key in in_file:
        draft.ids[reference.name] = pk
    else:
        return False
    return True


def _key(kind: ImportKind, reference: Reference, draft: Draft) -> tuple[Any, ...] | None:
    """The parts of the key: the id where a part is a reference resolved before, the folded text otherwise."""
    parts: list[Any] = []
    for name in reference.columns:
        if _is_resolved_before(kind, reference, name):
            part: Any = draft.ids.get(name)
        else:
            given = draft.given.get(name)
            part = None if given is None or given is CLEAR else fold_key(given)
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _is_resolved_before(kind: ImportKind, reference: Reference, name: str) -> bool:
    column = kind.column(name)
    return name != reference.name and isinstance(column, Reference) and column.by == ("code",)


def _find(
    kind: ImportKind, reference: Reference, keys: set[tuple[Any, ...]], user: Any
) -> dict[tuple[Any, ...], tuple[int, bool]]:
    records: QuerySet[Any] = reachable(user, reference)
    paths: list[str] = []
    for at, (path, name) in enumerate(zip(reference.by, reference.columns, strict=True)):
        if _is_resolved_before(kind, reference, name):
            paths.append(f"{path.rpartition('__')[0]}_id")
        else:
            paths.append(f"key_{at}")
            records = records.annotate(**{f"key_{at}": folded(reference.model, path)})
        records = records.filter(**{f"{paths[-1]}__among": {key[at] for key in keys if not is_provisional(key[at])}})
    archived = ["archived_at"] if _is_archivable(reference.model) else []
    return {
        tuple(row[1 : 1 + len(paths)]): (row[0], bool(archived) and row[-1] is not None)
        for row in records.order_by().values_list("pk", *paths, *archived)
    }


def reachable(user: Any, reference: Reference) -> QuerySet[Any]:
    """What this person may refer to; themselves always."""
    records = scope(user, reference.verb, reference.model)
    if reference.model is type(user):
        records = records | reference.model._base_manager.filter(pk=user.pk)
    return records.filter(reference.only or Q())


def folded(model: type[Model], path: str) -> Any:
    """The expression in which a key is compared; addresses are stored in lower case, numbers have no case."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return F(path) if isinstance(field, EmailField | IntegerField) else Lower(path)


def allowed_besides(user: Any, reference: Reference, ids: set[int]) -> set[int]:
    """Those of these records to which the person also has the second right."""
    if not reference.also or user.is_superuser:
        return ids
    return set(scope(user, reference.also, reference.model).filter(pk__among=ids).values_list("pk", flat=True))


def _refuse_without_right(reference: Reference, drafts: Sequence[Draft], user: Any) -> None:
    ids = {pk for draft in drafts if (pk := draft.ids.get(reference.name)) is not None and not is_provisional(pk)}
    allowed = allowed_besides(user, reference, ids)
    for draft in drafts:
        if draft.ids.get(reference.name) in ids - allowed:
            text = f"You may not do this in this {reference.model._meta.verbose_name}."
            draft.fault(RowCode.R_DENIED, text, reference, draft.given[reference.name])


def _is_archivable(model: type[Model]) -> bool:
    return any(field.name == "archived_at" for field in model._meta.local_fields)


def _refuse(reference: Reference, draft: Draft, *, is_archived: bool) -> None:
    value = draft.given[reference.name]
    noun = reference.model._meta.verbose_name
    if is_archived:
        draft.fault(RowCode.R_RULE, f"The {noun} “{value}” is archived. Restore it first.", reference, value)
    else:
        draft.fault(RowCode.R_FK_MISSING, f"No {noun} “{value}” was found. {reference.hint}".strip(), reference, value)
    draft.spoiled.add(reference.name)
