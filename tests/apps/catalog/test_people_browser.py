"""Giving a right and taking it back in a browser: a refusal stays in the dialog, what is done shows on the tab."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.catalog.models import Course
from tests.apps.catalog.screens import page
from tests.support.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_right_is_given_and_taken_back(
    width: int, open_browser: Callable[..., Any], course: Course, instructor: User
) -> None:
    person("guest")
    tab = open_browser(instructor, width=width)
    tab.goto(page("course", course, "people"))

    tab.get_by_role("button", name="Give rights").click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Colleague").fill("nobody@example.org")
    dialog.get_by_label("Edit content").check()
    dialog.get_by_label("Reason").fill("Rewrites module 2.")
    dialog.get_by_role("button", name="Give rights").click()
    expect(dialog.get_by_text("Nobody who works here signs in with this address.")).to_be_visible()
    dialog.get_by_label("Colleague").fill("guest@example.org")
    dialog.get_by_role("button", name="Give rights").click()

    expect(tab.get_by_text("Robin Guest has the right to edit content now.")).to_be_visible()
    expect(tab.locator(".people-line", has_text="Robin Guest")).to_contain_text("Rewrites module 2.")

    tab.get_by_role("button", name="Take back: Robin Guest").click()
    expect(dialog.get_by_label("Edit content")).to_be_checked()
    dialog.get_by_label("Reason").fill("Done.")
    dialog.get_by_role("button", name="Take rights back").click()

    expect(tab.get_by_text("The right to edit content is taken back.")).to_be_visible()
    assert not course.user_grants.filter(user__email="guest@example.org").exists()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
