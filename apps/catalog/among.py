"""The condition that a key is among those a query finds, in the shape that is fast for few or for very many keys."""

from typing import Any

from django.db.models import BooleanField, Func, QuerySet


class Among(Func):
    """Few keys lead to their rows through an index. For very many, the rows are walked in the order asked for.

    A database that knows too little about the keys chooses the wrong way by itself: sorting a quarter of a table to
    show 25 rows, or walking through a million rows to find 50. `IS TRUE` keeps it from being led by the keys; they
    are read once into a set. An array on PostgreSQL keeps it from walking.
    """

    template = "%(expressions)s"
    arg_joiner = " IN "
    arity = 2
    output_field = BooleanField()

    def __init__(self, key: Any, keys: QuerySet[Any], *, is_walk: bool) -> None:
        super().__init__(key, keys)
        self.is_walk = is_walk

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        if self.is_walk:
            extra["template"] = "(%(expressions)s) IS TRUE"
        return super().as_sql(compiler, connection, *args, **extra)

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        if self.is_walk:
            return self.as_sql(compiler, connection)
        return self.as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY (ARRAY")
