"""Filters of the list of enrollments."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from apps.enrollments.queries import ending_within
from apps.enrollments.states import LEARNING, EnrollmentStatus

COMPLETED = Q(status=EnrollmentStatus.COMPLETED)
LEARNER = Q(status__in=sorted(LEARNING))
REACHED = {
    "ever": ("Ever had a seat", ~Q(status=EnrollmentStatus.WAITLISTED)),
    "enrolled": ("Began it and has not left", LEARNER),
    "started": ("Has made some progress", LEARNER & (COMPLETED | Q(progress_percent__gt=0))),
    "half": ("Half of it or more", LEARNER & (COMPLETED | Q(progress_percent__gte=50))),
    "completed": ("Completed it", COMPLETED),
}


class ReachedFilter(DropdownFilter):
    """How far people have come; whoever waits for a seat or dropped out is no learner."""

    title = "how far"
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(key, words) for key, (words, _) in REACHED.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(REACHED[value][1]) if value in REACHED else queryset.none()


class EndingFilter(DropdownFilter):
    """Active enrollments whose access ends soon."""

    title = "access ends"
    parameter_name = "ending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("7", "Within 7 days"), ("30", "Within 30 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return ending_within(queryset, int(value)) if value in ("7", "30") else queryset.none()
