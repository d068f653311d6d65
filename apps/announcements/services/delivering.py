"""Telling the learners: some hundreds by each statement, each once, however often it is begun again."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.announcements.models import Announcement
from apps.announcements.queries import KIND, audience_of
from apps.announcements.states import AnnouncementState
from apps.audit.recording import change_set
from apps.notifications.queries import told_by
from apps.notifications.services import News, notify, tell_many
from apps.records.policy import policy_for

State = AnnouncementState
CHUNK = 500


def begin_delivery(announcement: Announcement, *, by: Any) -> Announcement | None:
    """The announcement, on its way from now on; None when it was withdrawn or has arrived.

    Whoever sent it must still be allowed to at the moment it goes out; otherwise it is withdrawn, and they are told.
    """
    with change_set(by=by, title=f"Send announcement: {announcement}"[:200]):
        announcement.refresh_from_db(from_queryset=Announcement.objects.select_for_update(of=("self",)))
        if announcement.state == State.SENDING:
            return announcement
        if announcement.state != State.SCHEDULED:
            return None
        if refusal := why_not_sent(announcement, by):
            announcement.state = State.WITHDRAWN
            announcement.save()
            notify(by, kind=KIND, title=f"Not sent: {announcement}", text=refusal)
            return None
        announcement.state = State.SENDING
        announcement.save()
    return announcement


def why_not_sent(announcement: Announcement, by: Any) -> str:
    if not policy_for(Announcement).may(by, "send", announcement):
        return "You may not write to the learners of this course any more, so it was withdrawn."
    return "The course was archived, so it was withdrawn." if announcement.course.is_archived else ""


def deliver(announcement: Announcement, *, by: Any, report: Callable[[int, int], None] | None = None) -> Announcement:
    """Tells everybody in the audience who was not told yet, and counts them."""
    audience, last, done = audience_of(announcement), 0, 0
    total = audience.count()
    tell = report or (lambda done, total: None)  # noqa: ARG005
    tell(0, total)
    while rows := list(audience.filter(pk__gt=last).values_list("pk", "user_id")[:CHUNK]):
        with transaction.atomic():
            tell_many([news_for(announcement, user) for _, user in rows], kind=KIND)
        last, done = rows[-1][0], done + len(rows)
        tell(done, max(total, done))
    return _arrived(announcement, by=by)


def stop_delivery(announcement: Announcement, *, by: Any, reason: str) -> Announcement:
    """Ends what will not be gone on with: nobody told, it is withdrawn; some told, it went to those."""
    with change_set(by=by, reason=reason, title=f"Stop announcement: {announcement}"[:200]):
        announcement.refresh_from_db(from_queryset=Announcement.objects.select_for_update(of=("self",)))
        if announcement.state == State.SENDING:
            return _arrived(announcement, by=by)
        if announcement.state == State.SCHEDULED:
            announcement.state = State.WITHDRAWN
            announcement.save()
    return announcement


def _arrived(announcement: Announcement, *, by: Any) -> Announcement:
    with change_set(by=by, title=f"Sent announcement: {announcement}"[:200]):
        announcement.refresh_from_db(from_queryset=Announcement.objects.select_for_update(of=("self",)))
        if announcement.state != State.SENDING:
            return announcement  # Another worker was done first.
        announcement.state, announcement.sent_at = State.SENT, timezone.now()
        announcement.told_count = told_by(announcement.source).count()
        announcement.save()
    return announcement


def news_for(announcement: Announcement, user_id: int) -> News:
    return News(
        recipient_id=user_id,
        title=announcement.title,
        text=announcement.text,
        facts=facts_of(announcement),
        source=announcement.source,
        priority=announcement.priority,
        expires_at=announcement.expires_at,
    )


def facts_of(announcement: Announcement) -> dict[str, str]:
    """What the template of its mail may name."""
    return {
        "course": announcement.course.title,
        "author": str(announcement.sent_by or ""),
        "action": announcement.action_link,
    }
