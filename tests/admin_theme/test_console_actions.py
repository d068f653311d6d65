"""Actions: by POST, to records in the scope of the verb, and a sentence that says what became of each."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course
from tests.recipes import catalog
from tests.support.people import grant

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.admin_theme.screens")]

COURSES = "/admin/catalog/course/"
DIALOG = {"HX-Request": "true"}


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_an_action_is_not_done_by_get(as_administrator: Client, course: Course) -> None:
    answer = as_administrator.get(f"{COURSES}{course.pk}/feature/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    course.refresh_from_db()
    assert not course.is_featured


def test_the_dialog_of_an_action_changes_nothing(as_administrator: Client, course: Course) -> None:
    answer = as_administrator.get(f"{COURSES}{course.pk}/rename/", headers=DIALOG)

    assert answer.status_code == 200
    assert "Learners see the new name at once." in answer.content.decode()
    course.refresh_from_db()
    assert course.title == "Python from the first line"


def test_an_action_is_done_by_post_and_says_so(as_administrator: Client, course: Course) -> None:
    answer = as_administrator.post(f"{COURSES}{course.pk}/feature/")

    assert answer.status_code == 302
    assert said(answer) == "Python from the first line is featured now."
    course.refresh_from_db()
    assert course.is_featured


def test_an_action_that_asks_why_is_not_done_without_a_reason(as_administrator: Client, course: Course) -> None:
    without = as_administrator.post(f"{COURSES}{course.pk}/rename/", {"reason": " "}, headers=DIALOG)
    course.refresh_from_db()

    assert "required" in without.content.decode()
    assert course.title == "Python from the first line"


def test_the_reason_of_an_action_is_kept(as_administrator: Client, course: Course) -> None:
    answer = as_administrator.post(f"{COURSES}{course.pk}/rename/", {"reason": "Python at night"}, headers=DIALOG)

    assert "HX-Redirect" in answer.headers
    assert ChangeSet.objects.latest("pk").reason == "Python at night"


def test_a_broken_rule_is_shown_in_the_dialog(as_administrator: Client, course: Course) -> None:
    as_administrator.post(f"{COURSES}{course.pk}/feature/")

    answer = as_administrator.post(f"{COURSES}{course.pk}/feature/", headers=DIALOG)

    assert answer.status_code == 200
    assert "it is featured already." in answer.content.decode()


def test_an_action_out_of_scope_finds_nothing(as_instructor: Client, course: Course, other_course: Course) -> None:
    answers = [as_instructor.post(f"{COURSES}{key}/feature/") for key in (other_course.pk, 987654, "x")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    other_course.refresh_from_db()
    assert not other_course.is_featured


def test_an_action_without_its_right_is_refused(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course
) -> None:
    client = signed_in(co_instructor_with("view_course"))

    page = client.get(f"{COURSES}{course.pk}/change/")
    answer = client.post(f"{COURSES}{course.pk}/feature/")

    assert "/feature/" not in page.content.decode()
    assert answer.status_code == 403
    course.refresh_from_db()
    assert not course.is_featured


def test_a_form_of_an_action_offers_only_records_in_scope(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course
) -> None:
    archived = catalog.category.make(name="Gone", slug="gone", archived_at="2026-01-01T00:00:00Z")
    client = signed_in(co_instructor_with("edit_content"))

    dialog = client.get(f"{COURSES}{course.pk}/move/", headers=DIALOG)
    client.post(f"{COURSES}{course.pk}/move/", {"category": archived.pk})

    assert "Programming" in dialog.content.decode()
    assert "Gone" not in dialog.content.decode()
    course.refresh_from_db()
    assert course.category_id != archived.pk


def selection(*courses: Course, action: str = "feature", **more: Any) -> dict[str, Any]:
    return {"action": action, "_selected_action": [course.pk for course in courses], "select_across": "0", **more}


def test_a_selection_is_asked_about_first(as_administrator: Client, course: Course, other_course: Course) -> None:
    answer = as_administrator.post(COURSES, selection(course, other_course, index="0"))

    assert answer.status_code == 200
    assert "Feature 2 courses" in answer.content.decode()
    assert not Course.objects.filter(is_featured=True).exists()


def test_a_selection_is_done_one_by_one_in_one_change_set(
    as_administrator: Client, course: Course, other_course: Course
) -> None:
    other_course.is_featured = True
    other_course.save()
    before = ChangeSet.objects.count()

    answer = as_administrator.post(COURSES, selection(course, other_course, _confirmed="yes"))

    assert answer.status_code == 302
    assert "1 course featured." in said(answer)
    assert "1 course left alone. Watercolor in the open air: it is featured already." in said(answer)
    assert ChangeSet.objects.count() == before + 1


def test_foreign_records_in_a_forged_selection_are_not_touched(
    as_instructor: Client, course: Course, other_course: Course
) -> None:
    for forged in (selection(other_course), selection(course, other_course, select_across="1")):
        as_instructor.post(COURSES, {**forged, "_confirmed": "yes"})

    other_course.refresh_from_db()
    course.refresh_from_db()
    assert course.is_featured
    assert not other_course.is_featured


def test_records_in_view_without_the_right_are_left_alone_by_name(
    instructor: User, signed_in: Callable[[User], Client], course: Course, other_course: Course
) -> None:
    grant(instructor, "view_course", other_course)

    answer = signed_in(instructor).post(COURSES, selection(course, other_course, _confirmed="yes"))

    assert "Watercolor in the open air: you may not do this to it." in said(answer)
    other_course.refresh_from_db()
    assert not other_course.is_featured


def test_an_action_not_offered_does_nothing(as_administrator: Client, course: Course, category: Category) -> None:
    as_administrator.post(COURSES, selection(course, action="delete_selected", _confirmed="yes", post="yes"))
    as_administrator.post(COURSES, selection(course, action="move", _confirmed="yes", category=category.pk))

    assert Course.objects.filter(pk=course.pk).exists()
