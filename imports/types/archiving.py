"""Archiving by a column of its own: nothing is archived because it is missing from a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.catalog.services.archiving import archive_all
from imports.codes import RowCode
from imports.types.archive_column import Archive
from imports.types.base import Draft, ImportKind, Written


def archive_by_cell(kind: ImportKind, column: Archive, drafts: Sequence[Draft], user: Any) -> None:
    """Says of the rows whose cell is yes that their record is archived now."""
    noun, now = kind.model._meta.verbose_name, timezone.now()
    for draft in drafts:
        if draft.given.get(column.name) is not True:
            continue
        if draft.is_new:
            text = f"There is no such {noun} to be archived yet. Leave the cell blank."
            draft.fault(RowCode.R_RULE, text, column, "yes")
            continue
        draft.values |= {"archived_at": now, "archived_by_id": user.pk}
        draft.extra[column.name] = True
        draft.changes[column.name] = ["", "yes"]


def archive_along(kind: ImportKind, written: Sequence[Written], user: Any) -> None:
    """Takes along what lies below the records just archived, at the same moment."""
    archived = {row.pk: row.values["archived_at"] for row in written if row.values.get("archived_at")}
    for moment in set(archived.values()):
        ids = [pk for pk, at in archived.items() if at == moment]
        for below in kind.below(ids):
            archive_all(below.filter(archived_at=None), at=datetime.fromisoformat(moment), by=user)
