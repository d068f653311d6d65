"""The same write as bare SQL: the file into a staging table, one upsert, its history; nothing is checked."""

import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from apps.audit.recording import open_change_set, operation
from apps.catalog.models import Lesson
from apps.enrollments.models import Enrollment

STAGED = {
    "lessons": "course_code text, module_code text, lesson_code text, title text, place int, content text, "
    "minutes int, preview {boolean}",
    "enrollments": "student_email text, course_code text, status text, percent int, enrolled_at {moment}",
}
SOURCES = {
    "lessons": (
        ("course_id", "module_id", "code", "title", '"order"', "content", "duration_minutes", "is_free_preview"),
        "SELECT c.id, m.id, s.lesson_code, s.title, s.place, s.content, s.minutes, s.preview FROM stage s "
        "JOIN catalog_course c ON lower(c.code) = lower(s.course_code) "
        "JOIN catalog_module m ON m.course_id = c.id AND lower(m.code) = lower(s.module_code)",
        "(course_id, lower(code))",
        ("module_id", "title", '"order"', "content", "duration_minutes", "is_free_preview"),
    ),
    "enrollments": (
        ("user_id", "course_id", "status", "progress_percent", "enrolled_at"),
        "SELECT u.id, c.id, s.status, s.percent, s.enrolled_at FROM stage s "
        "JOIN accounts_user u ON u.email = s.student_email "
        "JOIN catalog_course c ON lower(c.code) = lower(s.course_code)",
        "(user_id, course_id)",
        ("status", "progress_percent", "enrolled_at"),
    ),
}
MODELS: dict[str, Any] = {"lessons": Lesson, "enrollments": Enrollment}


def run(path: Path, kind: str) -> dict[str, Any]:
    connection.ensure_connection()
    started = time.perf_counter()
    with operation(channel="command"), transaction.atomic(), connection.cursor() as cursor:
        change_set = open_change_set(title="Bare SQL")
        _stage(cursor, path, kind)
        _write(cursor, kind, change_set.pk)
    return {"seconds": time.perf_counter() - started}


def _stage(cursor: Any, path: Path, kind: str) -> None:
    is_postgresql = connection.vendor == "postgresql"
    types = {"boolean": "boolean", "moment": "timestamptz"} if is_postgresql else {"boolean": "int", "moment": "text"}
    drop = " ON COMMIT DROP" if is_postgresql else ""
    cursor.execute(f"CREATE TEMP TABLE stage ({STAGED[kind].format(**types)}){drop}")
    if is_postgresql:
        with path.open("rb") as file, cursor.copy("COPY stage FROM STDIN CSV HEADER") as copy:
            while block := file.read(1 << 18):
                copy.write(block)
        cursor.execute("ANALYZE stage")
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        width = len(next(rows))
        marks = ", ".join(["%s"] * width)
        cursor.executemany(f"INSERT INTO stage VALUES ({marks})", _for_sqlite(rows))


def _for_sqlite(rows: Any) -> Iterator[Sequence[Any]]:
    words = {"yes": 1, "no": 0}
    return ([words.get(cell, cell) for cell in row] for row in rows)


def _write(cursor: Any, kind: str, change_set_id: int) -> None:
    model = MODELS[kind]
    table, history = model._meta.db_table, model.history.model._meta.db_table
    names, source, key, changing = SOURCES[kind]
    now = "now()" if connection.vendor == "postgresql" else "datetime('now')"
    rest = {
        connection.ops.quote_name(field.column): _literal(field, now)
        for field in model._meta.local_concrete_fields
        if not field.primary_key and connection.ops.quote_name(field.column) not in _quoted(names)
    }
    columns = ", ".join([*names, *rest])
    staged = f"SELECT x.*, {', '.join(rest.values())} FROM ({source}) x WHERE true"
    writes = ", ".join(f"{name} = excluded.{name}" for name in (*changing, "updated_at"))
    tracked = ", ".join(connection.ops.quote_name(field.column) for field in model.history.model.tracked_fields)
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    last = cursor.fetchone()[0]
    upsert = f"INSERT INTO {table} ({columns}) {staged} ON CONFLICT {key} DO UPDATE SET {writes} RETURNING *"
    facts = f"CASE WHEN id > {last} THEN '+' ELSE '~' END, {now}, {change_set_id}"
    into = f"INSERT INTO {history} ({tracked}, history_type, history_date, change_set_id)"
    if connection.vendor == "postgresql":
        cursor.execute(f"WITH written AS ({upsert}) {into} SELECT {tracked}, {facts} FROM written")
        return
    cursor.execute("CREATE TEMP TABLE written (id INTEGER)")
    ids = cursor.execute(upsert.replace("RETURNING *", "RETURNING id")).fetchall()
    cursor.executemany("INSERT INTO written VALUES (%s)", ids)
    cursor.execute(f"{into} SELECT {tracked}, {facts} FROM {table} WHERE id IN (SELECT id FROM written)")


def _quoted(names: Sequence[str]) -> set[str]:
    return {connection.ops.quote_name(name.strip('"')) for name in names}


def _literal(field: "models.Field[Any, Any]", now: str) -> str:
    if field.null:
        return "NULL"
    if isinstance(field, models.DateTimeField):
        return now
    value = field.get_default()
    if isinstance(value, bool):
        return str(value).upper()
    return str(value) if isinstance(value, int) else f"'{value}'"
