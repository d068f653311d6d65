"""What Django sends mails with: every mail is written into the outbox, and sent from there."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.notifications.models import Mail
from apps.notifications.services.outbox import wake_sender
from apps.notifications.services.writing import KIND


class OutboxBackend(BaseEmailBackend):
    """Set as EMAIL_BACKEND; the job that empties the outbox uses MAIL_TRANSPORT."""

    keeps_mails = True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        mails = [mail for message in email_messages for mail in mails_of(message)]
        if mails:
            people = people_with({mail.to for mail in mails})
            for mail in mails:
                mail.recipient_id = people.get(mail.to.lower())
            Mail.objects.bulk_create(mails)
            wake_sender()
        return len(email_messages)


def mails_of(message: EmailMessage) -> list[Mail]:
    """One for each address. Raises `ValueError` for files: nothing here attaches any."""
    if message.attachments:
        raise ValueError("The outbox keeps no attachments.")
    html = next((str(part[0]) for part in getattr(message, "alternatives", ()) if part[1] == "text/html"), "")
    return [
        Mail(
            to=address,
            kind=str(message.extra_headers.get(KIND, "account")),
            subject=" ".join(str(message.subject).split())[:250],
            text=str(message.body),
            html=html,
            from_email=message.from_email,
        )
        for address in message.recipients()
    ]


def people_with(addresses: set[str]) -> dict[str, int]:
    people: Any = get_user_model()._base_manager.filter(email__in={address.lower() for address in addresses})
    return dict(people.values_list("email", "pk"))
