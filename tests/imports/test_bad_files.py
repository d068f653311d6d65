"""A small file for every main code: each is refused where it should be, by its name, and nothing is written."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Module, Resource
from imports.models import ImportJob
from tests.recipes import catalog
from tests.support.importing import codes, planned

pytestmark = pytest.mark.django_db

COURSES = "course_code,title,category"
LONG = "A title that never ends " * 10

ROWS = [
    ("R_REQUIRED", "courses", f"{COURSES}\nA-1,,programming\n"),
    ("R_REQUIRED", "courses", f"{COURSES},price\nA-1,A course,programming,\n"),
    ("R_NUMBER", "courses", f"{COURSES},price\nA-1,A course,programming,cheap\n"),
    ("R_NUMBER", "courses", f'{COURSES},price\nA-1,A course,programming,"1,234"\n'),
    ("R_DATE", "courses", f"{COURSES},starts_on\nA-1,A course,programming,2026-02-30\n"),
    ("R_BOOL", "courses", f"{COURSES},is_featured\nA-1,A course,programming,perhaps\n"),
    ("R_CHOICE", "courses", f"{COURSES},level\nA-1,A course,programming,impossible\n"),
    ("R_RANGE", "courses", f"{COURSES},price\nA-1,A course,programming,-1\n"),
    ("R_TOO_LONG", "courses", f"{COURSES}\nA-1,{LONG},programming\n"),
    ("R_EMAIL", "users", "email,first_name\nsam at example,Sam\n"),
    ("R_FK_MISSING", "courses", f"{COURSES}\nA-1,A course,nowhere\n"),
    ("R_RULE", "courses", f"{COURSES}\nA 1!,A course,programming\n"),
    ("R_CYCLE", "categories", "slug,name,parent_slug\na,A,b\nb,B,a\n"),
    ("R_RAGGED", "courses", f"{COURSES}\nA-1,A course,programming,and,more\n"),
    ("R_CONTROL_CHARS", "courses", f"{COURSES}\nA-1,A \x07 course,programming\n"),
    ("R_CONTROL_CHARS", "courses", f"{COURSES}\nA-1,A \u202e course,programming\n"),
    ("R_DUP_IN_FILE", "courses", f"{COURSES}\nA-1,A course,programming\na-1,Another,programming\n"),
    ("R_URL", "resources", "course_code,lesson_code,title,url\nPY-101,l1,Notes,http://127.0.0.1/notes\n"),
    ("R_URL", "resources", "course_code,lesson_code,title,url\nPY-101,l1,Notes,javascript:alert(1)\n"),
]
WARNINGS = [
    ("W_FORMULA", f"{COURSES}\nA-1,=1+1,programming\n"),
    ("W_LOST_DIGITS", f"{COURSES}\n1.23E11,A course,programming\n"),
]
FILES = [
    ("E_EMPTY", ""),
    ("E_NO_ROWS", f"{COURSES}\n"),
    ("E_ENCODING", f"{COURSES}\nA-1,A \udce9 course,programming\n"),
    ("E_QUOTE", f'{COURSES}\nA-1,"never closed,programming\n'),
    ("E_HEADER_MISSING", "title,category\nA course,programming\n"),
    ("E_HEADER_DUP", "course_code,title,title\nA-1,A,B\n"),
    ("E_HEADER_FORBIDDEN", f"{COURSES},is_superuser\nA-1,A course,programming,yes\n"),
    ("E_TOO_MANY_COLS", ",".join(f"h{at}" for at in range(201)) + "\n" + "," * 200 + "\n"),
    ("E_CELL_TOO_LONG", f"{COURSES}\nA-1,{'x' * 32_768},programming\n"),
]


def named(cases: list[Any]) -> list[str]:
    return [f"{code}-{at}" for at, (code, *_) in enumerate(cases)]


@pytest.fixture
def lesson(category: Category) -> None:
    module = catalog.module.make(course=catalog.course.make(code="PY-101", category=category), code="m1")
    catalog.lesson.make(module=module, code="l1")


def everything() -> list[int]:
    return [model._base_manager.count() for model in (Category, Course, Module, Resource, User)]


@pytest.mark.parametrize(("code", "kind", "text"), ROWS, ids=named(ROWS))
def test_a_bad_row_is_invalid_with_its_code(administrator: User, lesson: None, code: str, kind: str, text: str) -> None:
    before = everything()

    job = planned(kind, text, administrator)

    assert job.status == ImportJob.Status.PLANNED, job.messages
    assert job.counts["invalid"] == len(text.splitlines()) - 1
    assert code in codes(job, 2)
    assert everything() == before


@pytest.mark.parametrize(("code", "text"), WARNINGS, ids=named(WARNINGS))
def test_a_doubtful_row_is_planned_with_a_warning(administrator: User, lesson: None, code: str, text: str) -> None:
    job = planned("courses", text, administrator)

    assert job.counts["create"] == 1, job.rows.get().messages
    assert codes(job, 2) == [code]


@pytest.mark.parametrize(("code", "text"), FILES, ids=named(FILES))
def test_a_bad_file_is_refused_as_a_whole_with_its_code(
    administrator: User, lesson: None, code: str, text: str
) -> None:
    before = everything()

    job = planned("courses", text, administrator)

    assert job.status == ImportJob.Status.REFUSED, job.counts
    assert [message["code"] for message in job.messages] == [code]
    assert not job.rows.exists()
    assert everything() == before
