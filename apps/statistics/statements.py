"""The statements that count: the database itself groups, writes and compares figures, however many there are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q, QuerySet
from django.db.models.expressions import RawSQL

from apps.audit.set_based import id_list
from apps.statistics.figures import Kind
from apps.statistics.figures.payout import Earned, learned_in, paid_for
from apps.statistics.models import StatSnapshot

IDS_AT_ONCE = 5_000
KEYS_AT_ONCE = 100_000
Statement = tuple[str, list[Any]]


@dataclass(frozen=True)
class Part:
    """Some subjects: those with these keys, or all with a key in this span."""

    ids: Collection[int] | None = None
    first: int = 0
    end: int = 0

    def q(self, path: str) -> Q:
        """The condition that the key at this path is among them."""
        if self.ids is None:
            return Q(**{f"{path}__gte": self.first, f"{path}__lt": self.end})
        is_postgresql = connection.vendor == "postgresql"
        keys = "SELECT unnest(%s::bigint[])" if is_postgresql else "SELECT value FROM json_each(%s)"
        return Q(**{f"{path}__in": RawSQL(keys, [id_list(self.ids)])})  # noqa: S611 - our words, keys as a parameter


def parts_of(ids: Collection[int]) -> Iterator[Part]:
    """Subjects in parts of a bounded size."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        yield Part(ids=ordered[start : start + IDS_AT_ONCE])


def all_parts(kind: Kind) -> Iterator[Part]:
    """All subjects there are and all that have figures, in spans of keys."""
    newest = [
        kind.subjects().order_by().aggregate(last=Max("pk"))["last"] or 0,
        kind.model._base_manager.aggregate(last=Max(kind.subject))["last"] or 0,
    ]
    for first in range(0, max(newest) + 1, KEYS_AT_ONCE):
        yield Part(first=first, end=first + KEYS_AT_ONCE)


def counted(kind: Kind, part: Part) -> Statement:
    """Each subject of the part with its figures, counted from their sources."""
    sql, parameters = compiled(kind.subjects().filter(part.q("pk")).values(subject=F("pk")))
    columns, joins = ["subjects.subject"], []
    for place, source in enumerate(kind.sources):
        # Names of their own: a figure may be called like a column of its source.
        values = {f"figure_{figure.name}": figure.value for figure in source.figures}
        grouped = source.rows().filter(part.q(source.key)).order_by().values(subject=F(source.key)).annotate(**values)
        below, more = compiled(grouped)
        joins.append(f"LEFT JOIN ({below}) AS source_{place} ON source_{place}.subject = subjects.subject")
        parameters += more
        for figure in source.figures:
            column = f"source_{place}.figure_{figure.name}"
            value = column if figure.empty is None else f"COALESCE({column}, {figure.empty})"
            columns.append(f"{value} AS {figure.name}")
    return f"SELECT {', '.join(columns)} FROM ({sql}) AS subjects {' '.join(joins)}", parameters  # noqa: S608


def compiled(rows: QuerySet[Any]) -> Statement:
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    return sql, list(parameters)


def count_anew(kind: Kind, part: Part, moment: datetime) -> None:
    """Writes the figures of these subjects, and takes away those of subjects that are none any more."""
    sql, parameters = counted(kind, part)
    names = [figure.name for figure in kind.counted]
    key, table = column_of(kind), kind.model._meta.db_table
    taken = ", ".join(f"{name} = excluded.{name}" for name in (*names, "as_of"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join((key, *names, 'as_of'))}) "  # noqa: S608 - names of our own models
            f"SELECT subject, {', '.join(names)}, {mark('timestamptz')} FROM ({sql}) AS counted WHERE TRUE "
            f"ON CONFLICT ({key}) DO UPDATE SET {taken}",
            [as_parameter(kind.model, "as_of", moment), *parameters],
        )
    gone = kind.model._base_manager.filter(part.q(kind.subject))
    gone.exclude(**{f"{kind.subject}__in": kind.subjects().filter(part.q("pk")).values("pk")}).delete()


def differing(kind: Kind, part: Part, *, most: int) -> list[tuple[int, dict[str, tuple[Any, Any]]]]:
    """Subjects whose figures are not what counting them gives, each with (kept, counted) by the name of the figure."""
    sql, parameters = counted(kind, part)
    names = [figure.name for figure in kind.counted]
    key, table = column_of(kind), kind.model._meta.db_table
    other = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    differs = {name: f"kept.{name} {other} counted.{name}" for name in names}
    columns = ", ".join(f"kept.{name}, counted.{name}, {differs[name]}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT counted.subject, {columns} FROM ({sql}) AS counted "  # noqa: S608 - names of our own models
            f"LEFT JOIN {table} AS kept ON kept.{key} = counted.subject WHERE {' OR '.join(differs.values())} "
            f"ORDER BY counted.subject LIMIT {most:d}",
            parameters,
        )
        rows = cursor.fetchall()
    return [
        (
            subject,
            {name: (told[3 * place], told[3 * place + 1]) for place, name in enumerate(names) if told[3 * place + 2]},
        )
        for subject, *told in rows
    ]


def keep_day(kind: Kind, part: Part, day: date) -> None:
    """Writes what the figures of these subjects are into the row of this day, over what they were earlier on it."""
    key, table = f"{kind.series}_id", StatSnapshot._meta.db_table
    names = list(kind.daily)
    empty = [name for name in SERIES if name not in names]
    rows, parameters = compiled(
        kind.model._base_manager.filter(part.q(kind.subject)).order_by().values(*names, subject=F(kind.subject))
    )
    taken = ", ".join(f"{name} = excluded.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join((key, *names, *empty, 'monthly_minor', 'day', 'month'))}) "  # noqa: S608
            f"SELECT {', '.join(('subject', *names, *('0' for _ in empty)))}, '{{}}', "
            f"{mark('date')}, {mark('date')} FROM ({rows}) AS counted WHERE TRUE "
            f"ON CONFLICT ({key}, day) WHERE {key} IS NOT NULL DO UPDATE SET {taken}",
            [
                as_parameter(StatSnapshot, "day", day),
                as_parameter(StatSnapshot, "month", day.replace(day=1)),
                *parameters,
            ],
        )


def earned_in(number: int) -> list[Earned]:
    """What every course brought in the month with this number; one statement, however many learned."""
    (paid, paid_values), (learned, learned_values) = compiled(paid_for(number)), compiled(learned_in(number))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT course, currency, COUNT(*), SUM(lessons), SUM(CAST(minor AS bigint) * lessons / together) FROM ("  # noqa: S608
            " SELECT learner, course, lessons, CAST(SUM(lessons) OVER (PARTITION BY learner) AS bigint) AS together"
            f" FROM ({learned}) AS learned"
            f") AS shares JOIN ({paid}) AS paid ON paid.subscriber = shares.learner "
            "GROUP BY course, currency ORDER BY course, currency",
            [*learned_values, *paid_values],
        )
        return [Earned(course, currency, *map(int, rest)) for course, currency, *rest in cursor.fetchall()]


SERIES = ("courses", "learners", "active_learners", "completed", "reviews", "rating_sum", "certificates")


def column_of(kind: Kind) -> str:
    field: Any = kind.model._meta.get_field(kind.subject)
    return str(field.column)


def as_parameter(model: Any, name: str, value: Any) -> Any:
    return model._meta.get_field(name).get_db_prep_save(value, connection)


def mark(sort: str) -> str:
    """The place of a parameter whose type the database cannot tell from where it stands."""
    return f"%s::{sort}" if connection.vendor == "postgresql" else "%s"
