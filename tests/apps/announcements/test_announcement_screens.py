"""The screens of announcements: written for one's own courses, seen as learners see them, counted before sending."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.announcements.models import Announcement
from apps.announcements.states import AnnouncementState
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from tests.recipes import announcements

pytestmark = pytest.mark.django_db

LIST = "/admin/announcements/announcement/"
WORDS = {"title": "A new date", "text": "Friday.", "priority": "normal", "progress_from": "0", "progress_to": "100"}


def page(announcement: Announcement, tab: str = "preview") -> str:
    return f"{LIST}{announcement.pk}/change/?tab={tab}"


def test_an_instructor_writes_to_the_learners_of_their_course(course: Course, as_instructor: Client) -> None:
    as_instructor.post(f"{LIST}add/", {**WORDS, "course": course.pk, "audience": ["active", "completed"]})

    made = Announcement.objects.get()
    assert (made.course, made.audience, made.state) == (course, ["active", "completed"], AnnouncementState.DRAFT)
    assert made.history.get().change_set.title.startswith("Add announcement")


def test_nobody_writes_to_the_learners_of_somebody_else(
    course: Course, other_course: Course, as_instructor: Client
) -> None:
    answer = as_instructor.post(f"{LIST}add/", {**WORDS, "course": other_course.pk, "audience": ["active"]})

    assert answer.status_code == 200
    assert not Announcement.objects.exists()


def test_the_page_shows_what_the_learner_gets_and_how_many_it_reaches(
    draft: Announcement, as_instructor: Client
) -> None:
    content = as_instructor.get(page(draft)).content.decode()

    assert "<strong>3 learners</strong> now: active." in content
    assert "Python from the first line: A new date" in content
    assert "<p>Hello Robin Marlow,</p>" in content


def test_words_are_shown_as_words(draft: Announcement, as_instructor: Client) -> None:
    Announcement.objects.filter(pk=draft.pk).update(text="<script>alert(1)</script>{name}")

    content = as_instructor.get(page(draft)).content.decode()

    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{name}" in content


def test_sending_is_one_post_and_a_run_in_the_background(draft: Announcement, as_instructor: Client) -> None:
    answer = as_instructor.post(f"{LIST}{draft.pk}/send/", follow=True)

    assert "is on its way. You may leave the page." in answer.content.decode()
    draft.refresh_from_db()
    run = JobRun.objects.get(job="announcements.deliver")
    assert (draft.state, draft.run, run.subject) == (AnnouncementState.SCHEDULED, run, draft.source)


def test_the_number_is_asked_for_when_it_goes_to_many(
    draft: Announcement, as_instructor: Client, settings: Any
) -> None:
    settings.ANNOUNCEMENT_CONFIRM_ABOVE = 2

    dialog = as_instructor.get(f"{LIST}{draft.pk}/send/", headers={"HX-Request": "true"}).content.decode()
    refused = as_instructor.post(f"{LIST}{draft.pk}/send/", {"typed": "4"}, follow=True).content.decode()

    assert "It goes to 3 learners." in dialog
    assert "Type this number to send it." in refused
    assert Announcement.objects.get().is_draft
    assert not JobRun.objects.exists()


def test_what_is_on_its_way_has_no_form_any_more(draft: Announcement, as_instructor: Client) -> None:
    Announcement.objects.update(state=AnnouncementState.SENT)

    answer = as_instructor.post(page(draft, "words"), {**WORDS, "title": "Other", "audience": ["active"]})

    assert answer.status_code == 403
    assert Announcement.objects.get().title == "A new date"
    content = as_instructor.get(page(draft, "words")).content.decode()
    assert ('name="_save"' in content, "&quot;active&quot;" in content, "A new date" in content) == (0, 0, 1)


def test_announcements_stand_on_the_page_of_their_course(
    draft: Announcement, course: Course, as_instructor: Client, as_support: Client
) -> None:
    announcements.announcement.make(title="Of another course")
    address = f"/admin/catalog/course/{course.pk}/change/?tab=announcements"

    content = as_instructor.get(address).content.decode()

    assert "A new date" in content
    assert f"{LIST}add/?course={course.pk}" in content
    assert "Of another course" not in content
    assert "?tab=announcements" not in as_support.get(address).content.decode()


def test_the_list_costs_no_more_with_more_rows(course: Course, learners: list[Enrollment], as_manager: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(LIST).status_code == 200
        return len(captured)

    announcements.announcement.make(course=course, _quantity=2)
    queries()
    few = queries()
    announcements.announcement.make(course=course, state="sent", _quantity=20)

    assert queries() == few <= 25
