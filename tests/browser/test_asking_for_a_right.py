"""The whole walk from a refusal to the right: refused, asked, announced, granted, open."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import AccessRequest, Course

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PRESS_PUBLISH = """address => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    document.body.append(form);
    form.submit();
}"""


def test_a_co_instructor_asks_and_the_lead_instructor_grants_from_the_bell(
    open_browser: Callable[..., Page],
    co_instructor_with: Callable[[str], User],
    instructor: User,
    course: Course,
) -> None:
    viewer = co_instructor_with("view_course")
    theirs, leads = open_browser(viewer, width=390), open_browser(instructor)
    form_for_a_lesson = f"/admin/catalog/lesson/add/?course={course.pk}"

    # A forged press of Publish is refused, and the page says by whom it could be allowed.
    theirs.goto(f"/admin/catalog/course/{course.pk}/change/")
    theirs.evaluate(PRESS_PUBLISH, f"/admin/catalog/course/{course.pk}/publish/")
    expect(theirs.get_by_role("heading")).to_have_text("This is not yours to do")
    expect(theirs.get_by_text(f"publish the course “{course}”")).to_be_visible()

    # So is the empty form of a lesson; there they ask.
    theirs.goto(form_for_a_lesson)
    theirs.get_by_label("What do you need it for?").fill("The second week has no exercises yet.")
    theirs.get_by_role("button", name="Ask for this right").click()
    expect(theirs.get_by_text("Your request is sent.")).to_be_visible()
    theirs.goto(form_for_a_lesson)
    expect(theirs.get_by_text("it waits for an answer from Robin Instructor")).to_be_visible()

    # The lead instructor hears of it on any page, and grants from there.
    leads.goto("/admin/")
    bell = leads.get_by_role("link", name="Notifications, 1 unread")
    bell.click()
    leads.get_by_role("button", name=f"{viewer} asks to add lessons to the course “{course}”", exact=True).click()
    expect(leads.get_by_text("The second week has no exercises yet.")).to_be_visible()
    leads.get_by_role("link", name="Grant").click()
    leads.locator("#dialog").get_by_role("button", name="Grant").click()
    expect(leads.get_by_text(f"{viewer} is told that they may add lessons")).to_be_visible()
    expect(leads.get_by_role("link", name="Notifications, none unread")).to_be_visible()

    # Whoever asked is told, and the page they were refused opens.
    theirs.goto("/admin/")
    theirs.get_by_role("link", name="Notifications, 1 unread").click()
    theirs.get_by_role("button", name=f"You may now add lessons to the course “{course}”", exact=True).click()
    theirs.wait_for_url(f"**{form_for_a_lesson}")
    expect(theirs.locator("#lesson_form")).to_be_visible()
    assert AccessRequest.objects.get().state == AccessRequest.State.GRANTED
