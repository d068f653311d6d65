"""The page of a run in a real browser: figures move by themselves, and the page says when it has ended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.jobs.models import JobLogLine, JobRun
from tests.recipes import jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_left_open_follows_the_run_to_its_end(administrator: Any, open_browser: Callable[..., Page]) -> None:
    run = jobs.job_run.make(
        requester=administrator,
        title="Apply lessons.csv",
        state=JobRun.State.RUNNING,
        done=50,
        total=200,
        started_at=timezone.now() - timedelta(seconds=10),
        lease_until=timezone.now() + timedelta(minutes=1),
    )
    page = open_browser(administrator)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(reverse("admin:jobs_jobrun_change", args=[run.pk]))
    expect(page.get_by_text("50 of 200")).to_be_visible()

    JobRun.objects.filter(pk=run.pk).update(done=150, stage="Writing lessons")
    JobLogLine.objects.create(run=run, text="<b>Row 7</b> is repeated.", level="warning")
    expect(page.get_by_text("150 of 200")).to_be_visible()
    expect(page.get_by_text("<b>Row 7</b> is repeated.")).to_be_visible()
    expect(page.locator("progress")).to_have_js_property("value", 75)

    JobRun.objects.filter(pk=run.pk).update(
        state=JobRun.State.SUCCEEDED, done=200, finished_at=timezone.now(), outcome="200 lessons were created."
    )
    expect(page.get_by_text("200 lessons were created.", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Cancel it")).to_have_count(0)
    assert complaints == []


def test_a_run_is_cancelled_from_its_page(administrator: Any, open_browser: Callable[..., Page]) -> None:
    run = jobs.job_run.make(requester=administrator, title="Apply lessons.csv")
    page = open_browser(administrator, width=390)
    page.goto(reverse("admin:jobs_jobrun_change", args=[run.pk]))

    page.get_by_role("button", name="Cancel it").click()

    expect(page.get_by_text(f"Cancelled by {administrator} before it began.")).to_be_visible()
    expect(page.get_by_role("button", name="Do it again")).to_be_visible()
