"""Roles, who was given them by whom, and the bases of per-object grants."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.audit.models import TrackedModel, tracked
from apps.records.models import TimestampedModel


class Role(TimestampedModel, TrackedModel, Group):
    """A named set of permissions that hold on every row; given to people by an administrator."""

    display_name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    priority = models.PositiveIntegerField(default=0, help_text="Higher comes first in lists.")
    is_active = models.BooleanField("active", default=True)
    permission_codes = models.JSONField(
        "permissions", default=list, editable=False, help_text="What the role may do, as its history shows it."
    )
    seeded_permissions = models.JSONField(default=list, editable=False)

    objects: ClassVar[models.Manager["Role"]] = models.Manager()  # type: ignore[assignment]
    history = tracked(excluded_fields=["seeded_permissions"])

    class Meta:
        ordering = ["-priority", "display_name"]

    def __str__(self) -> str:
        return self.display_name or self.name


class RoleAssignment(TrackedModel):
    """Who has a role, since when and by whom."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, models.CASCADE, related_name="assignments")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField("assigned", default=timezone.now)

    history = tracked()

    class Meta:
        ordering = ["-assigned_at"]
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_assignment_per_role")]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"


def in_force(at: datetime | None = None) -> Q:
    """The condition under which a grant holds at this second, or at another."""
    return Q(expires_at=None) | Q(expires_at__gt=at or timezone.now())


class GrantFacts(models.Model):
    """What every grant says besides who and what: until when, by whom, why, and whether a person or a row gave it."""

    class Source(models.TextChoices):
        HAND = "hand", "Given by hand"
        INSTRUCTOR = "instructor", "Follows from teaching the course"

    source = models.CharField(max_length=12, choices=Source, default=Source.HAND, editable=False)
    expires_at = models.DateTimeField("expires", null=True, blank=True)
    granted_at = models.DateTimeField("granted", default=timezone.now)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        grant: Any = self
        return f"{self.holder} may {grant.permission.name.removeprefix('Can ')}: {grant.content_object}"

    @property
    def holder(self) -> Any:
        """The person, or the role, that has the right."""
        grant: Any = self
        return grant.user if hasattr(grant, "user_id") else getattr(grant.group, "role", grant.group)

    @property
    def is_in_force(self) -> bool:
        return self.expires_at is None or self.expires_at > timezone.now()
