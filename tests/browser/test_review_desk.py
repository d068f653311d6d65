"""Moderators at the desk by keys alone, and deciding on a whole list: each once, said, and taken back where asked."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.reviews.models import Review, ReviewDecision
from tests.recipes import reviews
from tests.support.people import give_role, person
from tests.support.properties import TIMES

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = "/admin/reviews/review/desk/"
REVIEWS = 20 * TIMES
GOES_ON = "held => document.getElementById('desk').dataset.review !== held"


def shown(page: Page) -> str:
    return page.locator(".d-review h2").inner_text()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def says(page: Page, words: str) -> None:
    expect(page.locator("#desk-said")).to_contain_text(words)


def test_two_people_decide_by_keys_and_never_the_same(
    open_browser: Callable[..., Page], course: Course, moderator: User
) -> None:
    colleague = give_role(person("colleague", pk=70_001), "moderator")
    for number in range(7):
        since = timezone.now() - timedelta(hours=9 - number)
        reviews.review.make(pk=90_001 + number, course=course, title=f"Review {number}", waits_since=since)
    first, second = open_browser(moderator), open_browser(colleague, width=390, color_scheme="dark")

    first.goto(DESK)
    expect(first.locator(".d-review h2")).to_have_text("Review 0")
    expect(first.locator("[data-hold]")).to_have_text(re.compile(r"held by you [45]:\d\d"))
    second.goto(DESK)
    expect(second.locator(".d-review h2")).to_have_text("Review 1")

    press(first, "a")
    says(first, "approved.")
    expect(first.locator(".d-review h2")).to_have_text("Review 2")
    press(second, "r", "ArrowDown", "Enter")
    says(second, "rejected.")
    expect(second.locator(".d-review h2")).to_have_text("Review 3")
    press(first, "u")
    says(first, "Taken back")
    expect(first.locator(".d-review h2")).to_have_text("Review 0")
    press(first, "j")
    expect(first.locator(".d-review h2")).to_have_text("Review 2")
    press(first, "k")
    expect(first.locator(".d-review h2")).to_have_text("Review 0")
    press(first, "f")
    first.locator("#desk-flag-to").select_option(label="Robin Colleague")
    press(first, "Tab")
    first.keyboard.type("Is this about the course?")
    press(first, "Tab", "Enter")
    says(first, "flagged.")
    press(second, "a")
    expect(second.locator(".d-review h2")).to_have_text("Review 0")  # it was flagged to them, so it comes first
    expect(second.locator(".d-note")).to_contain_text("Is this about the course?")
    press(first, "s")
    says(first, "left for later.")
    press(first, "?")
    expect(first.locator("#c-keys-dialog")).to_contain_text("Reject with a reason")
    press(first, "Escape")
    press(first, "r", "Escape", "a")
    says(first, "approved.")
    for page in (first, second):
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    first.goto("/admin/")

    decided = ReviewDecision.objects.filter(taken_back_at=None).values_list("review", "outcome")
    assert len(decided) == len(set(decided)) == 4
    assert Review.objects.get(title="Review 1").rejection_reason == "offensive"
    assert Review.objects.filter(title__in=("Review 2", "Review 0")).exclude(state="approved").count() == 2
    expect(first.get_by_role("link", name="Review desk").first).to_be_visible()
    assert Review.objects.exclude(claimed_by=None).get().claimed_by == colleague


def test_two_people_work_off_the_queue_at_once_and_each_review_is_decided_once(
    open_browser: Callable[..., Page], course: Course, moderator: User
) -> None:
    for number in range(REVIEWS):
        reviews.review.make(course=course, title=f"Review {number}")
    colleague = give_role(person("colleague"), "moderator")
    pages = [open_browser(moderator), open_browser(colleague)]
    for page in pages:
        page.goto(DESK)
        if page.locator("#desk").get_attribute("data-review") is None:
            page.keyboard.press("Enter")
        expect(page.locator(".d-review")).to_be_visible()

    while working := {page: held for page in pages if (held := page.locator("#desk").get_attribute("data-review"))}:
        for page in working:
            page.keyboard.press("a")
        for page, held in working.items():
            page.wait_for_function(GOES_ON, arg=held)

    decided = list(ReviewDecision.objects.values_list("review", "moderator"))
    assert len(decided) == len({review for review, _ in decided}) == REVIEWS
    assert {by for _, by in decided} == {moderator.pk, colleague.pk}
    assert set(Review.objects.values_list("state", flat=True)) == {"approved"}


def test_a_moderator_decides_on_a_whole_list_and_takes_all_of_it_back(
    open_browser: Callable[..., Page], course: Course, moderator: User
) -> None:
    for _ in range(3):
        reviews.review.make(course=course)
    page = open_browser(moderator)
    page.goto("/admin/reviews/review/")

    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("approve")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Approve 3 reviews").click()
    expect(page.get_by_text("3 reviews approved.")).to_be_visible()
    assert set(Review.objects.values_list("state", flat=True)) == {"approved"}

    page.get_by_role("link", name="Take all of it back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take all of it back").click()
    expect(page.get_by_text("3 reviews wait again.")).to_be_visible()
    expect(page.get_by_role("link", name="Take all of it back")).to_have_count(0)
    assert set(Review.objects.values_list("state", flat=True)) == {"pending"}
