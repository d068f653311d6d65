"""What must hold of anybody's plan: it tells of others' records no more than of records that do not exist."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from imports.types import KINDS
from imports.types.base import ImportKind
from imports.types.courses import Courses
from tests.imports.test_holds_of_any_file import cells_for, make_world
from tests.recipes import catalog, enrollments
from tests.support.course_workbooks import furnish
from tests.support.importing import planned
from tests.support.kept import kept_for_the_file
from tests.support.people import person, teach
from tests.support.properties import taken_back, tried

pytestmark = pytest.mark.django_db
FOREIGN, NOWHERE = "ZZ-909", "QQ-909"
CODES = {"course_code": ("PY-101", FOREIGN, ""), "module_code": ("m1", "m2", ""), "lesson_code": ("l1", "l2", "l9")}
EMAILS = ("learner@example.org", "newcomer@example.org", "nobody@example.org", "")
BELOW_COURSES = [kind for kind in KINDS.values() if "course_code" in kind.key_columns and kind.key != "courses"]
MOST_QUERIES = 60
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def teacher_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[User]:
    def make() -> User:
        make_world()
        foreign = catalog.course.make(code=FOREIGN)
        furnish(foreign)
        teach(person("elsewhere", User.Role.INSTRUCTOR), foreign)
        enrollments.enrollment.make(course=foreign, user=User.objects.get(email="learner@example.org"))
        return User.objects.get(email="teacher@example.org")

    yield from kept_for_the_file("teacher", request, django_db_blocker, make)


@pytest.fixture
def teacher(teacher_of_the_file: User, db: None) -> User:
    return teacher_of_the_file


def rows_of(kind: ImportKind) -> st.SearchStrategy[list[dict[str, str]]]:
    """Rows that name courses of one's own, of others and none, with anything in the other columns."""
    found = {}
    for column in kind.columns:
        texts = CODES.get(column.name) or (EMAILS if column.name.endswith("_email") else None)
        found[column.name] = st.sampled_from(texts) if texts else cells_for(column)
    return st.lists(st.fixed_dictionaries(found), min_size=1, max_size=5)


def written(kind: ImportKind, rows: list[dict[str, str]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [column.name for column in kind.columns])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def all_that_is_told(kind: ImportKind, text: str, by: User) -> tuple[str, int]:
    """Everything the plan says, with the number of queries it took."""
    with CaptureQueriesContext(connection) as queries:
        job = planned(kind.key, text, by)
    rows = job.rows.order_by("number").values_list(
        "number", "outcome", "key", "label", "cells", "changes", "values", "messages", "object_id", "version_seen"
    )
    return repr([job.status, job.counts, job.unknown_values, *rows]), len(queries)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.key) for kind in BELOW_COURSES])
def test_a_course_out_of_reach_reads_like_one_that_does_not_exist(kind: ImportKind, teacher: User) -> None:
    @tried(2)
    @given(rows=rows_of(kind))
    @time_machine.travel(NOON, tick=False)
    def holds(rows: list[dict[str, str]]) -> None:
        text = written(kind, rows)

        with taken_back():
            told, queries = all_that_is_told(kind, text, teacher)
        with taken_back():
            of_none, queries_of_none = all_that_is_told(kind, text.replace(FOREIGN, NOWHERE), teacher)

        assert told.replace(FOREIGN, NOWHERE) == of_none
        assert queries == queries_of_none

    holds()


def test_whatever_stands_in_a_file_its_plan_costs_a_bounded_number_of_queries(
    teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    @tried(3)
    @given(rows=rows_of(KINDS["courses"]), times=st.integers(1, 8))
    def holds(rows: list[dict[str, str]], times: int) -> None:
        more = [{**row, "course_code": f"{row['course_code']}-{at}"} for at in range(times) for row in rows]

        with taken_back():
            _, queries = all_that_is_told(KINDS["courses"], written(KINDS["courses"], more), teacher)

        assert queries <= MOST_QUERIES

    assert Courses.chunk_rows >= 8 * 5
    holds()
