"""Setting records back from their own history, many in one statement."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from apps.audit.set_based import among, id_list, record_history
from imports.bulk import quoted


def delete_records(model: type[models.Model], ids: Sequence[int]) -> None:
    """Records nothing points at any more; their last state goes into the history first."""
    record_history(model, ids, "-")
    rows = model._base_manager.filter(pk__in=ids)
    rows._raw_delete(rows.db)


def set_back(model: Any, versions: Collection[int], ids: Sequence[int]) -> None:
    """Every tracked field as it stands in these rows of the history."""
    if not ids:
        return
    table, history = quoted(model._meta.db_table), quoted(model.history.model._meta.db_table)
    key = model._meta.pk.column
    columns = [name for name in tracked_columns(model) if name not in {key, "updated_at"}]
    writes = ", ".join(f"{quoted(name)} = h.{quoted(name)}" for name in columns)
    now: list[Any] = []
    if "updated_at" in tracked_columns(model):
        writes += ", updated_at = %s"
        now = [model._meta.get_field("updated_at").get_db_prep_save(timezone.now(), connection)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {writes} FROM {history} AS h "  # noqa: S608 - our own names
            f"WHERE {table}.{quoted(key)} = h.{quoted(key)} AND h.history_id {among()}",
            [*now, id_list(versions)],
        )
    record_history(model, ids, "~")


def make_again(model: Any, versions: Collection[int], ids: Sequence[int]) -> None:
    """Records that were deleted, with the ids they had."""
    if not ids:
        return
    columns = ", ".join(quoted(name) for name in tracked_columns(model))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) SELECT {columns} "  # noqa: S608 - our own names
            f"FROM {quoted(model.history.model._meta.db_table)} WHERE history_id {among()}",
            [id_list(versions)],
        )
    record_history(model, ids, "+")


def tracked_columns(model: Any) -> list[str]:
    return [field.column for field in model.history.model.tracked_fields]
