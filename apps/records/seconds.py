"""Moments as numbers, which both databases add up exactly and hand over quickly."""

from typing import Any

from django.db.models import BigIntegerField, Func


class Seconds(Func):
    """A moment as whole seconds since 1970 (UTC); what is less than a second is left out."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint", **extra)
