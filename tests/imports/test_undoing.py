"""Taking an import back: as it was, except what somebody has changed or used since, which is named."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.catalog.models import Category, Course, CourseInstructor, Module
from apps.records.rules import RuleBroken
from imports import services
from tests.recipes import catalog, enrollments
from tests.support.importing import applied, planned
from tests.support.people import person

pytestmark = pytest.mark.django_db

HEAD = "course_code,title,category,price\n"


def test_changed_courses_get_their_old_values_back_and_new_ones_go(administrator: User, course: Course) -> None:
    job = applied("courses", HEAD + "PY-101,Better,programming,59\nNEW-1,New,programming,5\n", administrator)

    services.undo_now(job, by=administrator)

    course.refresh_from_db()
    assert job.status == "undone"
    assert course.title == "Python from the first line"
    assert course.price == Decimal(49)
    assert not Course.with_archived.filter(code="NEW-1").exists()
    assert job.undo_change_set is not None
    assert job.undo_change_set.channel == "undo"
    assert job.undo_change_set.counts["catalog.course"] == {"changed": 1, "deleted": 1}
    assert course.history.first().change_set == job.undo_change_set


def test_what_was_edited_by_hand_since_is_left_and_named(administrator: User, category: Category) -> None:
    job = applied("courses", HEAD + "A-1,One,programming,5\nA-2,Two,programming,5\n", administrator)
    edited = Course.objects.get(code="A-2")
    edited.title = "Two by hand"
    edited.save()

    preview = services.undo_preview(job, by=administrator)
    services.undo_now(job, by=administrator)

    assert preview["counts"] == {"undo": 1, "left": 1}
    assert preview["left"][0]["key"] == "A-2"
    assert "It was changed" in preview["left"][0]["why"]
    assert job.status == "partly_undone"
    assert list(Course.objects.values_list("title", flat=True)) == ["Two by hand"]
    assert job.rows.get(number=3).state == "left"


def test_a_new_course_that_has_learners_by_now_is_left_with_its_instructor(
    administrator: User, category: Category
) -> None:
    person("ada", User.Role.INSTRUCTOR)
    text = "course_code,title,category,instructor_email\nA-1,One,programming,ada@example.org\n"
    job = applied("courses", text, administrator)
    enrollments.enrollment.make(course=Course.objects.get(code="A-1"))

    services.undo_now(job, by=administrator)

    assert job.status == "partly_undone"
    assert "1 enrollment" in job.rows.get(number=2).messages[0]["message"]
    assert CourseInstructor.objects.filter(course__code="A-1").count() == 1


def test_an_import_is_undone_once(administrator: User, category: Category) -> None:
    job = applied("courses", HEAD + "A-1,One,programming,5\n", administrator)
    services.undo_now(job, by=administrator)

    services.undo_now(job, by=administrator)

    assert job.status == "undone"
    assert Course.history.filter(code="A-1").count() == 2


def test_a_plan_that_was_never_applied_cannot_be_undone(administrator: User, category: Category) -> None:
    job = planned("courses", HEAD + "A-1,One,programming,5\n", administrator)

    with pytest.raises(RuleBroken, match="nothing to take back"):
        services.undo_now(job, by=administrator)


def test_a_second_undo_takes_back_what_is_free_by_then(administrator: User, category: Category) -> None:
    job = applied("courses", HEAD + "A-1,One,programming,5\nA-2,Two,programming,5\n", administrator)
    module = catalog.module.make(course=Course.objects.get(code="A-1"))
    services.undo_now(job, by=administrator)
    Module.objects.filter(pk=module.pk).delete()

    services.undo_now(job, by=administrator)

    assert job.status == "undone"
    assert not Course.objects.exists()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A-1", "A-2", "B-1", "B-2", "C-1"]),
        st.text("abcdefgh äß", min_size=2, max_size=12).filter(lambda text: text.strip()),
        st.integers(0, 999),
    ),
    unique_by=lambda made: made[0],
    min_size=1,
    max_size=5,
)


@given(first=ROWS, second=ROWS)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_plan_apply_and_undo_leave_the_courses_as_they_were(
    administrator: User, category: Category, first: list[tuple[str, str, int]], second: list[tuple[str, str, int]]
) -> None:
    Course.with_archived.all().delete()
    names = [field.attname for field in Course._meta.concrete_fields if field.attname not in {"id", "updated_at"}]

    def file(rows: list[tuple[str, str, int]]) -> str:
        return HEAD + "".join(f"{code},{title},programming,{price}\n" for code, title, price in rows)

    applied("courses", file(first), administrator)
    before = list(Course.objects.order_by("code").values_list(*names))
    job = applied("courses", file(second), administrator)

    services.undo_now(job, by=administrator)

    assert list(Course.objects.order_by("code").values_list(*names)) == before
