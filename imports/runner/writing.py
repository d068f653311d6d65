"""Writing a chunk: records, their history and the state of its rows, all in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from apps.audit.set_based import record_history
from imports.bulk import insert_rows, preparers, take_ids, update_rows
from imports.models import ImportRow
from imports.runner.rows import PlannedRow
from imports.types.archiving import archive_along
from imports.types.base import ImportKind, Written

ROW_FIELDS = ("state", "object_id", "version_written")


class RowsTaken(Exception):
    """Another process has applied rows of this chunk; nothing of it is kept here."""


class Writer:
    """Writes the chunks of one import."""

    def __init__(self, kind: ImportKind, user: Any) -> None:
        self.kind = kind
        self.model: Any = kind.model
        self.user = user
        fields = [field for field in self.model._meta.local_concrete_fields if not field.primary_key]
        self.names = [field.attname for field in fields]
        self.prepare = dict(zip(self.names, preparers(self.model, self.names), strict=True))
        self.defaults = {field.attname: _default_of(field) for field in fields} | dict(kind.new_values(user))
        self.has_updated_at = "updated_at" in self.prepare

    def write(self, rows: Sequence[PlannedRow]) -> None:
        """Raises `RowsTaken` when a row is not as planned any more; the caller rolls back."""
        new = [row for row in rows if row.is_new]
        changed = [row for row in rows if not row.is_new]
        for row, pk in zip(new, take_ids(self.model, len(new)), strict=True):
            row.object_id = pk
        created = [{**row.values, "id": row.object_id, "extra": row.extra} for row in new]
        updated = [{**row.values, "id": row.object_id, "extra": row.extra} for row in changed]
        self.kind.before_writing(created, updated)
        self._insert(created)
        self._update(updated)
        versions = record_history(self.model, [values["id"] for values in created], "+")
        versions |= record_history(self.model, [values["id"] for values in updated], "~")
        written = [Written(row.object_id or 0, row.is_new, row.values, row.extra) for row in rows]
        self.kind.after_writing(written, self.user)
        archive_along(self.kind, written, self.user)
        self._mark(rows, versions)

    def _insert(self, created: Sequence[Mapping[str, Any]]) -> None:
        if not created:
            return
        now = timezone.now()
        given = set().union(*created)
        makers: list[tuple[str, Callable[[Any], Any] | None, Any]] = []
        for name in self.names:
            default = self.defaults[name]
            value = default(now) if callable(default) else default
            makers.append((name, self.prepare[name] if name in given else None, self.prepare[name](value)))
        insert_rows(
            self.model,
            ["id", *self.names],
            (
                [
                    values["id"],
                    *(
                        prepare(values[name]) if prepare is not None and name in values else default
                        for name, prepare, default in makers
                    ),
                ]
                for values in created
            ),
        )

    def _update(self, updated: Sequence[Mapping[str, Any]]) -> None:
        if not updated:
            return
        names = sorted(set().union(*updated) - {"id", "extra"})
        rows: list[list[Any]] = []
        now = self.prepare["updated_at"](timezone.now()) if self.has_updated_at else None
        for values in updated:
            row: list[Any] = [values["id"]]
            for name in names:
                is_given = name in values
                row += (is_given, self.prepare[name](values[name]) if is_given else None)
            if self.has_updated_at:
                row += (True, now)
            rows.append(row)
        update_rows(self.model, [*names, "updated_at"] if self.has_updated_at else names, rows)

    def _mark(self, rows: Sequence[PlannedRow], versions: Mapping[int, int]) -> None:
        state = str(ImportRow.State.APPLIED)
        marked = update_rows(
            ImportRow,
            ROW_FIELDS,
            [[row.pk, True, state, True, row.object_id, True, versions.get(row.object_id or 0)] for row in rows],
            only_if=("state", str(ImportRow.State.PLANNED)),
        )
        if marked != len(rows):
            raise RowsTaken


def _default_of(field: "models.Field[Any, Any]") -> Any:
    """The default of a field, as a function of the moment where it is one of those that tell it."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) or field.default is timezone.now:
        return lambda now: now
    return field.get_default()
