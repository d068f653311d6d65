"""Exports made in the background: kept for a day under a name nobody can guess, for the one who asked."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.records.policy import policy_for
from imports.exporter.dataset import visible_columns
from imports.models import ExportRecord
from imports.types import EXPORTED

FOLDER = "exports"
KEPT_FOR = timedelta(days=1)


def keep_export(file: IO[bytes], fmt: str) -> str:
    """The name it is kept under."""
    file.seek(0)
    return default_storage.save(f"{FOLDER}/{token_hex(16)}.{fmt}", File(file))


def may_fetch(record: ExportRecord, user: Any) -> bool:
    """Whether the file is still there and the person who asked for it may still see what is in it."""
    kind = EXPORTED.get(record.kind)
    if kind is None or not record.file or record.requester_id != user.pk or record.exported_at < oldest_kept():
        return False
    if not policy_for(kind.model).may_ever(user, "export"):
        return False
    visible = {column.name for column in visible_columns(kind, user)}
    return visible.issuperset(record.columns) and default_storage.exists(record.file)


def oldest_kept() -> Any:
    return timezone.now() - KEPT_FOR


def delete_old_exports() -> int:
    """Deletes the files that are past their day, those of exports that were never completed among them."""
    deleted = 0
    for name in _kept_names():
        if default_storage.get_modified_time(name) < oldest_kept():
            default_storage.delete(name)
            deleted += 1
    return deleted


def _kept_names() -> Iterator[str]:
    if default_storage.exists(FOLDER):
        yield from (f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1])
