"""How somebody else's files become ours, as people have saved it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ImportMapping(models.Model):
    """How somebody else's file becomes ours, saved under a name and offered when its headers come again."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)
    preset = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="import_mappings")
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    value_mapping = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    formats = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-used_at"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "name"], name="one_mapping_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="import_mapping_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
