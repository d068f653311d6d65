"""Filters of the list of certificates."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from apps.certificates.queries import standing_q
from apps.certificates.states import CertificateState

STANDING = "standing"
"""What the figures count: also those whose time has run out."""


class StandingFilter(DropdownFilter):
    """What certificates are now: a valid one whose time is over has expired."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [*CertificateState.choices, (STANDING, "Neither revoked nor replaced")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        if value == STANDING:
            return queryset.filter(state=CertificateState.VALID)
        return queryset.filter(standing_q(value)) if value in CertificateState.values else queryset.none()
