"""Error pages: what happened, what was not lost, what to do; the request id, and no detail."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from structlog.contextvars import get_contextvars

from apps.catalog.offers import offer_after

NUL = "%00"


def page(request: HttpRequest, status: int, **more: Any) -> HttpResponse:
    """The page of a status; it asks the database nothing."""
    context = {"status": status, "request_id": get_contextvars().get("request_id", ""), **more}
    return render(request, f"{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_big = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    return page(request, 413 if too_big else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """What was refused, and the way to ask for it; a script that wants JSON gets the sentence alone."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        sentence = "Your roles and rights do not cover this. Nothing was changed."
        return JsonResponse({"error": sentence, "request_id": get_contextvars().get("request_id", "")}, status=403)
    return page(request, 403, offer=offer_after(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return page(request, 404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    context = {"status": 403, "request_id": get_contextvars().get("request_id", "")}
    return render(request, "403_csrf.html", context, status=403)


class ErrorPagesMiddleware:
    """The same pages in development, where Django would show its own; our mistakes keep their traceback there.

    An address that asks for a NUL is refused here: no text of ours holds one, and PostgreSQL fails on it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return bad_request(request) if NUL in request.META.get("QUERY_STRING", "") else self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Http404):
            return not_found(request, exception)
        return bad_request(request, exception) if isinstance(exception, SuspiciousOperation) else None
