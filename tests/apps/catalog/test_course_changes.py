"""Changing a course on its page: facts, instructors, the order of the curriculum, a new version."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, Lesson, Module
from apps.catalog.services import archive_course, clone_course, publish_course
from apps.catalog.states import CourseStatus
from apps.enrollments.models import Enrollment
from tests.apps.catalog.screens import COURSES, page, said, text
from tests.recipes import catalog


def test_facts_are_saved_and_stay_on_the_page(as_administrator: Client, course: Course) -> None:
    answer = as_administrator.post(
        page("course", course), facts_of(course, title="Python, second edition", tags="new\n\n hands-on ")
    )

    course.refresh_from_db()
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert answer["Location"] == page("course", course)
    assert (course.title, course.tags) == ("Python, second edition", ["new", "hands-on"])
    assert course.history.first().change_set.channel == "screen"


def facts_of(course: Course, **changed: object) -> dict[str, object]:
    """What the form of the facts would send."""
    facts = {
        "title": course.title,
        "subtitle": "",
        "code": course.code,
        "slug": course.slug,
        "category": course.category_id,
        "level": course.level,
        "language": course.language,
        "starts_on": "",
        "description": "",
        "price": "49.00",
        "currency": "USD",
        "discount_price": "",
        "discount_ends_at_0": "",
        "discount_ends_at_1": "",
        "seats": "",
        "duration_minutes": "",
        "sort_order": "0",
        "tags": "",
    }
    return {**facts, **changed}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"discount_price": "60"}, "The discounted price is above the price."),
        ({"code": "PY 101"}, "Use letters A to Z"),
        ({"price": "1.234"}, "no more than 2 decimal places"),
        ({"title": ""}, "This field is required."),
    ],
)
def test_facts_that_break_a_rule_are_refused_at_their_field(
    as_administrator: Client, course: Course, facts: dict[str, object], sentence: str
) -> None:
    changes = course.history.count()

    answer = as_administrator.post(page("course", course), facts_of(course, **facts))

    assert answer.status_code == 200
    assert sentence in text(answer)
    assert course.history.count() == changes


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"price": "1.00"}, "price"),
        ({"discount_price": "1.00"}, "discount_price"),
        ({"discount_ends_at_0": "2030-01-01", "discount_ends_at_1": "12:00"}, "discount_ends_at"),
        ({"currency": "EUR"}, "currency"),
        ({"category": ""}, "category"),
    ],
)
def test_the_right_to_edit_changes_neither_what_a_course_costs_nor_where_it_stands(
    facts: dict[str, object], field: str, course: Course, as_administrator: Client,
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    before = getattr(course, field)
    sent = facts_of(course, **{"discount_price": "10" if field == "discount_ends_at" else "", **facts})

    by_editor = signed_in(co_instructor_with("edit_content")).post(page("course", course), {**sent, "title": "Edited"})

    course.refresh_from_db()
    assert by_editor.status_code == 302
    assert (course.title, getattr(course, field)) == ("Edited", before)
    assert as_administrator.post(page("course", course), sent).status_code == 302
    course.refresh_from_db()
    assert getattr(course, field) != before


def test_the_status_cannot_be_typed(as_administrator: Client, course: Course) -> None:
    as_administrator.post(page("course", course), facts_of(course, status="published"))

    course.refresh_from_db()
    assert course.status == CourseStatus.DRAFT


def test_rights_of_instructors_are_changed_on_their_tab(
    as_administrator: Client, course: Course, other_instructor: User
) -> None:
    second = catalog.course_instructor.make(
        course=course, user=other_instructor, role=CourseInstructor.Role.CO_INSTRUCTOR
    )

    answer = as_administrator.post(
        page("course", course, "instructors"), rows_of(course, {second.pk: {"is_lead": "on"}})
    )

    assert answer.status_code == 302, answer.context["errors"]
    assert answer["Location"] == page("course", course, "instructors")
    assert course.instructors.get(is_lead=True) == second


def test_removing_the_only_instructor_of_a_published_course_is_refused_in_words(
    as_administrator: Client, course: Course, administrator: User
) -> None:
    publish_course(course, by=administrator)
    row = course.instructors.get()

    answer = as_administrator.post(page("course", course, "instructors"), rows_of(course, {row.pk: {"DELETE": "on"}}))

    assert "would have no active instructor" in text(answer)
    assert course.instructors.filter(pk=row.pk).exists()


def rows_of(course: Course, changed: dict[int, dict[str, str]]) -> dict[str, object]:
    """What the form of the instructors would send."""
    rows = list(course.instructors.all())
    data: dict[str, object] = {
        "instructors-TOTAL_FORMS": len(rows),
        "instructors-INITIAL_FORMS": len(rows),
        "instructors-MIN_NUM_FORMS": 0,
        "instructors-MAX_NUM_FORMS": 1000,
    }
    for number, row in enumerate(rows):
        facts = {"id": row.pk, "course": course.pk, "role": row.role, "is_active": "on"}
        if row.is_lead:
            facts["is_lead"] = "on"
        for name, value in {**facts, "can_edit_content": "on", **changed.get(row.pk, {})}.items():
            data[f"instructors-{number}-{name}"] = value
    return data


def test_an_administrator_adds_a_course_and_a_code_without_slug_is_enough(
    as_administrator: Client, course: Course
) -> None:
    answer = as_administrator.post(f"{COURSES}add/", facts_of(course, code="PY-900", slug="", title="A new one"))

    made = Course.objects.get(code="PY-900")
    assert answer["Location"] == page("course", made)
    assert made.slug == "a-new-one"
    assert not made.instructors.exists()


def test_an_instructor_who_adds_a_course_teaches_it(as_instructor: Client, course: Course, instructor: User) -> None:
    answer = as_instructor.post(f"{COURSES}add/", facts_of(course, code="PY-901", slug="", title="My own"))

    assert answer.status_code == 302, text(answer)
    row = Course.objects.get(code="PY-901").instructors.get()
    assert (row.user, row.role, row.is_lead) == (instructor, CourseInstructor.Role.PRIMARY, True)


def test_an_archived_course_is_read_and_restored_but_not_edited(
    as_administrator: Client, course: Course, administrator: User
) -> None:
    archive_course(course, by=administrator)

    shown = text(as_administrator.get(page("course", course)))
    refused = as_administrator.post(page("course", course), facts_of(course, title="Changed"))

    assert 'name="_save"' not in shown
    assert "Restore" in shown
    assert refused.status_code == 403


def test_a_course_with_learners_is_not_deleted_and_the_page_says_why(
    as_administrator: Client, enrollment: Enrollment
) -> None:
    course = enrollment.course

    as_administrator.post(f"{COURSES}{course.pk}/delete/", {"post": "yes"})

    assert Course.objects.filter(pk=course.pk).exists()


def test_a_course_nobody_took_is_deleted(as_administrator: Client, other_course: Course) -> None:
    answer = as_administrator.post(f"{COURSES}{other_course.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not Course.with_archived.filter(pk=other_course.pk).exists()


def test_a_new_version_is_made_from_the_page_and_names_its_parent(as_administrator: Client, lesson: Lesson) -> None:
    answer = as_administrator.post(
        f"{COURSES}{lesson.course.pk}/new-version/", {"code": "PY-101-v2", "title": "Python, second edition"}
    )

    copy = Course.objects.get(code="PY-101-v2")
    assert "PY-101-v2" in said(answer)
    assert copy.lessons.count() == 1
    assert "Made from" in text(as_administrator.get(page("course", copy)))


def test_a_code_that_is_taken_is_refused_in_the_dialog(
    as_administrator: Client, course: Course, administrator: User
) -> None:
    clone_course(course, by=administrator)

    answer = as_administrator.post(
        f"{COURSES}{course.pk}/new-version/", {"code": "PY-101-V2", "title": "Again"}, headers={"HX-Request": "true"}
    )

    assert "The code PY-101-V2 is taken" in text(answer)
    assert Course.objects.count() == 2


def test_warnings_have_to_be_confirmed_when_publishing_on_the_page(as_administrator: Client, course: Course) -> None:
    address = f"{COURSES}{course.pk}/publish/"
    dialog = text(as_administrator.get(address, headers={"HX-Request": "true"}))
    assert "It has no lessons." in dialog

    refused = as_administrator.post(address, {}, headers={"HX-Request": "true"})
    assert "Tick the box to publish it all the same." in text(refused)
    assert Course.objects.get(pk=course.pk).status == CourseStatus.DRAFT

    as_administrator.post(address, {"confirmed": "on"})
    assert Course.objects.get(pk=course.pk).status == CourseStatus.PUBLISHED


def test_a_course_short_of_nothing_is_published_without_a_question(as_administrator: Client, lesson: Lesson) -> None:
    course = lesson.course
    course.description = "From the first line to the first program."
    course.save()

    answer = as_administrator.post(f"{COURSES}{course.pk}/publish/")

    assert said(answer) == "Python from the first line is published."


class TestArranging:
    """The order of the curriculum, saved from its tab."""

    def test_a_new_order_is_saved(self, as_administrator: Client, module: Module, lesson: Lesson) -> None:
        second = catalog.lesson.make(module=module, code="l2", order=2)

        answer = as_administrator.post(
            f"{COURSES}{module.course.pk}/arrange/",
            [[module.pk, [second.pk, lesson.pk]]],
            content_type="application/json",
        )

        assert answer.json() == {"message": "The new order is saved."}
        assert list(Lesson.objects.order_by("order").values_list("code", flat=True)) == ["l2", "l1"]

    @pytest.mark.parametrize("body", ["nonsense", "{}", "[[1]]", '[[1, ["2"]]]', "[[true, []]]", "[1]"])
    def test_an_order_that_cannot_be_read_is_refused(self, as_administrator: Client, module: Module, body: str) -> None:
        answer = as_administrator.post(f"{COURSES}{module.course.pk}/arrange/", body, content_type="application/json")

        assert answer.status_code == 400
        assert "cannot be read" in answer.json()["message"]

    def test_an_order_of_something_that_changed_meanwhile_is_refused(
        self, as_administrator: Client, module: Module
    ) -> None:
        answer = as_administrator.post(
            f"{COURSES}{module.course.pk}/arrange/", [[module.pk, [99]]], content_type="application/json"
        )

        assert answer.status_code == 409
        assert "has changed in the meantime" in answer.json()["message"]

    def test_it_is_not_done_by_get(self, as_administrator: Client, module: Module) -> None:
        assert as_administrator.get(f"{COURSES}{module.course.pk}/arrange/").status_code == 405

    def test_those_who_may_only_look_do_not_arrange(
        self, signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], module: Module
    ) -> None:
        client = signed_in(co_instructor_with("view_course"))

        answer = client.post(
            f"{COURSES}{module.course.pk}/arrange/", [[module.pk, []]], content_type="application/json"
        )

        assert answer.status_code == 403
