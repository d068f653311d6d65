"""Ids as large as a busy platform has them, so that a thousands separator in an address or a form shows itself."""

from django.db import connection, models


def continue_ids_from(model: type[models.Model], last: int) -> None:
    """The next row of this model gets an id above `last`."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key, last])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
