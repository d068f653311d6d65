"""Mails that tell a person what somebody did to their account."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

CLOSING = "If you did not ask for this, tell an administrator at once."

composers: list[Callable[[Any, str, Sequence[str], str], EmailMessage]] = []
"""Filled from above: words such a mail by a template, from the person, the subject, the sentences and the closing."""


def tell(person: Any, subject: str, *sentences: str) -> None:
    """Sends it with what it speaks of: both happen or neither. A mail server that is down undoes nothing.

    A backend that only keeps the mail (`keeps_mails`) keeps it in the same transaction; any other is asked afterwards.
    """
    connection = get_connection()
    if getattr(connection, "keeps_mails", False):
        connection.send_messages([composed(person, subject, sentences)])
    else:
        transaction.on_commit(lambda: composed(person, subject, sentences).send(), robust=True)


def composed(person: Any, subject: str, sentences: Sequence[str]) -> EmailMessage:
    if composers:
        return composers[-1](person, subject, sentences, CLOSING)
    text = "\n\n".join((f"Hello {person},", *sentences, CLOSING, settings.SITE_URL))
    return EmailMessage(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", text, None, [person.email])
