"""Notifications: what one person is told, with the way to what it is about."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Notification(models.Model):
    """One line for one person; nobody else ever sees it.

    It is not history: reading and dismissing it concerns nobody else, so that neither is recorded in the audit.
    """

    class Priority(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "Important"

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40, help_text="What it is about, for example access_request.")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    link = models.CharField("address", max_length=500, blank=True, help_text="A page of the console.")
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    created_at = models.DateTimeField("received", default=timezone.now, editable=False, db_index=True)
    read_at = models.DateTimeField("read", null=True, blank=True)
    dismissed_at = models.DateTimeField("dismissed", null=True, blank=True)
    expires_at = models.DateTimeField("expires", null=True, blank=True)
    emailed_at = models.DateTimeField("e-mailed", null=True, blank=True, help_text="When its mail was written.")
    mail = models.ForeignKey("notifications.Mail", models.SET_NULL, null=True, blank=True, related_name="notifications")
    facts = models.JSONField(default=dict, blank=True, help_text="What the template of its mail may name besides.")
    source = models.CharField(  # noqa: DJ001 - where nothing is said, any number may say so
        max_length=120, null=True, blank=True, help_text="What told it: nobody is told twice by the same."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["recipient", "-created_at"]),
            models.Index(fields=["recipient"], condition=Q(read_at=None, dismissed_at=None), name="unread_by_person"),
            models.Index(
                fields=["recipient", "created_at"],
                condition=Q(read_at=None, dismissed_at=None, emailed_at=None),
                name="unread_and_not_mailed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "recipient"], name="told_once_by_each_source"),
            models.CheckConstraint(
                condition=Q(link="") | (Q(link__startswith="/") & ~Q(link__startswith="//")),
                name="notification_leads_into_the_console",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unread(self) -> bool:
        return self.read_at is None
