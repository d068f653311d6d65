"""What must hold of any course workbook: plan, apply and undo leave every table as it was."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson, Module
from imports import services
from tests.recipes import catalog
from tests.support.course_workbooks import planned

pytestmark = pytest.mark.django_db
TABLES: tuple[Any, ...] = (Course, Module, Lesson)
TITLES = st.text("abc déf", min_size=2, max_size=8).filter(lambda text: len(text.strip()) > 1)
COURSES, MODULES, LESSONS = ("A-1", "A-2", "B-1"), ("m1", "m2"), ("l1", "l2", "l3", "")
YES = st.sampled_from(("", "", "yes", "no"))


def rows(*columns: Any) -> Any:
    return st.lists(st.tuples(*columns), max_size=5)


WORKBOOKS = st.fixed_dictionaries(
    {
        "Lessons": rows(
            st.sampled_from((*COURSES, "")), st.sampled_from((*MODULES, "")), st.sampled_from(LESSONS), TITLES, YES
        ),
        "Courses": rows(st.sampled_from(COURSES), TITLES, YES),
        "Modules": rows(st.sampled_from((*COURSES, "")), st.sampled_from((*MODULES, "")), TITLES, YES),
    }
)
HEADERS = {
    "Courses": ("course_code", "title", "archive"),
    "Modules": ("course_code", "module_code", "title", "archive"),
    "Lessons": ("course_code", "module_code", "lesson_code", "title", "archive"),
}


def everything() -> list[list[Any]]:
    return [
        list(
            model._base_manager.order_by("pk").values_list(
                *(field.attname for field in model._meta.concrete_fields if field.name != "updated_at")
            )
        )
        for model in TABLES
    ]


@example(content={"Modules": [("A-1", "m2", "Made here", "")], "Lessons": [("A-1", "m2", "l1", "Moved away", "yes")]})
@given(content=WORKBOOKS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_plan_apply_and_undo_leave_every_table_as_it_was(
    administrator: User, category: Category, content: dict[str, list[tuple[str, ...]]]
) -> None:
    if not Course.with_archived.exists():
        there = catalog.course.make(code="A-1", category=category)
        catalog.lesson.make(course=there, module=catalog.module.make(course=there, code="m1"), code="l1")
    sheets: dict[str, Any] = {name: [HEADERS[name], *lines] for name, lines in content.items() if lines}
    if "Courses" in sheets:
        sheets["Courses"] = [(*line, value) for line, value in zip(sheets["Courses"], with_category(), strict=False)]
    before = everything()

    job = planned(sheets or {"Courses": [("course_code",), ("A-1",)]}, administrator)
    services.apply_now(job, by=administrator, good_rows_only=True, confirmed=True)
    made = job.rows.filter(outcome="create", state="applied").count()
    written = everything()
    if job.change_set is not None:
        services.undo_now(job, by=administrator)

    assert job.counts["conflict"] == 0
    assert made == job.counts["create"]
    assert (written == before) == (made + job.applied_counts["update"] == 0)
    assert everything() == before


def with_category() -> list[str]:
    return ["category", *["programming"] * 10]
