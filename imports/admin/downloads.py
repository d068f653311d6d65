"""Addresses of kept files: to whoever may not have one, it does not exist, signed in or not."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from admin_theme.console import ConsoleAdmin


def found_or_nothing(
    screen: ConsoleAdmin[Any], view: Callable[..., HttpResponseBase]
) -> Callable[..., HttpResponseBase]:
    """The view for those who may see records of this screen; for everybody else nothing is there."""

    def page(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if not (screen.admin_site.has_permission(request) and screen.has_view_permission(request)):
            raise Http404
        return view(request, **arguments)

    return page
