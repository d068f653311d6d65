"""Noting who is always, or never, given a certificate of a course."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.audit.recording import change_set
from apps.certificates.models import CertificateNote
from apps.records.rules import RuleBroken


def save_note(note: CertificateNote, *, by: Any) -> CertificateNote:
    """Keeps a new note or a changed one; its reason is the reason of the change. Raises `RuleBroken` for a second."""
    if not note.reason.strip():
        raise RuleBroken("Say why.")
    with change_set(by=by, reason=note.reason, title=f"Certificate note: {note}"[:200]):
        try:
            with transaction.atomic():
                note.save()
        except IntegrityError:
            raise RuleBroken("There is a note about this learner and course already. Change that one.") from None
    return note


def delete_note(note: CertificateNote, *, by: Any, reason: str = "") -> None:
    """Takes a note back; from now on the rule decides."""
    with change_set(by=by, reason=reason, title=f"Delete certificate note: {note}"[:200]):
        note.delete()
