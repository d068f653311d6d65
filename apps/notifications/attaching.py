"""Files that mails bring: not kept in the outbox, but asked of the app that has them when the mail is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    media_type: str


attachers: dict[str, Callable[[int, Any], Attachment | None]] = {}
"""By the label of a model (`reports.reportrun`): the file of its record with this key for this person, or None where
they may not have it. Filled by upper apps; each notes in the audit that the file goes out."""


def attachment_of(named: str, person: Any) -> Attachment | None:
    """The file a mail names as `label:key`, for its recipient at this moment."""
    label, _, key = named.partition(":")
    if person is None or not person.is_active or label not in attachers:
        return None
    return attachers[label](int(key), person)
