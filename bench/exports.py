"""Enrollments with course and learner as files: reports beside import-export at its best, and a bare copy."""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import override_settings
from import_export.fields import Field
from import_export.resources import ModelResource

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.reports.definition import Definition
from apps.reports.making import table_for
from apps.reports.making.files import WRITERS
from apps.reports.models import Report
from bench.measuring import peak_megabytes, resident_megabytes
from bench.scopes import PLAIN

LEARNERS, COURSES = 10_000, 100
SIZES = {5_000: "waitlisted", 10_000: "suspended", 200_000: "completed", 1_000_000: ""}
COLUMNS = ("user_email", "course_code", "course_title", "status", "enrolled_at", "progress_percent")
PATHS = ("user__email", "course__code", "course__title", "status", "enrolled_at", "progress_percent")
FILL = """
    INSERT INTO enrollments_enrollment
        (user_id, course_id, status, source, enrolled_at, progress_percent, created_at, updated_at)
    SELECT u.id, c.id,
        CASE WHEN c.sort_order < 20 THEN 'completed' WHEN c.sort_order < 21 THEN 'suspended'
             WHEN c.sort_order < 22 AND u.id % 2 = 0 THEN 'waitlisted' ELSE 'active' END,
        'staff', u.created_at, 40, u.created_at, u.created_at
    FROM accounts_user u CROSS JOIN catalog_course c WHERE u.email LIKE 'learner%@example.org' AND c.code LIKE 'C-%'
"""


def seed() -> None:
    """A million enrollments, each size a status of its own."""
    User.objects.create_superuser(email="ada@example.org", password=None)
    Course.objects.bulk_create(
        Course(code=f"C-{n}", slug=f"c-{n}", title=f"Course {n}, about something", sort_order=n) for n in range(COURSES)
    )
    people = (User(email=f"learner{n}@example.org", first_name="Sam", last_name=f"No {n}") for n in range(LEARNERS))
    User.objects.bulk_create(people, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute(FILL)
        cursor.execute("ANALYZE")


class Enrollments(ModelResource):
    """The library with everything one can do for it: only the fields of the file, one query, no per-row look-ups."""

    learner = Field("user__email")
    code = Field("course__code")
    title = Field("course__title")

    class Meta:
        model = Enrollment
        fields = ("learner", "code", "title", "status", "enrolled_at", "progress_percent")


def chosen(rows: int) -> QuerySet[Any]:
    found = Enrollment.objects.order_by("pk")
    return found.filter(status=SIZES[rows]) if SIZES[rows] else found


def by_library(rows: int, to: IO[bytes], fmt: str) -> None:
    only = ("user__email", "course__code", "course__title", "status", "enrolled_at", "progress_percent")
    dataset = Enrollments().export(chosen(rows).select_related("user", "course").only(*only))
    content = dataset.export(fmt)
    to.write(content.encode() if isinstance(content, str) else content)


def by_report(rows: int, to: IO[bytes], fmt: str) -> None:
    listing = f"status__exact={SIZES[rows]}" if SIZES[rows] else ""
    ada = User.objects.get(email="ada@example.org")
    table = table_for(Definition("enrollments", columns=COLUMNS, listing=listing), ada)
    WRITERS[fmt](table, to, title="Enrollments", by=ada)
    assert table.row_count >= rows * 0.9, table.row_count


def by_copy(rows: int, to: IO[bytes], fmt: str) -> None:  # noqa: ARG001
    """The limit: the database writes the file itself; SQLite, which cannot, hands its rows to the csv module."""
    sql, params = chosen(rows).values_list(*PATHS).query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            text = open(to.fileno(), "w", newline="", closefd=False)  # noqa: SIM115
            csv.writer(text).writerows(cursor.execute(sql, params))
            text.flush()
            return
        composed = (
            cursor.mogrify(sql, params) if hasattr(cursor, "mogrify") else sql % tuple(f"'{one}'" for one in params)
        )
        with cursor.cursor.copy(f"COPY ({composed}) TO STDOUT WITH CSV") as copying:
            for block in copying:
                to.write(block)


WAYS: dict[str, Callable[[int, IO[bytes], str], None]] = {"library": by_library, "report": by_report, "copy": by_copy}


def run(way: str) -> dict[str, Any]:
    """`report-csv-200000`; `answer` asks for the small file as a browser does."""
    if way == "answer":
        with override_settings(**PLAIN):
            return {"seconds": asked_for()}
    name, fmt, rows = way.split("-")
    connection.ensure_connection()
    before = resident_megabytes()
    began, worked = time.perf_counter(), time.process_time()
    with TemporaryFile() as file:
        WAYS[name](int(rows), file, fmt)
        found = {"seconds": time.perf_counter() - began, "worked_seconds": time.process_time() - worked}
        size = Path(f"/proc/self/fd/{file.fileno()}").stat().st_size
    return {**found, "megabytes": peak_megabytes() - before, "bytes": size}


def asked_for() -> float:
    """From the click to the first byte of a file of 5,000 rows, which is recorded before it leaves."""
    ada = User.objects.get(email="ada@example.org")
    report = Report(name="Small", owner=ada)
    report.take(Definition("enrollments", columns=COLUMNS, listing=f"status__exact={SIZES[5_000]}"))
    report.save()
    client = Client()
    client.force_login(ada)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        answer: Any = client.post(f"/admin/reports/report/{report.pk}/make/", {"format": "csv"})
        assert next(iter(answer.streaming_content)), answer.status_code
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]
