"""By which way people are told, and the states of a mail in the outbox."""

from django.db import models


class Way(models.TextChoices):
    BELL = "bell", "Bell only"
    AT_ONCE = "at_once", "E-mail at once"
    DAILY = "daily", "Daily digest"
    WEEKLY = "weekly", "Weekly digest"
    NOTHING = "nothing", "Nothing"


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
