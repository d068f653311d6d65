"""The states of an announcement and the ways from one to another."""

from django.db import models


class AnnouncementState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    WITHDRAWN = "withdrawn", "Withdrawn"


TRANSITIONS: dict[str, frozenset[str]] = {
    AnnouncementState.DRAFT: frozenset({AnnouncementState.SCHEDULED, AnnouncementState.WITHDRAWN}),
    AnnouncementState.SCHEDULED: frozenset({AnnouncementState.SENDING, AnnouncementState.WITHDRAWN}),
    AnnouncementState.SENDING: frozenset({AnnouncementState.SENT}),
    AnnouncementState.SENT: frozenset(),
    AnnouncementState.WITHDRAWN: frozenset(),
}
UNSENT = frozenset({AnnouncementState.DRAFT, AnnouncementState.SCHEDULED})


def transition_allowed(before: str, after: str) -> bool:
    return after in TRANSITIONS[before]
