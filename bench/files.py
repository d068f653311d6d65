"""The files that are imported: half of their rows change what is there, half are new."""

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

COURSES = 10_000
LEARNERS = 100_000
TEXT = "A lesson explains one idea, shows it at work, and lets the learner try it on something of their own. " * 5


def email(number: int) -> str:
    return f"sam.{number}@school{number % 97}.example.org"


def course_code(number: int) -> str:
    return f"C-{number}"


def course_of(user: int) -> int:
    return (user * 37 + (user // 100) * 3) % COURSES + 1


LESSON_HEADERS = (
    "course_code",
    "module_code",
    "lesson_code",
    "title",
    "order",
    "content",
    "duration_minutes",
    "is_free_preview",
)
ENROLLMENT_HEADERS = ("student_email", "course_code", "status", "progress_percent", "enrolled_at")


def lesson_rows(number: int) -> Iterator[Sequence[Any]]:
    """Half of them change a lesson there is, half are new; ten to a course, and more rounds for more rows."""
    for place in range(number // 10):
        course, around = place % COURSES + 1, place // COURSES
        for at in range(10):
            code = at + 1 if at < 5 and not around else 100 * (around + 1) + at
            content = f"{TEXT[:200]}edited {course}.{at}.{around} {TEXT[200:480]}"
            preview = "yes" if at % 3 == 0 else "no"
            minutes = (course + at + 7) % 90
            yield (
                course_code(course),
                "m1",
                f"l{code}",
                f"New lesson {course}.{code}",
                code,
                content,
                minutes,
                preview,
            )


def enrollment_rows(number: int) -> Iterator[Sequence[Any]]:
    """Half of them change an enrollment there is, half are new."""
    dice = random.Random(number)
    for place in range(number // 2):
        user, around = place % LEARNERS + 1, place // LEARNERS
        there = course_of(user)
        when = f"2025-07-{user % 28 + 1:02d} 10:00:00"
        courses = (there, there % COURSES + 1) if not around else (there + 1 + around, there + 3 + around)
        for course in courses:
            status = dice.choice(("active", "completed", "dropped", "suspended"))
            percent = 100 if status == "completed" else dice.randrange(100)
            yield (email(user), course_code((course - 1) % COURSES + 1), status, percent, when)


def write_file(path: Path, kind: str, number: int) -> Path:
    headers, rows = (
        (LESSON_HEADERS, lesson_rows(number)) if kind == "lessons" else (ENROLLMENT_HEADERS, enrollment_rows(number))
    )
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headers)
        writer.writerows(rows)
    return path
