"""Filters of lists: related records within the scope, and archived records hidden until asked for."""

from typing import Any, ClassVar

from django.db.models import Field, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from admin_theme.gate import gate

MOST_CHOICES = 200


class ScopedRelatedFilter(RelatedDropdownFilter):
    """Offers only related records the person may see, at most two hundred of them."""

    def field_choices(self, field: "Field[Any, Any]", request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        related = field.related_model
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = gate.scope(request.user, "view", related)  # type: ignore[arg-type]
        if ordering:
            rows = rows.order_by(*ordering)
        return [(row.pk, str(row)) for row in rows[:MOST_CHOICES]]


class ArchivedFilter(DropdownFilter):
    """Current records unless archived ones, or all, are asked for."""

    title = "archive"
    parameter_name = "archived"
    all_option: ClassVar[list[str]] = ["", "Current"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "Archived"), ("all", "Current and archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "yes")
