"""A day of support in the browser: somebody calls, is found, understood and helped, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import LoginEvent, User
from apps.catalog.states import CourseStatus
from apps.enrollments.services import suspend_enrollment
from tests.recipes import catalog, enrollments
from tests.support.browser import type_in_palette
from tests.support.people import person

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late


@pytest.mark.django_db(transaction=True)
def test_support_finds_a_caller_sees_why_and_helps(
    support: User, administrator: User, open_browser: Callable[..., Page]
) -> None:
    caller = person("quillfeather", User.Role.STUDENT)
    for title in ("Botany", "Fencing"):
        course = catalog.course.make(title=title, status=CourseStatus.PUBLISHED)
        taken = enrollments.enrollment.make(user=caller, course=course)
    suspend_enrollment(taken, by=administrator, reason="Shared their key.")

    page = open_browser(support)
    page.goto("/admin/")
    type_in_palette(page, "quillf")
    expect(page.locator("#command-results-list")).to_contain_text("Robin Quillfeather")
    page.locator("#command-results-list").get_by_role("link", name="Robin Quillfeather").first.click()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.get_by_text("Has access to 1 of 2 courses; never signed in; no subscription.")).to_be_visible()
    expect(page.get_by_text("Shared their key.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Everything that changed").click()
    expect(page.get_by_label("Changes, newest first").get_by_text("Shared their key.").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_text("Send password mail").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Lost the password, called from the number we know.")
    dialog.get_by_role("button", name="Send password mail").click()
    expect(page.get_by_text("gets a mail with which to set a password")).to_be_visible()
    page.get_by_role("link", name="Sign-ins and sessions").click()
    expect(page.get_by_text("Lost the password, called from the number we know.")).to_be_visible()

    helped = LoginEvent.objects.get(outcome=LoginEvent.Outcome.RESET_MAIL)
    assert (helped.user, helped.by) == (caller, support)
