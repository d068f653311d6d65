"""The indexes that make a search quick at any size, kept by the database itself, so that nothing can be out of date.

PostgreSQL has an index of trigrams over each field; SQLite a table of trigrams beside the model's, filled by triggers.
They are looked after behind each migration, since SQLite drops triggers whenever a migration makes a table anew.
"""

import logging
from typing import Any

from django.db import connections, transaction
from django.db.utils import Error

from backoffice.search.kinds import indexed

logger = logging.getLogger(__name__)


def make_indexes(using: str = "default", **kwargs: Any) -> None:  # noqa: ARG001
    """Makes what is missing; models whose table does not exist yet, in the middle of migrations, are passed over."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    make = _make_postgresql if connection.vendor == "postgresql" else _make_sqlite
    if connection.vendor == "postgresql" and not _may_have_trigrams(connection):
        return
    with connection.cursor() as cursor:
        for model, fields in indexed():
            if model._meta.db_table in existing:
                columns = [str(model._meta.get_field(name).column) for name in fields]  # type: ignore[union-attr]
                make(cursor, model._meta.db_table, columns, existing)


def text_table(table: str) -> str:
    """SQLite's table of trigrams beside a model's table; its row ids are the model's keys."""
    return f"search_{table}"


def has_trigrams(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return bool(cursor.fetchone())


def _may_have_trigrams(connection: Any) -> bool:
    """Whether the extension is there or could be made; without it searches are slow and forgive no slip."""
    try:
        if not has_trigrams(connection):
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION pg_trgm")
    except Error as error:
        logger.warning("PostgreSQL has no pg_trgm, and it could not be made: searches are slow. %s", error)
        return False
    return True


def _make_postgresql(cursor: Any, table: str, columns: list[str], existing: set[str]) -> None:  # noqa: ARG001
    for column in columns:
        cursor.execute(
            f'CREATE INDEX IF NOT EXISTS "search_{table}_{column}" ON "{table}" '
            f'USING gin (upper("{column}"::text) gin_trgm_ops)'
        )


def _make_sqlite(cursor: Any, table: str, columns: list[str], existing: set[str]) -> None:
    """FTS5 keeps no words of its own: a trigger tells it what a row said before when that is to be forgotten."""
    index, names = text_table(table), ", ".join(f'"{column}"' for column in columns)
    new, old = (", ".join(f'{row}."{column}"' for column in columns) for row in ("NEW", "OLD"))
    put_in = f'INSERT INTO "{index}" (rowid, {names}) VALUES (NEW."id", {new});'  # noqa: S608 - names of ours
    take_out = f'INSERT INTO "{index}" ("{index}", rowid, {names}) VALUES (\'delete\', OLD."id", {old});'  # noqa: S608
    if index not in existing:
        kept = f'content="{table}", content_rowid="id", tokenize="trigram"'
        cursor.execute(f'CREATE VIRTUAL TABLE "{index}" USING fts5({names}, {kept})')
        cursor.execute(f'INSERT INTO "{index}" ("{index}") VALUES (\'rebuild\')')  # noqa: S608
    events = {"insert": put_in, "delete": take_out, f"update of {names}": take_out + put_in}
    for event, deed in events.items():
        name = f"{index}_{event.partition(' ')[0]}"
        cursor.execute(f'CREATE TRIGGER IF NOT EXISTS "{name}" AFTER {event} ON "{table}" BEGIN {deed} END')
