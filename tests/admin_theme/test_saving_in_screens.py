"""What a form saves: one change set, within the scope, or nothing at all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course, Module
from tests.recipes import catalog
from tests.support.people import grant

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.admin_theme.screens")]

COURSES = "/admin/catalog/course/"


def course_form(course: Course, modules: list[Module] | None = None, **changes: Any) -> dict[str, Any]:
    """What the browser posts for the course's page."""
    rows = modules or []
    data: dict[str, Any] = {
        "title": course.title,
        "code": course.code,
        "slug": course.slug,
        "category": course.category_id or "",
        "price": course.price or "",
        "description": course.description,
        "modules-TOTAL_FORMS": len(rows),
        "modules-INITIAL_FORMS": len(rows),
    }
    for index, module in enumerate(rows):
        data |= {
            f"modules-{index}-id": module.pk,
            f"modules-{index}-course": course.pk,
            f"modules-{index}-title": module.title,
            f"modules-{index}-order": module.order,
        }
    return data | changes


def test_a_change_is_one_set_with_its_reason(as_administrator: Client, administrator: User, course: Course) -> None:
    before = ChangeSet.objects.count()

    answer = as_administrator.post(
        f"{COURSES}{course.pk}/change/", course_form(course, title="Python, slowly", _reason="A clearer name")
    )

    assert answer.status_code == 302
    assert ChangeSet.objects.count() == before + 1
    change = ChangeSet.objects.latest("pk")
    assert (change.actor, change.reason, change.channel) == (administrator, "A clearer name", "screen")
    assert course.history.latest().change_set == change


def test_a_broken_rule_is_shown_in_the_form_and_nothing_is_saved_or_logged(
    as_administrator: Client, course: Course, module: Module
) -> None:
    before = ChangeSet.objects.count()

    answer = as_administrator.post(
        f"{COURSES}{course.pk}/change/",
        course_form(course, [module], title="Python gratis", **{"modules-0-title": "Other steps"}),
    )

    assert answer.status_code == 200
    assert "A title may not say that a course is free." in answer.content.decode()
    course.refresh_from_db()
    module.refresh_from_db()
    assert (course.title, module.title) == ("Python from the first line", "First steps")
    assert ChangeSet.objects.count() == before


def test_a_broken_rule_on_the_add_page_adds_nothing(as_administrator: Client, db: None) -> None:
    answer = as_administrator.post(f"{COURSES}add/", course_form(Course(title="Go gratis", code="GO-1", slug="go")))

    assert answer.status_code == 200
    assert not Course.with_archived.exists()


def test_a_forged_choice_out_of_scope_is_no_choice(
    co_instructor_with: Callable[[str], User],
    signed_in: Callable[[User], Client],
    module: Module,
    other_course: Course,
) -> None:
    client = signed_in(co_instructor_with("edit_content"))

    answer = client.post(
        f"/admin/catalog/module/{module.pk}/change/", {"course": other_course.pk, "title": module.title, "order": 1}
    )

    assert answer.status_code == 200
    assert other_course.title not in answer.content.decode()
    module.refresh_from_db()
    assert module.course_id != other_course.pk


def test_a_record_may_not_be_moved_where_the_person_may_only_look(
    co_instructor_with: Callable[[str], User],
    signed_in: Callable[[User], Client],
    module: Module,
    other_course: Course,
) -> None:
    editor = co_instructor_with("edit_content")
    grant(editor, "view_course", other_course)

    answer = signed_in(editor).post(
        f"/admin/catalog/module/{module.pk}/change/", {"course": other_course.pk, "title": module.title, "order": 1}
    )

    assert answer.status_code == 200
    assert "where you may not change anything" in answer.content.decode()
    module.refresh_from_db()
    assert module.course_id != other_course.pk


def test_a_foreign_row_posted_in_an_inline_is_refused(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course, other_course: Course
) -> None:
    foreign = catalog.module.make(course=other_course, title="Not yours")
    client = signed_in(co_instructor_with("edit_content"))

    answer = client.post(
        f"{COURSES}{course.pk}/change/", course_form(course, [foreign], **{"modules-0-title": "Taken"})
    )

    assert answer.status_code == 403
    foreign.refresh_from_db()
    assert (foreign.title, foreign.course) == ("Not yours", other_course)


def test_inline_rows_posted_by_somebody_who_may_only_view_are_refused(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course, module: Module
) -> None:
    client = signed_in(co_instructor_with("view_course"))

    answer = client.post(f"{COURSES}{course.pk}/change/", course_form(course, [module], **{"modules-0-DELETE": "on"}))

    assert answer.status_code == 403
    assert Module.objects.filter(pk=module.pk).exists()


def test_list_editable_rows_out_of_scope_are_not_written(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], module: Module, other_course: Course
) -> None:
    foreign = catalog.module.make(course=other_course, title="Not yours", order=3)
    client = signed_in(co_instructor_with("edit_content"))

    client.post(
        "/admin/catalog/module/",
        {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": foreign.pk, "form-0-order": 9, "_save": "Save"},
    )

    foreign.refresh_from_db()
    assert foreign.order == 3


def test_saving_as_a_new_record_is_refused_where_the_screen_does_not_offer_it(
    as_administrator: Client, course: Course
) -> None:
    answer = as_administrator.post(
        f"{COURSES}{course.pk}/change/", course_form(course, code="PY-102", slug="py-102", _saveasnew="1")
    )

    assert answer.status_code == 400
    assert Course.with_archived.count() == 1


def test_a_record_others_need_is_refused_in_words(as_administrator: Client, course: Course, enrollment: Any) -> None:
    answer = as_administrator.post(f"{COURSES}{course.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 200
    assert "Archive it instead" in answer.content.decode()
    assert str(enrollment.user) not in answer.content.decode()
    assert Course.objects.filter(pk=course.pk).exists()


def test_a_record_is_deleted_with_its_reason_in_the_history(as_administrator: Client, other_course: Course) -> None:
    answer = as_administrator.post(f"{COURSES}{other_course.pk}/delete/", {"post": "yes", "_reason": "A double"})

    assert answer.status_code == 302
    assert not Course.with_archived.filter(pk=other_course.pk).exists()
    assert ChangeSet.objects.latest("pk").reason == "A double"


def test_a_read_only_screen_refuses_every_change(as_administrator: Client, lesson: Any) -> None:
    page = f"/admin/catalog/lesson/{lesson.pk}/"

    answers = [
        as_administrator.post(f"{page}change/", {"title": "x"}),
        as_administrator.post(f"{page}delete/", {"post": "yes"}),
        as_administrator.get("/admin/catalog/lesson/add/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    lesson.refresh_from_db()
    assert lesson.title == "What a variable is"
