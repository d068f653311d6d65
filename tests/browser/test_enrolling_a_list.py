"""The walk of a full course: a list is enrolled, somebody waits, a seat is given back, and they move up."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from tests.support.people import person

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_instructor_fills_a_course_and_a_seat_given_back_goes_to_who_waits(
    open_browser: Callable[..., Page], instructor: User, course: Course
) -> None:
    Course.objects.filter(pk=course.pk).update(seats=1)
    for name in ("first", "second"):
        person(name, User.Role.STUDENT)
    page = open_browser(instructor)

    # The list is pasted on the course's page, and what will happen is said before anything does.
    page.goto(f"/admin/catalog/course/{course.pk}/change/?tab=learners")
    page.get_by_role("link", name="Enroll a list").click()
    page.get_by_label("E-mail addresses").fill("first@example.org\nsecond@example.org\nnobody@example.org")
    page.get_by_label("Reason").fill("The class of May.")
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_text("Nothing is done yet.")).to_be_visible()
    expect(page.get_by_text("nobody@example.org", exact=True)).to_be_visible()
    page.get_by_role("button", name="Enroll 2 people").click()
    expect(page.get_by_text("Done: 1 enrolled, 1 on the waiting list, 1 unknown.")).to_be_visible()

    # Whoever waits has a place, and the page says why the course is closed to them.
    page.get_by_role("link", name="To the learners").click()
    expect(page.get_by_text("1 of 1 seats taken, 1 waits for a seat.")).to_be_visible()
    page.get_by_role("link", name="Robin Second").click()
    expect(page.get_by_text("1st of 1")).to_be_visible()
    page.get_by_role("link", name="Access", exact=True).click()
    expect(page.get_by_text("They wait for a seat, as the 1st of 1 on the waiting list.")).to_be_visible()

    # The first leaves, and the seat is theirs.
    page.goto(f"/admin/catalog/course/{course.pk}/change/?tab=learners")
    page.get_by_role("link", name="Robin First").click()
    page.locator("[x-ref=actionDropdown] > a").click()
    page.get_by_title("Drop", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Reason").fill("Moved away.")
    dialog.get_by_role("button", name="Drop").click()
    expect(page.get_by_text("Robin First in Python from the first line is dropped.")).to_be_visible()
    page.goto(f"/admin/catalog/course/{course.pk}/change/?tab=learners")
    expect(page.get_by_text("1 of 1 seats taken.")).to_be_visible()
    states = dict(Enrollment.objects.values_list("user__email", "status"))
    assert states == {"first@example.org": "dropped", "second@example.org": "active"}
