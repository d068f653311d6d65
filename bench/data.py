"""What the measurements stand on: a platform of a hundred thousand lessons and enrollments."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction

from apps.accounts.models import User
from apps.audit.recording import change_set
from apps.audit.set_based import record_history
from apps.catalog.models import Course, Lesson, Module
from apps.enrollments.models import Enrollment
from bench.files import COURSES, LEARNERS, TEXT, course_code, course_of, email
from imports.bulk import insert_rows, preparers

LESSONS_PER_MODULE = 10
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


def seed() -> None:
    """Ten thousand courses with a module of ten lessons each, and a hundred thousand learners with an enrollment."""
    with transaction.atomic(), change_set(title="The platform of the benchmark"):
        fill(
            User,
            ("email", "password", "first_name", "last_name"),
            ((email(number), "!", "Sam", f"No {number}") for number in range(1, 100_001)),
        )
        fill(
            Course,
            ("code", "slug", "title", "description"),
            ((course_code(n), f"course-{n}", f"Course number {n}", TEXT) for n in range(1, COURSES + 1)),
        )
        fill(Module, ("course_id", "code", "title", "order"), ((n, "m1", "Module 1", 1) for n in range(1, COURSES + 1)))
        lessons = ((n, at) for n in range(1, COURSES + 1) for at in range(1, LESSONS_PER_MODULE + 1))
        fill(
            Lesson,
            ("course_id", "module_id", "code", "title", "order", "content", "duration_minutes"),
            ((n, n, f"l{at}", f"Lesson {n}.{at}", at, TEXT[:480], (n + at) % 90) for n, at in lessons),
        )
        fill(
            Enrollment,
            ("user_id", "course_id", "status", "enrolled_at"),
            ((user, course_of(user), "active", BEGINNING) for user in range(1, LEARNERS + 1)),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    all_names = [field.attname for field in fields]
    prepare = preparers(model, all_names)
    defaults = {
        field.attname: BEGINNING if "_at" in field.attname and not field.null else field.get_default()
        for field in fields
    }
    places = [names.index(name) if name in names else None for name in all_names]
    fixed = [make(defaults[name]) for make, name in zip(prepare, all_names, strict=True)]
    insert_rows(
        model,
        ["id", *all_names],
        (
            [
                number,
                *(
                    given if at is None else make(row[at])
                    for at, given, make in zip(places, fixed, prepare, strict=True)
                ),
            ]
            for number, row in enumerate(rows, start=1)
        ),
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    record_history(model, list(model._base_manager.values_list("pk", flat=True)), "+")
