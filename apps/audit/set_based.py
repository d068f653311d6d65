"""History of many records in one statement, copied by the database from the records themselves."""

from collections.abc import Collection
from typing import Any

from django.db import connection, models
from django.utils import timezone

from apps.audit import recording


def record_history(
    model: type[models.Model], ids: Collection[int], history_type: str, *, reason: str = ""
) -> dict[int, int]:
    """Writes one history row for each of these records as they stand; answers with its id for each record.

    Their reason is that of the change set, unless they have one of their own.
    Call it after creating or changing the records, and before deleting them. Raises `LookupError` without a change set.
    """
    if not ids:
        return {}
    change_set = recording.current_change_set()
    if change_set is None:
        raise LookupError("Bulk history needs an open change set.")
    history: Any = model.history.model  # type: ignore[attr-defined]
    names = [tracked_field.column for tracked_field in history.tracked_fields]
    facts = {
        "history_date": timezone.now(),
        "history_change_reason": reason or change_set.reason or None,
        "history_type": history_type,
        "history_user_id": change_set.actor_id,
        "change_set_id": change_set.pk,
    }
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in [*names, *facts])
    copied = ", ".join(quote(name) for name in names)
    given = [history._meta.get_field(name).get_db_prep_save(value, connection) for name, value in facts.items()]
    marks = ", ".join(
        f"%s::{history._meta.get_field(name).db_type(connection)}" if connection.vendor == "postgresql" else "%s"
        for name in facts
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(history._meta.db_table)} ({columns}) SELECT {copied}, {marks} "  # noqa: S608 - our names
            f"FROM {quote(model._meta.db_table)} WHERE {quote(str(model._meta.pk.column))} {among()} "
            f"ORDER BY {quote(str(model._meta.pk.column))} RETURNING id, history_id",
            [*given, id_list(ids)],
        )
        written = dict(cursor.fetchall())
    recording.count(model._meta.label_lower, history_type, len(written))
    return written


def among() -> str:
    """The end of a condition that a column is one of the ids in a parameter made by `id_list`."""
    return "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"


def id_list(ids: Collection[int]) -> Any:
    return list(ids) if connection.vendor == "postgresql" else "[" + ",".join(map(str, ids)) + "]"
