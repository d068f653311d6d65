"""Mails that tell a person what somebody did to their account."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

CLOSING = "If you did not ask for this, tell an administrator at once."


def tell(person: Any, subject: str, *sentences: str) -> None:
    """Sends it once what it speaks of is committed. A mail server that is down undoes nothing: it is logged."""
    text = "\n\n".join((f"Hello {person},", *sentences, CLOSING, settings.SITE_URL))
    full_subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"
    transaction.on_commit(lambda: send_mail(full_subject, text, None, [person.email]), robust=True)
