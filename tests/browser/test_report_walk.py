"""A manager builds a report from a list, sees its first rows change with what is chosen, saves it and takes it out."""

import csv
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.reports.models import Report, ReportRun
from tests.recipes import enrollments
from tests.support.people import person

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_manager_builds_previews_saves_and_downloads_a_report(
    open_browser: Callable[..., Page], manager: User, course: Course
) -> None:
    for name in ("ann", "bea"):
        enrollments.enrollment.make(course=course, user=person(name, User.Role.STUDENT))
    page = open_browser(manager)

    # From the list, as it is narrowed, to the builder: the first rows are there before anything is saved.
    page.goto("/admin/enrollments/enrollment/?q=ann")
    page.get_by_role("button", name="Save as report").click()
    rows = page.locator("#report-rows")
    expect(rows.get_by_text("ann@example.org")).to_be_visible()
    expect(rows.get_by_text("1 row.")).to_be_visible()

    # A column is added and moved, and the rows follow.
    page.get_by_label("Name", exact=False).first.fill("Ann's courses")
    page.get_by_label("Last name", exact=True).check()
    expect(rows.get_by_role("columnheader", name="Last name")).to_be_visible()
    page.get_by_role("button", name="Move Last name up").click()
    page.get_by_role("button", name="Move Last name up").click()
    expect(rows.get_by_role("columnheader").nth(4)).to_have_text("Last name")
    assert not Report.objects.exists()

    # Saved, it has a page of its own, and a file that is recorded.
    page.get_by_role("button", name="Add report").click()
    page.wait_for_url("**/change/**")
    expect(page.get_by_role("heading", name="Ann's courses", level=2)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    with download.value.path().open(newline="", encoding="utf-8-sig") as file:
        table = list(csv.reader(file))
    assert (len(table), table[0][4], table[1][4]) == (2, "Last name", "Ann")
    assert ReportRun.objects.get().requester == manager
