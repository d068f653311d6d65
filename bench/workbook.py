"""A large course workbook: whole courses with their assessments, children before parents."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from bench.files import TEXT

COURSES = 200
MODULES = 5
LESSONS = 10
ASSESSMENTS = 10
QUESTIONS = 4
ANSWERS = 4
CATEGORY = "measured"
Row = Sequence[Any]


def write_workbook(path: Path, courses: int) -> Path:
    """200 courses are 10,000 lessons and 40,000 questions and answers."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        for name, (header, rows) in sheets(courses).items():
            page = book.add_worksheet(name)
            for at, row in enumerate((header, *rows)):
                page.write_row(at, 0, row)
    return path


def sheets(courses: int) -> dict[str, tuple[Row, Iterator[Row]]]:
    key = ("course_code", "lesson_code")
    return {
        "Answers": ((*key, "question_code", "text", "is_correct"), answers(courses)),
        "Questions": ((*key, "question_code", "text", "type"), questions(courses)),
        "Assessments": ((*key, "title"), assessments(courses)),
        "Lessons": (("course_code", "module_code", "lesson_code", "title", "order", "content"), lessons(courses)),
        "Modules": (("course_code", "module_code", "title", "order"), modules(courses)),
        "Courses": (
            ("course_code", "title", "category", "description"),
            ((f"W-{course}", f"Measured course {course}", CATEGORY, TEXT) for course in range(courses)),
        ),
    }


def modules(courses: int) -> Iterator[Row]:
    for course in range(courses):
        for module in range(1, MODULES + 1):
            yield f"W-{course}", f"m{module}", f"Module {module}", module


def lessons(courses: int) -> Iterator[Row]:
    for course in range(courses):
        for at in range(MODULES * LESSONS):
            module, order = at // LESSONS + 1, at % LESSONS + 1
            yield f"W-{course}", f"m{module}", f"l{at + 1}", f"Lesson {at + 1} of {course}", order, TEXT


def assessments(courses: int) -> Iterator[Row]:
    for course in range(courses):
        for at in range(1, ASSESSMENTS + 1):
            yield f"W-{course}", f"l{at}", f"Check {at}"


def questions(courses: int) -> Iterator[Row]:
    for course in range(courses):
        for at in range(1, ASSESSMENTS + 1):
            for question in range(1, QUESTIONS + 1):
                text = f"What is said in lesson {at} of {course}, number {question}?"
                yield f"W-{course}", f"l{at}", f"q{question}", text, "single_choice"


def answers(courses: int) -> Iterator[Row]:
    for code, lesson, question, *_ in questions(courses):
        for answer in range(1, ANSWERS + 1):
            yield code, lesson, question, f"Answer {answer}", "yes" if answer == 1 else "no"
