"""Exports made in the background: kept for a day under a name nobody can guess, for the one who asked."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.accounts.about import personal_rows
from apps.accounts.models import User
from apps.records.policy import policy_for
from imports.exporter.dataset import visible_columns
from imports.models import ExportRecord
from imports.types import KINDS
from imports.types.composites import COMPOSITES

ARCHIVE = "archive"
FOLDER = "exports"
PERSON_FILE = "personal-data"
KEPT_FOR = timedelta(days=1)


def keep_export(file: IO[bytes], fmt: str) -> str:
    """The name it is kept under."""
    file.seek(0)
    return default_storage.save(f"{FOLDER}/{token_hex(16)}.{fmt}", File(file))


def may_fetch(record: ExportRecord, user: Any) -> bool:
    """Whether the file is still there and the person who asked for it may still see what is in it."""
    if not record.file or record.requester_id != user.pk or record.exported_at < oldest_kept():
        return False
    visible = columns_open_to(user, record.kind)
    return bool(visible) and visible.issuperset(record.columns) and default_storage.exists(record.file)


def columns_open_to(user: Any, key: str) -> set[str]:
    """What this person may take out under this name; nothing at all where they may export nothing of it."""
    if key == PERSON_FILE:
        may = policy_for(User).may_ever(user, "hand_over")
        return {one.model._meta.label_lower for one in personal_rows()} if may else set()
    if key in COMPOSITES:
        kinds = COMPOSITES[key].kinds
        return {f"{kind}.{name}" for kind in kinds for name in {*columns_open_to(user, kind), ARCHIVE}}
    kind = KINDS.get(key)
    if kind is None or not policy_for(kind.model).may_ever(user, "export"):
        return set()
    return {column.name for column in visible_columns(kind, user)}


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
