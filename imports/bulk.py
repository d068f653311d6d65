"""Many rows in one statement, on PostgreSQL and on SQLite: ids taken beforehand, rows copied in, rows changed.

These write tables directly. Whoever calls them writes the history of tracked models in the same transaction.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django.db import connection
from django.db.models import Field, ForeignObject, Lookup, Model
from django.db.models.fields.json import JSONField

Row = Sequence[Any]
SIMPLE = (str, int, type(None))


def take_ids(model: type[Model], number: int) -> list[int]:
    """Ids nobody else will get. On SQLite they are safe within the transaction, which has the only writer."""
    if not number:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [quoted(table), model._meta.pk.column, number],
            )
            return [pk for (pk,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return list(range(last + 1, last + 1 + number))


def insert_rows(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows of database-ready values in the order of these fields (see `preparers`)."""
    columns = ", ".join(quoted(column_of(model, name)) for name in names)
    table = quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
            cursor.executemany(statement, rows)  # type: ignore[arg-type]


def update_rows(
    model: type[Model], names: Sequence[str], rows: Sequence[Row], *, only_if: tuple[str, Any] | None = None
) -> int:
    """Each row is an id and, for each field, whether to write it and the value. Answers with how many were written.

    `only_if` names a field and the value it must have for a row to be written.
    """
    if not rows or not names:
        return 0
    table, pk = quoted(model._meta.db_table), quoted(column_of(model, model._meta.pk.name))
    columns = [quoted(column_of(model, name)) for name in names]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [str(model._meta.get_field(name).db_type(connection)) for name in names]
            _update_staged(cursor, table, pk, dict(zip(columns, types, strict=True)), rows, only_if)
        else:
            writes = ", ".join(f"{column} = CASE WHEN %s THEN %s ELSE {column} END" for column in columns)
            condition = f" AND {quoted(only_if[0])} = %s" if only_if else ""
            last = (only_if[1],) if only_if else ()
            cursor.executemany(
                f"UPDATE {table} SET {writes} WHERE {pk} = %s{condition}",  # noqa: S608 - our own names
                [(*row[1:], row[0], *last) for row in rows],
            )
        return int(cursor.rowcount)


def _update_staged(
    cursor: Any, table: str, pk: str, types: Mapping[str, str], rows: Sequence[Row], only_if: tuple[str, Any] | None
) -> None:
    casts = ", ".join(f"%s::boolean[], %s::{kind}[]" for kind in types.values())
    staged = ", ".join(f"w{at}, v{at}" for at in range(len(types)))
    writes = ", ".join(
        f"{column} = CASE WHEN s.w{at} THEN s.v{at} ELSE t.{column} END" for at, column in enumerate(types)
    )
    condition = f" AND t.{quoted(only_if[0])} = %s" if only_if else ""
    cursor.execute(
        f"UPDATE {table} AS t SET {writes} FROM unnest(%s::bigint[], {casts}) AS s(id, {staged}) "  # noqa: S608
        f"WHERE t.{pk} = s.id{condition}",
        [*(list(column) for column in zip(*rows, strict=True)), *([only_if[1]] if only_if else [])],
    )


def preparers(model: type[Model], names: Sequence[str]) -> list[Callable[[Any], Any]]:
    """For each field the function that makes its Python or JSON value ready for the database."""
    return [_preparer(cast("Field[Any, Any]", model._meta.get_field(name))) for name in names]


def _preparer(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return lambda value: None if value is None else json_text(value)

    def prepare(value: Any) -> Any:
        if value is None or type(value) is bool:
            return value
        prepared = field.get_db_prep_save(field.to_python(value), connection)
        return str(prepared) if prepared.__class__ not in SIMPLE else prepared

    plain = field.get_internal_type() in {
        "CharField",
        "TextField",
        "SlugField",
        "EmailField",
        "URLField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "IntegerField",
        "BooleanField",
        "ForeignKey",
        "BigAutoField",
        "FileField",
    }
    return _as_is if plain else prepare


def _as_is(value: Any) -> Any:
    return value


def json_text(value: Any) -> str:
    """JSON with days, moments and amounts as the text their fields read back."""
    return ENCODER.encode(value)


def _plain(value: Any) -> Any:
    return (
        value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple | set) else str(value)
    )


ENCODER = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`path__among=[…]`: like `in`, with all values in one parameter, however many they are."""

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*parameters, json_text(self.rhs)]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*parameters, self.rhs]


def column_of(model: type[Model], name: str) -> str:
    return str(cast("Field[Any, Any]", model._meta.get_field(name)).column)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
