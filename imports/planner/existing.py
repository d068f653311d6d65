"""What the rows of a chunk are about: the records there are, as they are now, found by their natural keys."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max, QuerySet

from apps.records.policy import scope
from imports.codes import RowCode
from imports.models import ImportRow
from imports.planner.references import folded
from imports.provisional import is_provisional
from imports.types.base import Draft, ImportKind, Reference
from imports.types.columns import Names

Key = tuple[Any, ...]


class Finder:
    """Finds the existing records of one plan, chunk by chunk, in a number of queries that does not depend on rows."""

    def __init__(self, kind: ImportKind, columns: frozenset[str], user: Any) -> None:
        self.kind = kind
        self.user = user
        self.model = kind.model
        self.columns = [column for column in kind.columns if column.name in columns and not isinstance(column, Names)]
        self.archive = kind.archive_column.name if kind.archive_column is not None else ""
        self.is_archivable = any(field.name == "archived_at" for field in self.model._meta.local_fields)
        ids = [column.attname for column in self.columns if isinstance(column, Reference) and column.attname]
        archived = ["archived_at"] if self.is_archivable else []
        self.paths = list(
            dict.fromkeys([*(column.path for column in self.columns), *ids, *archived, *kind.facts(columns)])
        )
        self.annotations = {name: it for name, it in kind.annotations().items() if name in self.paths}
        made_up = kind.made_up_code or kind.made_up_key
        self.made_up = kind.key_columns.index(made_up) if made_up else None

    def find(self, drafts: Sequence[Draft]) -> None:
        """Gives every draft whose record exists its id, its version and what the record holds now."""
        keyed = {draft.number: key for draft in drafts if (key := self._key(draft)) is not None}
        found = self._load(set(keyed.values())) if keyed else {}
        found_by_title = self._load_by_title(drafts)
        reachable = self._reachable([row[0] for row in (*found.values(), *found_by_title.values())])
        versions = self._versions(reachable)
        for draft in drafts:
            row = found.get(keyed[draft.number]) if draft.number in keyed else found_by_title.get(draft.number)
            if row is not None:
                self._give(draft, row, reachable, versions)

    def _give(self, draft: Draft, row: Key, reachable: set[int], versions: dict[int, int]) -> None:
        current = dict(zip(self.paths, row[-len(self.paths) :], strict=True))
        key = self.kind.column(self.kind.key_columns[-1])
        if row[0] not in reachable:
            draft.fault(RowCode.R_RULE, "This code cannot be used.", key, draft.given.get(key.name, ""))
        elif current.get("archived_at") is not None and self.archive and draft.given.get(self.archive) is True:
            draft.outcome = ImportRow.Outcome.UNCHANGED
            draft.pk, draft.current = row[0], current
            return
        elif current.get("archived_at") is not None and self.is_archivable:
            noun = self.model._meta.verbose_name
            text = f"This code belongs to an archived {noun}. Restore it first, or choose another code."
            draft.fault(RowCode.R_RULE, text, key, draft.given.get(key.name, ""))
        else:
            draft.pk, draft.version = row[0], versions.get(row[0])
            draft.current = current
            return
        draft.pk = 0

    def _key(self, draft: Draft) -> Key | None:
        """The parts of the identity: ids of references, folded texts of codes; None while one is not known, and where
        the record would lie below one that is not there yet."""
        parts: list[Any] = []
        for column in self.kind.identity:
            part: Any
            if isinstance(column, Reference):
                part = draft.ids.get(column.name)
                part = None if is_provisional(part) else part
            else:
                part = column.key_from(draft.key[self.kind.key_columns.index(column.name)])
            if part is None:
                return None
            parts.append(part)
        return tuple(parts)

    def _load(self, keys: set[Key]) -> dict[Key, Key]:
        records: QuerySet[Any] = self.model._base_manager.all()
        paths: list[str] = []
        for at, column in enumerate(self.kind.identity):
            if isinstance(column, Reference):
                paths.append(column.attname)
            else:
                paths.append(f"key_{at}")
                records = records.annotate(**{paths[-1]: folded(self.model, column.path)})
            records = records.filter(**{f"{paths[-1]}__among": {key[at] for key in keys}})
        return {tuple(row[1 : 1 + len(paths)]): row for row in self._rows(records, paths)}

    def _rows(self, records: QuerySet[Any], paths: Sequence[str]) -> Any:
        return records.annotate(**self.annotations).order_by().values_list("pk", *paths, *self.paths)

    def _load_by_title(self, drafts: Sequence[Draft]) -> dict[int, Key]:
        """Rows whose code is left to us are the record of the same parent and title, so that a file can come twice."""
        if self.made_up is None:
            return {}
        parent = self.kind.column(self.kind.code_within)
        label = self.kind.label_column
        coded = {
            (draft.ids[parent.name], draft.given[label]): draft
            for draft in drafts
            if draft.key and not draft.key[self.made_up] and (draft.ids.get(parent.name) or 0) > 0
            if label in draft.given
        }
        if not coded:
            return {}
        records = self.model._base_manager.filter(
            **{f"{parent.attname}__in": {pk for pk, _ in coded}, f"{label}__in": {text for _, text in coded}}
        )
        if self.is_archivable:
            records = records.filter(archived_at=None)
        found: dict[int, list[Key]] = {}
        for row in self._rows(records, [parent.attname, label]):
            if (draft := coded.get((row[1], row[2]))) is not None:
                found.setdefault(draft.number, []).append(row)
        return {number: rows[0] for number, rows in found.items() if len(rows) == 1}

    def _reachable(self, ids: list[int]) -> set[int]:
        if not ids or self.user.is_superuser:
            return set(ids)
        return set(scope(self.user, "import", self.model).filter(pk__among=ids).values_list("pk", flat=True))

    def _versions(self, ids: set[int]) -> dict[int, int]:
        return latest_versions(self.model, ids)


def latest_versions(model: Any, ids: set[int], *, but: int | None = None) -> dict[int, int]:
    """The newest history id of each of these records that has any, those of the change set `but` left out."""
    if not ids:
        return {}
    rows = model.history.model.objects.filter(id__among=ids).order_by()
    if but is not None:
        rows = rows.exclude(change_set=but)
    return dict(rows.values_list("id").annotate(newest=Max("history_id")))
