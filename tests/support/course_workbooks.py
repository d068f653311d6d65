"""Course workbooks in a line: sheets written by the test, exported, edited and planned in this process."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from apps.catalog.models import Course
from imports import services
from imports.exporter.course_workbook import export_courses
from imports.models import ImportJob
from tests.recipes import assessments, catalog

Rows = Sequence[Sequence[Any]]

NEW_COURSE: dict[str, Rows] = {
    "Answers": [
        ["course_code", "lesson_code", "question_code", "text", "is_correct"],
        ["NEW-1", "l1", "q1", "A value", "yes"],
        ["", "", "", "A place", "no"],
    ],
    "Lessons": [
        ["course_code", "module_code", "lesson_code", "title"],
        ["NEW-1", "m1", "l1", "Names"],
        ["", "", "l2", "Values"],
        ["", "m2", "", "Loops"],
    ],
    "Resources": [["course_code", "lesson_code", "title"], ["NEW-1", "l2", "A sheet of paper"]],
    "Courses": [["course_code", "title", "category"], ["NEW-1", "A new course", "programming"]],
    "Modules": [["course_code", "module_code", "title"], ["NEW-1", "m1", "Beginnings"], ["", "m2", "Going on"]],
    "Questions": [
        ["course_code", "lesson_code", "question_code", "text", "type"],
        ["NEW-1", "l1", "q1", "What does a name stand for?", "single_choice"],
    ],
    "Assessments": [["course_code", "lesson_code", "title"], ["NEW-1", "l1", "Check yourself"]],
}


def workbook(sheets: Mapping[str, Rows]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    return saved(book)


def saved(book: Any) -> io.BytesIO:
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def uploaded(file: io.BytesIO, by: Any, *, name: str = "courses.xlsx", kind: str = "") -> ImportJob:
    return services.upload_file(file, name=name, by=by, kind=kind)


def planned(sheets: Mapping[str, Rows], by: Any, **facts: Any) -> ImportJob:
    job = uploaded(workbook(sheets), by, kind="course-workbook", **facts)
    return services.plan_now(job, by=by) if job.status != ImportJob.Status.REFUSED else job


def applied(sheets: Mapping[str, Rows], by: Any, **facts: Any) -> ImportJob:
    return services.apply_now(planned(sheets, by, **facts), by=by, confirmed=True)


def exported(by: Any, *codes: str) -> Any:
    """The workbook of these courses, opened to be edited."""
    out = io.BytesIO()
    export_courses(by=by, to=out, filters={"course_code": list(codes)})
    out.seek(0)
    return openpyxl.load_workbook(out)


def edit(book: Any, sheet: str, line: int, **cells: Any) -> None:
    """Writes cells of one line by the names of their columns."""
    page = book[sheet]
    place = {cell.value: cell.column for cell in page[1]}
    for name, value in cells.items():
        page.cell(line, place[name]).value = value


def replanned(book: Any, by: Any) -> ImportJob:
    return services.plan_now(uploaded(saved(book), by), by=by)


def counts(job: ImportJob) -> dict[str, int]:
    """The outcomes there are."""
    return {name: number for name, number in job.counts.items() if number and name not in ("notes", "archived")}


def said(job: ImportJob) -> dict[tuple[str, int], list[str]]:
    """What is said about rows, by sheet and line: the codes."""
    return {
        (job.parts[row.part]["source"], row.number): [message["code"] for message in row.messages]
        for row in job.rows.exclude(messages=[])
    }


def changes(job: ImportJob) -> dict[tuple[str, int], dict[str, list[str]]]:
    """What changes, by sheet and line."""
    return {(job.parts[row.part]["source"], row.number): row.changes for row in job.rows.filter(outcome="update")}


def furnish(course: Course) -> None:
    """Two modules, three lessons, a resource and an assessment with a question and two answers."""
    first, second = (catalog.module.make(course=course, code=code) for code in ("m1", "m2"))
    lesson = catalog.lesson.make(course=course, module=first, code="l1", order=1)
    catalog.lesson.make(course=course, module=first, code="l2", order=2)
    catalog.lesson.make(course=course, module=second, code="l3", order=1)
    catalog.resource.make(lesson=lesson, code="r1")
    question = assessments.question.make(assessment=assessments.assessment.make(lesson=lesson), code="q1")
    for place in (1, 2):
        assessments.answer.make(question=question, order=place)
