"""The rows of a list as it was narrowed: its filters, its search and what the person sees of it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from apps.records.rules import RuleBroken


def listed_rows(model: type[Model], query: str, user: Any) -> QuerySet[Any]:
    """The rows of the list at this query string. Raises `RuleBroken` for one that no list could have."""
    rows: QuerySet[Any] = list_at(model, query, user).queryset
    return rows


def list_at(model: type[Model], query: str, user: Any) -> Any:
    """The list at this query string, as the person sees it. Raises `RuleBroken` for one that no list could have."""
    screen = admin.site.get_model_admin(model)
    try:
        return screen.get_changelist_instance(_request(query, user))
    except (IncorrectLookupParameters, DisallowedModelAdminLookup):
        raise RuleBroken("The list cannot be narrowed down like this. Open it again and choose the filters.") from None


def _request(query: str, user: Any) -> HttpRequest:
    """A list asks a request for its query and its person, and nothing else."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.user = user
    return request
