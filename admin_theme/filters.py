"""Filters of lists: related records within the scope, archived ones hidden until asked for, spans of moments."""

from typing import Any, ClassVar

from django.db.models import Field, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, RangeDateTimeFilter, RelatedDropdownFilter
from unfold.utils import parse_datetime_str

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


class MomentRangeFilter(RangeDateTimeFilter):
    """From one moment to another in the time of the person who asks; unfold's own knows no time zone."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        for end, lookup in (("from", "gte"), ("to", "lte")):
            day, time = (self.used_parameters.get(f"{self.parameter_name}_{end}_{part}") for part in (0, 1))
            if day and time:
                moment = parse_datetime_str(f"{day} {time}")
                if moment is None:
                    return queryset.none()
                queryset = queryset.filter(**{f"{self.parameter_name}__{lookup}": timezone.make_aware(moment)})
        return queryset
