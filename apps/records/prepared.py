"""Questions about a person that come with every request: their SQL is made once, for that takes longer than asking."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

SOMEBODY, SOME_TIME = -948_271_063, datetime(1066, 10, 14, 9, 27, 31, 948271, tzinfo=UTC)
"""What stands in the SQL for the person's key and for the moment until both are known."""


class Prepared:
    """A query whose shape is the same for everybody at any time. Its rows hold numbers and texts only.

    `build(person, at)` makes it, looking at nothing of the person but `pk`; `rows(person)` asks it now.
    """

    all: ClassVar[list["Prepared"]] = []

    def __init__(self, build: Callable[[Any, datetime], QuerySet[Any]]) -> None:
        self.build = build
        self.made: dict[str, tuple[str, tuple[Any, ...]]] = {}
        self.all.append(self)

    def rows(self, person: Any) -> list[tuple[Any, ...]]:
        if connection.vendor not in self.made:
            self.made[connection.vendor] = self.build(SimpleNamespace(pk=SOMEBODY), SOME_TIME).query.sql_with_params()
        sql, params = self.made[connection.vendor]
        moment = connection.ops.adapt_datetimefield_value
        known = {SOMEBODY: person.pk, moment(SOME_TIME): moment(timezone.now())}
        with connection.cursor() as cursor:
            cursor.execute(sql, [known.get(param, param) for param in params])
            return list(cursor.fetchall())
