"""Mails about somebody's account, in the words of their template."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage

from apps.notifications.services import message_about


def compose(person: Any, subject: str, sentences: Sequence[str], closing: str) -> EmailMessage:
    return message_about(person, "account", title=subject, text="\n\n".join(sentences), closing=closing)
