"""What of announcements is about a person: their words may name somebody."""

from typing import Any

from apps.accounts.about import Identity, erase_elsewhere, left_out
from apps.accounts.erasing import replace_words
from apps.announcements.models import Announcement

left_out["announcements.announcement.sent_by"] = "It says who sent it: a fact about a course."


def forget_in_announcements(person: Any, was: Identity) -> int:  # noqa: ARG001
    rows: tuple[Any, ...] = (Announcement.objects, Announcement.history.model.objects)
    return sum(replace_words(manager.all(), ("title", "text"), was) for manager in rows)


erase_elsewhere.append(forget_in_announcements)
