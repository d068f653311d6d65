"""Telling people something, and what they do about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from apps.jobs.models import JobRun
from apps.jobs.queries import duration_words, seconds_taken, subject_address
from apps.notifications.models import Notification
from apps.notifications.queries import FOR_LEARNERS, unread_notifications
from apps.records.rules import RuleBroken

# Whoever waited this long for background work has most likely gone on to something else.
AWAY_AFTER_SECONDS = 10
LONGEST_TITLE = 200


def notify(
    person: Any,
    *,
    kind: str,
    title: str,
    text: str = "",
    link: str = "",
    priority: str = Notification.Priority.NORMAL,
    expires_at: datetime | None = None,
) -> Notification | None:
    """Tells one person something; nothing when they cannot open the console. `link` is an address of the console."""
    if not (person.is_active and person.is_staff):
        return None
    if link and not is_own_address(link):
        raise RuleBroken("A notification leads to a page of the console only.")
    return Notification.objects.create(
        recipient=person,
        kind=kind,
        title=shortened(title),
        text=text,
        link=link,
        priority=priority,
        expires_at=expires_at,
    )


def notify_learners(people: Iterable[Any], *, kind: str, title: str, text: str = "") -> None:
    """Tells people who have no console something: it reaches them by mail, once, as soon as a mail server takes it."""
    Notification.objects.bulk_create(
        [
            Notification(recipient=person, kind=f"{FOR_LEARNERS}{kind}", title=shortened(title), text=text)
            for person in people
            if person.is_active
        ],
        batch_size=500,
    )


def shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def is_own_address(link: str) -> bool:
    return link.startswith("/") and url_has_allowed_host_and_scheme(link, allowed_hosts=None)


def read_notification(notification: Notification, *, by: Any) -> Notification:
    """Notes that its recipient has seen it; the first time counts."""
    refuse_others(notification, by=by)
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])
    return notification


def dismiss_notification(notification: Notification, *, by: Any) -> Notification:
    """Takes it out of its recipient's list."""
    refuse_others(notification, by=by)
    if notification.dismissed_at is None:
        notification.dismissed_at = timezone.now()
        notification.save(update_fields=["dismissed_at"])
    return notification


def read_all_notifications(*, by: Any) -> int:
    """Notes that the person has seen everything they were told so far, and says how much that was."""
    return unread_notifications(by).update(read_at=timezone.now())


def settle_notifications(link: str, *, kind: str) -> int:
    """What this page asked of people has been dealt with: it waits for nobody any more."""
    return Notification.objects.filter(kind=kind, link=link, read_at=None).update(read_at=timezone.now())


def claim_for_mail(notifications: list[Notification]) -> list[Notification]:
    """Those of them that nobody else mails: each is taken in one conditional update before its mail is sent."""
    now = timezone.now()
    return [
        notification
        for notification in notifications
        if Notification.objects.filter(pk=notification.pk, emailed_at=None).update(emailed_at=now)
    ]


def give_back_from_mail(notifications: list[Notification]) -> None:
    """Their mail could not be sent."""
    Notification.objects.filter(pk__in=[notification.pk for notification in notifications]).update(emailed_at=None)


def refuse_others(notification: Notification, *, by: Any) -> None:
    if notification.recipient_id != by.pk:
        raise RuleBroken("This notification is somebody else's.")


def tell_run_ended(run: JobRun) -> None:
    """Tells whoever asked for background work that it failed, or that it is done after they stopped looking.

    Who cancels a run knows it, and a run of a schedule has nobody to tell.
    """
    if run.requester is None or run.state not in (JobRun.State.FAILED, JobRun.State.SUCCEEDED):
        return
    failed, seconds = run.state == JobRun.State.FAILED, seconds_taken(run) or 0
    if not failed and seconds < AWAY_AFTER_SECONDS:
        return
    notify(
        run.requester,
        kind="job",
        title=f"Failed: {run.title}" if failed else f"Done: {run.title}, after {duration_words(seconds)}",
        text=run.outcome,
        link=subject_address(run) or reverse("admin:jobs_jobrun_change", args=[run.pk]),
        priority=Notification.Priority.HIGH if failed else Notification.Priority.NORMAL,
    )
