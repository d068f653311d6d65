"""A manager approves an application, suspends an instructor with the effects shown, and reinstates them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.catalog.services import publish_course
from apps.instructors.models import InstructorProfile
from tests.recipes import instructors
from tests.support.teaching import approved_profile

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_manager_approves_suspends_with_the_effects_shown_and_reinstates(
    open_browser: Callable[..., Page],
    manager: User,
    student: User,
    instructor: User,
    other_instructor: User,
    course: Course,
    administrator: User,
) -> None:
    publish_course(course, by=administrator)
    instructors.instructor_profile.make(user=student, bio="Plays the cello.")
    taught = approved_profile(instructor)
    page: Any = open_browser(manager)
    dialog = page.get_by_role("dialog")

    page.goto("/admin/instructors/instructorprofile/applications/")
    expect(page.get_by_text("Plays the cello.")).to_be_visible()
    page.get_by_role("link", name=f"Decide on {student}").click()
    page.get_by_role("link", name="Approve").click()
    dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"{student} is an instructor now.")).to_be_visible()

    page.goto(f"/admin/instructors/instructorprofile/{taught.pk}/change/")
    page.locator("li[x-ref^=actionDropdown] > a").click()
    page.get_by_title("Suspend").click()
    expect(page.get_by_text("They have a part in 1 course")).to_be_visible()
    page.get_by_label(f"What becomes of {course}").select_option("successor")
    page.get_by_label("Instructor who takes over").fill(other_instructor.email)
    page.get_by_label("Reason").fill("Asked learners for money.")
    page.get_by_role("button", name="Suspend and settle 1 course").click()
    expect(page.get_by_text("Of their courses: 1 handed over.")).to_be_visible()
    expect(page.get_by_role("note")).to_contain_text("Asked learners for money.")
    assert course.instructors.get(is_lead=True).user == other_instructor

    page.get_by_role("link", name="Reinstate").click()
    dialog.get_by_label("Reason").fill("It was somebody else.")
    dialog.get_by_role("button", name="Reinstate").click()
    expect(page.get_by_text(f"{instructor} teaches again.")).to_be_visible()

    assert set(InstructorProfile.objects.values_list("status", flat=True)) == {"approved"}
    student.refresh_from_db()
    assert student.role == User.Role.INSTRUCTOR
