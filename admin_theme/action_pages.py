"""Actions that need more room than a dialog: the same button leads to a page of its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from unfold.enums import ActionVariant

from admin_theme.actions import console_action


def page_action(
    label: str,
    *,
    verb: str,
    icon: str = "",
    variant: ActionVariant | str | None = None,
    fits: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., Any]]:
    """Makes a view `(self, request, record)` an action of the record's page. It answers GET and does it on POST.

    Whoever may not do the verb to the record is refused before; the dialog script is sent on to the page.
    """

    def decorate(function: Callable[..., HttpResponse]) -> Callable[..., Any]:
        described = console_action(label, verb=verb, icon=icon, variant=variant, fits=fits)(function)

        @wraps(described)
        def view(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
            record = self.require_record(request, object_id)
            if request.method not in ("GET", "HEAD", "POST"):
                return HttpResponseNotAllowed(["GET", "POST"])
            if not self.may(request, verb, record):
                raise PermissionDenied
            if request.method == "GET" and request.headers.get("HX-Request") == "true":
                return HttpResponse(headers={"HX-Redirect": request.path})
            return function(self, request, record)

        return view

    return decorate
