"""A manager looks at other days, hides a card and comes back; the charts stand in light and in dark, on a phone too."""

from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.statistics.models import StatSnapshot
from apps.statistics.services import refresh_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counted(busy_course: Course) -> Course:
    today = timezone.now().astimezone(UTC).date()
    for back, number in ((100, 0), (50, 1), (9, 2)):
        day = today - timedelta(days=back)
        StatSnapshot.objects.create(day=day, month=day.replace(day=1), learners=number)
    refresh_everything()
    return busy_course


def test_a_manager_switches_the_period_hides_a_card_and_finds_it_so_again(
    open_browser: Callable[..., Page], manager: User, counted: Course
) -> None:
    page = open_browser(manager)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/admin/")
    page.get_by_label("Period").select_option("7")
    page.get_by_label("compared with").select_option("none")
    page.get_by_role("button", name="Show", exact=True).press("Enter")

    expect(page.get_by_label("Period")).to_have_value("7")
    page.get_by_role("button", name="Hide Learners by month").press("Enter")
    expect(page.get_by_role("heading", name="Learners by month")).to_have_count(0)
    page.get_by_role("button", name="Move Growth up").press("Enter")
    headings = page.locator(".d-card h2")
    expect(headings.first).to_have_text("Growth")

    page.goto("/admin/catalog/course/")
    page.goto("/admin/")

    expect(headings.first).to_have_text("Growth")
    expect(page.get_by_label("Period")).to_have_value("7")
    expect(page.get_by_role("heading", name="Learners by month")).to_have_count(0)
    page.get_by_role("button", name="Show Learners by month").press("Enter")
    expect(page.get_by_role("heading", name="Learners by month")).to_be_visible()
    page.get_by_role("button", name="Arrange it as at first").click()
    expect(headings.first).to_have_text("The platform")
    assert complaints == []


def test_everything_works_without_scripts(open_browser: Callable[..., Page], manager: User, counted: Course) -> None:
    page = open_browser(manager, java_script_enabled=False)
    page.goto("/admin/")

    page.get_by_role("button", name="Hide How far learners come").click()

    expect(page.get_by_role("heading", name="How far learners come")).to_have_count(0)
    page.get_by_text("As a table").click()
    expect(page.get_by_role("columnheader", name="Enrollments")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_number_leads_to_its_rows_and_nothing_is_wider_than_the_page(
    width: int, open_browser: Callable[..., Page], manager: User, counted: Course
) -> None:
    page = open_browser(manager, width=width)
    page.goto("/admin/")

    expect(page.locator("canvas.chart")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".d-numbers a").nth(1).click()
    expect(page).to_have_url("/admin/enrollments/enrollment/?reached=enrolled")
