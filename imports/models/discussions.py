"""What people say about a plan: comments, and the approval of a second person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.audit.models import append_only
from imports.models.jobs import ImportJob


class ImportApproval(models.Model):
    """A plan put before a second person. It holds for exactly this plan: one that is made again needs another."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="approvals")
    fingerprint = models.CharField(max_length=64, editable=False, help_text="Of the plan it is about.")
    planned_at = models.DateTimeField("planned")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("asked", default=timezone.now)
    asked = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", help_text="Who was asked.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("decided", null=True, blank=True)

    class Meta:
        verbose_name = "approval"
        ordering = ["-asked_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["job"], condition=Q(state="open"), name="one_open_approval_per_import")
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.job}"


@append_only
class ImportComment(models.Model):
    """What was said about a plan, and what was decided; nothing of it is ever changed or taken out."""

    class Kind(models.TextChoices):
        COMMENT = "comment", "said"
        ASKED = "asked", "asked for approval"
        APPROVED = "approved", "approved the plan"
        DECLINED = "declined", "declined the plan"
        WITHDRAWN = "withdrawn", "withdrew the question"

    job = models.ForeignKey(ImportJob, models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.COMMENT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(blank=True, max_length=2000)
    said_at = models.DateTimeField("when", default=timezone.now)

    class Meta:
        verbose_name = "comment"
        ordering = ["said_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.author} {self.get_kind_display()}"
