"""The page of a suspension: what it shows, what is chosen for each course or for all, and a plan that has moved."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.services import add_instructor, publish_course
from apps.catalog.states import CourseStatus
from apps.instructors.models import InstructorProfile
from apps.instructors.states import InstructorStatus
from tests.support.people import teach


def page_of(profile: InstructorProfile) -> str:
    return f"/admin/instructors/instructorprofile/{profile.pk}/suspend/"


def shown_on(client: Client, profile: InstructorProfile) -> dict[str, str]:
    """What a browser would send back from the page, with a reason."""
    html = client.get(page_of(profile)).content.decode()
    found = re.search(r'name="shown" value="(\w+)"', html)
    assert found
    return {"shown": found[1], "for_all": "each", "successor": "", "reason": "Asked for money."}


def leads_of(course: Course) -> str:
    return CourseInstructor.objects.get(course=course, is_lead=True).user.email


@pytest.fixture
def second(other_course: Course, profile: InstructorProfile, colleague: User, administrator: User) -> Course:
    """Published, and led by the same instructor together with a colleague."""
    teach(profile.user, other_course)
    add_instructor(other_course, colleague, by=administrator)
    return publish_course(other_course, by=administrator)


def test_it_shows_each_course_with_its_learners_and_what_can_become_of_it(
    as_manager: Client, profile: InstructorProfile, published: Course, second: Course
) -> None:
    Course.objects.filter(pk=published.pk).update(enrolled_count=1200)

    page = as_manager.get(page_of(profile)).content.decode()

    assert "They have a part in 2 courses with 1,200 learners; 2 of these courses need somebody else" in page
    assert "Hand it over to Robin Colleague (co-instructor)" in page
    assert page.count("Unpublish it; its learners keep it") == 2
    assert "Suspend and settle 2 courses" in page


def test_each_course_gets_what_was_chosen_for_it(
    as_manager: Client, profile: InstructorProfile, published: Course, second: Course, colleague: User
) -> None:
    data = shown_on(as_manager, profile) | {
        f"course_{published.pk}": "successor",
        f"course_{second.pk}": "unpublish",
        "successor": colleague.email,
    }

    answer = as_manager.post(page_of(profile), data, follow=True)

    published.refresh_from_db()
    second.refresh_from_db()
    profile.refresh_from_db()
    assert "Of their courses: 1 handed over, 1 unpublished." in answer.content.decode()
    assert profile.status == InstructorStatus.SUSPENDED
    assert (published.status, leads_of(published)) == (CourseStatus.PUBLISHED, colleague.email)
    assert second.status == CourseStatus.UNPUBLISHED


@pytest.mark.parametrize(
    ("choice", "statuses"), [("unpublish", ["unpublished", "unpublished"]), ("successor", ["published", "published"])]
)
def test_one_choice_for_all_takes_the_place_of_the_others(
    choice: str,
    statuses: list[str],
    as_manager: Client,
    profile: InstructorProfile,
    published: Course,
    second: Course,
    other_instructor: User,
) -> None:
    data = shown_on(as_manager, profile) | {"for_all": choice, "successor": other_instructor.email}

    as_manager.post(page_of(profile), data)

    assert list(Course.objects.order_by("pk").values_list("status", flat=True)) == statuses
    led = CourseInstructor.objects.filter(user=other_instructor, is_lead=True).count()
    assert led == (2 if choice == "successor" else 0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"successor": "student@example.org"}, "No other instructor who may teach now has this address."),
        ({"for_all": "successor"}, "Name the instructor to whom"),
        ({"for_all": "everything"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    wrong: dict[str, Any],
    words: str,
    as_manager: Client,
    profile: InstructorProfile,
    published: Course,
    student: User,
) -> None:
    answer = as_manager.post(page_of(profile), shown_on(as_manager, profile) | wrong)

    published.refresh_from_db()
    profile.refresh_from_db()
    assert words in answer.content.decode()
    assert (profile.status, published.status) == (InstructorStatus.APPROVED, CourseStatus.PUBLISHED)


def test_when_the_courses_have_changed_the_page_shows_the_new_plan_and_does_that(
    as_manager: Client, profile: InstructorProfile, published: Course, colleague: User, administrator: User
) -> None:
    data = shown_on(as_manager, profile)
    add_instructor(published, colleague, by=administrator)

    refused = as_manager.post(page_of(profile), data).content.decode()

    assert "has changed since it was shown. Nothing was done: look at it again." in refused
    assert "Hand it over to Robin Colleague (co-instructor)" in refused
    assert "Asked for money." in refused
    assert leads_of(published) == profile.user.email
    as_manager.post(page_of(profile), data | {"shown": shown_on(as_manager, profile)["shown"]})
    assert leads_of(published) == colleague.email


def test_whoever_is_not_approved_has_no_such_page(as_manager: Client, application: InstructorProfile) -> None:
    answer = as_manager.get(page_of(application), follow=True)

    assert "is applied and cannot be suspended" in answer.content.decode()


def test_support_and_the_instructor_are_refused_by_both_methods(
    as_support: Client, as_instructor: Client, profile: InstructorProfile, published: Course
) -> None:
    for client in (as_support, as_instructor):
        assert client.get(page_of(profile)).status_code == 403
        assert client.post(page_of(profile), {"reason": "Asked."}).status_code == 403

    profile.refresh_from_db()
    assert profile.status == InstructorStatus.APPROVED
