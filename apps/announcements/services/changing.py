"""Writing, sending and withdrawing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.announcements.models import Announcement
from apps.announcements.queries import audience_of
from apps.announcements.states import AnnouncementState, transition_allowed
from apps.audit.recording import change_set
from apps.records.rules import RuleBroken

State = AnnouncementState


def save_announcement(announcement: Announcement, *, by: Any, reason: str = "") -> Announcement:
    """Keeps a draft. What is on its way or was withdrawn stays as it is."""
    with change_set(by=by, reason=reason, title=f"Write announcement: {announcement}"[:200]):
        before = Announcement.objects.select_for_update().filter(pk=announcement.pk).first()
        if before is not None and not before.is_draft:
            raise RuleBroken(f"This announcement is {before.get_state_display().lower()}. Write another one.")
        announcement.save()
    return announcement


def send_announcement(
    announcement: Announcement, *, by: Any, confirmed: int | None = None, reason: str = ""
) -> Announcement:
    """Sends it at its moment, or at once where that is past or not set. `confirmed` is the number somebody typed."""
    with _changing(announcement, "Send", State.SCHEDULED, by=by, reason=reason):
        number = audience_of(announcement).count()
        if announcement.course.is_archived:
            raise RuleBroken("The course is archived. Restore it first.")
        if not number:
            raise RuleBroken("No learner is in this audience. Choose other states or another range of progress.")
        if number > settings.ANNOUNCEMENT_CONFIRM_ABOVE and confirmed != number:
            raise RuleBroken(f"It goes to {number:,} learners. Type this number to send it.")
        now = timezone.now()
        announcement.send_at = max(announcement.send_at or now, now)
        if announcement.expires_at and announcement.expires_at <= announcement.send_at:
            raise RuleBroken("It would count no more when it goes out. Choose a later end.")
        announcement.state, announcement.sent_by = State.SCHEDULED, by
        announcement.save()
    return announcement


def withdraw_announcement(announcement: Announcement, *, by: Any, reason: str) -> Announcement:
    """Takes it back for good, as long as nobody was told."""
    if not reason.strip():
        raise RuleBroken("Say why.")
    with _changing(announcement, "Withdraw", State.WITHDRAWN, by=by, reason=reason):
        announcement.state = State.WITHDRAWN
        announcement.save()
    return announcement


@contextmanager
def _changing(announcement: Announcement, verb: str, state: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around one change, read anew under a lock: of two people at once one comes second."""
    with change_set(by=by, reason=reason, title=f"{verb} announcement: {announcement}"[:200]):
        announcement.refresh_from_db(from_queryset=Announcement.objects.select_for_update(of=("self",)))
        if not transition_allowed(announcement.state, state):
            words = announcement.get_state_display().lower()
            raise RuleBroken(f"This announcement is {words}, so it cannot be {State(state).label.lower()}.")
        yield
