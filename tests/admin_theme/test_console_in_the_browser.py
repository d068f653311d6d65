"""The console in a real browser: keys, the palette, dialogs, both themes, and nothing wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from tests.support.browser import type_in_palette

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Opener = Callable[..., Page]


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page_of(open_browser: Opener, complaints: list[str]) -> Opener:
    """A page whose complaints (scripts that fail, policies broken) are written down."""

    def make(user: User | None, **options: int | str) -> Page:
        page = open_browser(user, **options)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        return page

    return make


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_no_page_is_wider_than_the_screen_or_breaks_a_policy(
    page_of: Opener, administrator: User, course: Course, complaints: list[str], width: int, theme: str
) -> None:
    page = page_of(administrator, width=width, color_scheme=theme)

    for address in (
        "/admin/",
        "/admin/catalog/course/",
        f"/admin/catalog/course/{course.pk}/change/",
        "/accounts/sessions/",
    ):
        page.goto(address)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, address

    assert complaints == []


def test_the_palette_finds_a_course_and_opens_it(page_of: Opener, administrator: User, course: Course) -> None:
    page = page_of(administrator)
    page.goto("/admin/")

    type_in_palette(page, "first line")
    expect(page.locator("#command-results-list")).to_contain_text("Python from the first line")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/admin/catalog/course/{course.pk}/change/")


def test_letters_typed_before_the_palette_has_the_focus_are_not_lost(page_of: Opener, administrator: User) -> None:
    page = page_of(administrator)
    page.goto("/admin/")
    page.keyboard.press("Control+k")
    expect(page.locator("#search-input-command")).to_be_focused()
    page.evaluate("document.activeElement.blur()")

    page.keyboard.type("gc first")

    expect(page.locator("#search-input-command")).to_have_value("gc first")
    assert page.url.endswith("/admin/")


def test_the_tab_one_is_on_is_seen_among_many(page_of: Opener, administrator: User, course: Course) -> None:
    page = page_of(administrator, width=390)

    page.goto(f"/admin/catalog/course/{course.pk}/change/?tab=statistics")

    expect(page.locator(".p-tabs [aria-current]")).to_be_in_viewport()
    assert page.evaluate("window.scrollY") == 0


def test_the_keys_are_shown_and_go_where_they_say(page_of: Opener, administrator: User, course: Course) -> None:
    page = page_of(administrator)
    page.goto("/admin/")

    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("Keys of this page")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")

    page.wait_for_url("**/admin/catalog/course/")


def test_a_chosen_theme_holds_outside_the_console_too(page_of: Opener, administrator: User) -> None:
    page = page_of(administrator, color_scheme="light")
    page.goto("/admin/")

    page.locator(".c-me-button").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_class("dark")
    page.goto("/accounts/sessions/")

    expect(page.locator("html")).to_have_class("dark")


def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(
    page_of: Opener, administrator: User, course: Course
) -> None:
    page = page_of(administrator)
    page.goto(f"/admin/catalog/course/{course.pk}/change/?tab=people")
    opener = page.locator("#content").get_by_role("button", name="Give rights")

    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Give rights")
    expect(dialog.get_by_label("Colleague")).to_be_focused()

    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_role("button", name="Give rights")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("Colleague")).to_be_focused()

    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_an_action_asks_in_a_dialog_and_says_what_it_did(page_of: Opener, administrator: User, course: Course) -> None:
    page = page_of(administrator)
    page.goto(f"/admin/catalog/course/{course.pk}/change/")

    page.locator("[hx-get$='/feature/']").dispatch_event("click")
    page.locator("#dialog").get_by_role("button", name="Feature").click()

    expect(page.locator("body")).to_contain_text("featured")
    course.refresh_from_db()
    assert course.is_featured
