"""What lies below lessons: resources, and what apps above add when the project starts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from apps.catalog.models import Resource
from apps.records.models import ArchivableModel


@dataclass(frozen=True)
class Below:
    """Records that are archived, restored and copied with their lesson, to which `path` leads.

    `parent` is the field that names what they lie below at once: the lesson, or one that stands earlier in the list.
    """

    model: type[Model]
    parent: str
    path: str

    @property
    def parent_model(self) -> type[Model]:
        return self.model._meta.get_field(self.parent).related_model  # type: ignore[return-value]


below_lessons: list[Below] = [Below(Resource, parent="lesson", path="lesson")]


def archived_with_lessons(**lessons: Any) -> tuple[QuerySet[Any], ...]:
    """What can be archived below lessons, archived records included: `pk=…`, `module=…` or `course__in=…` of these."""
    return tuple(
        below.model.with_archived.filter(**{f"{below.path}__{name}": value for name, value in lessons.items()})
        for below in below_lessons
        if issubclass(below.model, ArchivableModel)
    )
