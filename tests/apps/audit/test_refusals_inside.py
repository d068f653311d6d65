"""Refusals inside a request that is answered otherwise: they leave one row as well, and nothing is done."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import AccessEvent, ChangeSet
from apps.catalog.models import Course, Lesson, Module
from tests.recipes import catalog
from tests.support.people import grant, teach

pytestmark = pytest.mark.django_db
Kind = AccessEvent.Kind
COURSES = "/admin/catalog/course/"


@pytest.fixture
def seen_course(other_course: Course, instructor: User) -> Course:
    """Somebody else's course, which the instructor may look at."""
    grant(instructor, "view_course", other_course)
    return other_course


def test_what_a_bulk_action_leaves_alone_is_one_refusal(
    as_instructor: Client, instructor: User, course: Course, seen_course: Course
) -> None:
    data = {
        "action": "archive",
        "_selected_action": [course.pk, seen_course.pk],
        "_confirmed": "yes",
        "reason": "The end.",
    }

    as_instructor.post(COURSES, data)

    event = AccessEvent.objects.get()
    assert (event.kind, event.actor, event.status) == (Kind.REFUSED, instructor, 302)
    assert (event.verb, event.model_label, event.object_key) == ("archive", "catalog.course", str(seen_course.pk))
    assert event.detail == "1 course of 2 left alone."
    assert list(Course.objects.filter(archived_at=None)) == [seen_course]


def test_a_bulk_action_that_leaves_nothing_alone_is_no_refusal(as_instructor: Client, course: Course) -> None:
    data = {"action": "archive", "_selected_action": [course.pk], "_confirmed": "yes", "reason": "The end."}

    as_instructor.post(COURSES, data)

    assert not AccessEvent.objects.exists()


def test_an_action_that_was_not_offered_is_a_refusal(as_manager: Client, course: Course) -> None:
    before = ChangeSet.objects.count()

    as_manager.post(COURSES, {"action": "publish", "_selected_action": [course.pk], "_confirmed": "yes"})

    event = AccessEvent.objects.get()
    assert (event.kind, event.verb, event.model_label) == (Kind.REFUSED, "publish", "catalog.course")
    assert ChangeSet.objects.count() == before


def test_a_form_sent_when_the_right_has_ended_is_a_refusal(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course, lesson: Lesson
) -> None:
    editor = co_instructor_with("edit_content")
    client = signed_in(editor)
    address = f"/admin/catalog/lesson/{lesson.pk}/change/"
    course.user_grants.filter(user=editor).delete()
    grant(editor, "view_course", course)

    answer = client.post(address, {"title": "Too late"})

    event = AccessEvent.objects.get()
    lesson.refresh_from_db()
    assert answer.status_code == 403
    assert (event.actor, event.verb, event.object_key) == (editor, "change", str(lesson.pk))
    assert lesson.title != "Too late"


def test_an_earlier_version_with_what_one_may_not_change_is_a_refusal(as_instructor: Client, course: Course) -> None:
    draft = course.history.latest("history_id")
    course.status = Course.Status.PUBLISHED
    course.save()

    as_instructor.post(f"{COURSES}{course.pk}/history/", {"version": draft.pk})

    event = AccessEvent.objects.get()
    course.refresh_from_db()
    assert (event.kind, event.verb, event.object_key) == (Kind.REFUSED, "revert", str(course.pk))
    assert "it would change" in event.detail
    assert course.status == Course.Status.PUBLISHED


def test_a_refused_way_back_names_the_record(as_manager: Client, course: Course) -> None:
    first = course.history.latest("history_id")

    assert as_manager.post(f"{COURSES}{course.pk}/history/", {"version": first.pk}).status_code == 403

    event = AccessEvent.objects.get()
    assert (event.verb, event.model_label, event.object_key) == ("change", "catalog.course", str(course.pk))


def test_a_form_without_its_token_is_a_refusal(instructor: User, course: Course) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(instructor)

    answer = client.post(f"{COURSES}{course.pk}/archive/", {"reason": "x"})

    event = AccessEvent.objects.get()
    assert answer.status_code == 403
    assert (event.kind, event.method, event.object_key) == (Kind.REFUSED, "POST", str(course.pk))


def test_a_method_nobody_may_use_is_no_refusal(as_instructor: Client, course: Course) -> None:
    assert as_instructor.get(f"{COURSES}{course.pk}/archive/").status_code == 405

    assert not AccessEvent.objects.exists()


def test_refused_inline_rows_name_what_was_refused(as_instructor: Client, instructor: User) -> None:
    own, foreign = catalog.course.make(code="OWN"), catalog.module.make()
    teach(instructor, own)
    grant(instructor, "view_course", foreign.course)

    answer = as_instructor.post(f"/admin/catalog/module/{foreign.pk}/change/", {"title": "Taken"})

    assert answer.status_code == 403
    assert AccessEvent.objects.get().model_label == "catalog.module"
    assert Module.objects.get(pk=foreign.pk).title != "Taken"
