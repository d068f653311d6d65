"""The bases of every business model: times, archiving and natural keys."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class TimestampedModel(models.Model):
    created_at = models.DateTimeField("created", default=timezone.now, editable=False, db_index=True)
    updated_at = models.DateTimeField("updated", auto_now=True)

    class Meta:
        abstract = True


class CurrentManager(models.Manager[Any]):
    """Only the records that are not archived."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(archived_at=None)


class ArchivableModel(models.Model):
    """Archived instead of deleted: `objects` hides what is archived, `with_archived` shows everything."""

    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False, db_index=True)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    with_archived: ClassVar[models.Manager[Any]] = models.Manager()
    objects: ClassVar[models.Manager[Any]] = CurrentManager()

    class Meta:
        abstract = True
        base_manager_name = "with_archived"
        default_manager_name = "objects"

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class NaturalKeyModel(models.Model):
    """Addressed by what people type; `natural_key_fields` are paths from this model, `course__code` for example."""

    natural_key_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str, ...]:
        return tuple(str(_follow(self, path)) for path in self.natural_key_fields)

    @classmethod
    def by_natural_key(cls, *key: str) -> Self:
        """The record with this key, compared without case. Raises `DoesNotExist`."""
        lookup = {f"{path}__iexact": part for path, part in zip(cls.natural_key_fields, key, strict=True)}
        return cls._base_manager.get(**lookup)


def _follow(record: models.Model, path: str) -> Any:
    value: Any = record
    for name in path.split("__"):
        value = getattr(value, name)
    return value
