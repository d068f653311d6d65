"""A manager has a report sent every Monday, tries it at once, and fetches the file by the link in the mail."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.jobs.models import JobRun
from apps.notifications.models import Mail
from apps.reports.models import ReportRun, ReportSchedule
from apps.reports.tasks import deliver_report
from tests.recipes import enrollments, reports
from tests.support.people import person

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_manager_schedules_a_report_runs_it_and_downloads_the_file_from_the_mail(
    open_browser: Callable[..., Page], manager: User, course: Course, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    enrollments.enrollment.make(course=course, user=person("ann", User.Role.STUDENT))
    report = reports.report.make(owner=manager, name="Who learns", source="enrollments", columns=["user_email"])
    page = open_browser(manager)

    # From the report to the form, where the report and the person are filled in and only what matters is asked.
    page.goto(f"/admin/reports/report/{report.pk}/change/?tab=schedules")
    page.get_by_role("link", name="Schedule it").click()
    expect(page.get_by_label("Report", exact=False).first).to_have_value(f"saved:{report.pk}")
    expect(page.get_by_text("Robin Manager").first).to_be_visible()
    expect(page.get_by_label("On day")).to_be_hidden()
    page.get_by_label("How often").select_option("monthly")
    expect(page.get_by_label("On day")).to_be_visible()
    page.get_by_label("How often").select_option("weekly")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("File").select_option("csv")
    page.get_by_role("button", name="Add report schedule").click()
    expect(page.get_by_text("Every Monday at 08:00 (Europe/Berlin) to 1 person as CSV").first).to_be_visible()

    # Tried at once: it says what became of it.
    page.get_by_role("link", name="Run now").click()
    page.get_by_role("dialog").get_by_role("button", name="Run now").click()
    expect(page.get_by_text("is on its way").first).to_be_visible()
    deliver_report.execute(JobRun.objects.get(job="reports.deliver").pk)
    page.reload()
    expect(page.get_by_text("Sent to 1 person.").first).to_be_visible()

    # The link of the mail leads to the file, which is theirs.
    address = re.search(r"https?://[^/]+(/admin/reports/reportrun/\S+)", Mail.objects.get(kind="report").text)
    assert address is not None
    page.goto(address[1])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    with download.value.path().open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [["Learner's e-mail"], ["ann@example.org"]]
    assert ReportRun.objects.get().schedule_number == ReportSchedule.objects.get().pk
