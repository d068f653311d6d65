"""Announcements on their way, and those whose moment has come."""

from datetime import timedelta
from typing import Any

from apps.announcements.models import Announcement
from apps.announcements.queries import announcements_due
from apps.announcements.services import begin_delivery, deliver, stop_delivery
from apps.jobs.models import JobRun
from apps.jobs.registry import job
from apps.jobs.running import Run


def given_up(record: JobRun) -> None:
    """Cancelled, or its sender may not sign in any more: it is not begun again. Any other failure is tried again."""
    is_over = record.state == JobRun.State.CANCELLED or not (record.requester and record.requester.is_active)
    found = Announcement.objects.filter(pk=record.arguments.get("announcement")).first()
    if is_over and found is not None:
        stop_delivery(found, by=record.requester, reason=record.outcome)


@job(title="Send an announcement", key="announcements.deliver", given_up=given_up)
def deliver_announcement(run: Run, *, announcement: int) -> str:
    """Under the rights of whoever sent it. Nobody is told twice, however often it runs."""
    found = Announcement.objects.select_related("course", "sent_by").filter(pk=announcement).first()
    if found is None or begin_delivery(found, by=run.requester) is None:
        return "There was nothing to send any more."
    deliver(found, by=run.requester, report=lambda done, total: run.report(done, total, stage="Telling learners"))
    run.count(told=found.told_count)
    return f"{found.told_count:,} learner{'s' * (found.told_count != 1)} told."


@job(title="Send announcements whose moment has come", key="announcements.send_due", every=timedelta(minutes=1))
def send_due_announcements(run: Run) -> str:
    """Everything due and not on its way, also after a standstill; those under way already are only looked after."""
    due = list(announcements_due().select_related("sent_by"))
    for announcement in run.track(due):
        start_delivery(announcement)
    return f"{len(due):,} on their way." if due else "No announcement is due."


def start_delivery(announcement: Announcement) -> JobRun:
    """The run that sends it, in the name of whoever sent it; the open one where there is one."""
    record: JobRun = deliver_announcement.later(
        by=announcement.sent_by,
        subject=announcement.source,
        title=f"Send “{announcement}”",
        only_one=f"announcements.deliver:{announcement.pk}",
        announcement=announcement.pk,
    )
    Announcement.objects.filter(pk=announcement.pk).update(run=record)
    return record


def send_if_due(announcement: Any) -> JobRun | None:
    """Called once it was sent: what goes out at once need not wait for the minute."""
    return start_delivery(announcement) if announcements_due().filter(pk=announcement.pk).exists() else None
