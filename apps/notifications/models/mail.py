"""The outbox: each mail is a row before it is sent, so that a mail server that is down delays and never loses."""

from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.notifications.states import MailState


def new_message_id() -> str:
    return make_msgid(domain=settings.MAIL_DOMAIN)


class Mail(models.Model):
    """One mail to one address. A worker takes it for a while (`taken_by`, `taken_until`) before it hands it over.

    What it says is forgotten once it is sent. A file it brings (`attached` names the record that has it) is asked for
    at the moment it is sent, so that nobody is sent what they may not have any more. Its message id stays the same
    however often it is tried, so that mail servers and readers know it again when a worker died between their answer
    and ours.
    """

    State = MailState

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="mails", editable=False
    )
    to = models.EmailField("to", editable=False)
    kind = models.CharField(max_length=40, editable=False)
    subject = models.CharField(max_length=250, editable=False)
    text = models.TextField(blank=True, editable=False)
    html = models.TextField(blank=True, editable=False)
    attached = models.CharField("brings", max_length=100, blank=True, editable=False)
    from_email = models.CharField(max_length=250, blank=True, editable=False)
    message_id = models.CharField(max_length=200, unique=True, default=new_message_id, editable=False)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField("tries", default=0, editable=False)
    error = models.CharField("what the mail server said", max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField("written", default=timezone.now, editable=False)
    due_at = models.DateTimeField("tried next", default=timezone.now, editable=False)
    taken_by = models.CharField(max_length=40, blank=True, editable=False)
    taken_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField("sent", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "mail"
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        permissions = [("resend_mail", "Can have mails that failed sent again")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="mails_that_wait"),
            models.Index(fields=["state", "-created_at", "-id"], name="mails_by_state"),
            models.Index(fields=["-created_at", "-id"], name="mails_newest"),
            models.Index(fields=["taken_by"], condition=~Q(taken_by=""), name="mails_taken"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="mail_sent_at_a_moment",
            )
        ]

    def __str__(self) -> str:
        """Not its subject, which is for its reader alone."""
        return f"Mail to {self.to}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.subject = self.subject[:250]
        super().save(*args, **kwargs)
