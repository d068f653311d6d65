"""The rows of a list as it was narrowed: its filters, its search and what the person sees of it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from apps.records.rules import RuleBroken
from imports.types import KINDS
from imports.types.base import ImportKind


def kind_of(model: type[Model]) -> ImportKind | None:
    """The kind a model is exported as, if there is one."""
    return next((kind for kind in KINDS.values() if kind.model is model), None)


def listed_rows(model: type[Model], query: str, user: Any) -> QuerySet[Any]:
    """The rows of the list at this query string. Raises `RuleBroken` for one that no list could have."""
    screen = admin.site.get_model_admin(model)
    try:
        changelist: Any = screen.get_changelist_instance(_request(query, user))
    except (IncorrectLookupParameters, DisallowedModelAdminLookup):
        raise RuleBroken("The list cannot be narrowed down like this. Open it again and choose the filters.") from None
    rows: QuerySet[Any] = changelist.queryset
    return rows


def _request(query: str, user: Any) -> HttpRequest:
    """A list asks a request for its query and its person, and nothing else."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.user = user
    return request
