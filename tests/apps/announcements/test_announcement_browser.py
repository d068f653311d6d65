"""A manager's walk in a browser: an announcement is written, looked at, counted and sent, and arrives."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.announcements.models import Announcement
from apps.announcements.tasks import deliver_announcement
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.notifications.tasks import mail_unread_notifications
from tests.recipes import enrollments

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 15_000


def test_writing_looking_counting_sending_and_arriving(
    open_browser: Callable[..., Any],
    manager: User,
    course: Course,
    learners: list[Enrollment],
    other_instructor: User,
    settings: Any,
) -> None:
    settings.ANNOUNCEMENT_CONFIRM_ABOVE = 3
    enrollments.enrollment.make(course=course, user=other_instructor)
    tab = open_browser(manager)
    tab.goto(f"/admin/catalog/course/{course.pk}/change/?tab=announcements")
    tab.get_by_role("link", name="Write an announcement").first.click()
    tab.get_by_label("Title").fill("The live session moves")
    tab.locator("textarea[name=text]").fill("It begins on Friday at six.")
    tab.get_by_role("button", name="Add announcement").click()

    expect(tab.get_by_text("4 learners")).to_be_visible(timeout=PATIENCE)
    expect(tab.locator(".n-body")).to_contain_text("It begins on Friday at six.")
    tab.get_by_role("link", name="Send").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("It goes to 4 learners.", timeout=PATIENCE)
    dialog.get_by_label("Type the number of learners").fill("5")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_contain_text("Type this number to send it.", timeout=PATIENCE)
    dialog.get_by_label("Type the number of learners").fill("4")
    dialog.get_by_role("button", name="Send").click()
    expect(tab.get_by_text("is on its way.")).to_be_visible(timeout=PATIENCE)

    deliver_announcement.execute(JobRun.objects.get(job="announcements.deliver").pk)
    mail_unread_notifications.now(by=None)
    assert (Announcement.objects.get().told_count, len(mail.outbox)) == (4, 4)
    assert mail.outbox[0].subject == "[Backoffice] Python from the first line: The live session moves"
    bell = open_browser(other_instructor)
    bell.goto("/admin/")
    expect(bell.get_by_role("link", name="Notifications, 1 unread")).to_be_visible(timeout=PATIENCE)
    bell.goto("/admin/notifications/notification/")
    bell.get_by_role("button", name="as read").first.click()
    tab.reload()
    expect(tab.get_by_text("4 learners told, 1 read it")).to_be_visible(timeout=PATIENCE)
