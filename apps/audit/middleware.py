"""Every request is one operation; one that is refused, finds nothing or is made as somebody else is written down."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from structlog.contextvars import get_contextvars

from apps.audit.events import record_request
from apps.audit.recording import operation


class OperationMiddleware:
    """The person, address and request id reach each change that is made in the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        request_id = str(get_contextvars().get("request_id", ""))
        with operation(by=user, channel="screen", ip_address=request.META.get("REMOTE_ADDR"), request_id=request_id):
            return self.get_response(request)


class AccessEventsMiddleware:
    """One row for each request of staff to the console that is answered 403 or 404; 405 refuses everybody alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        response = self.get_response(request)
        if user.is_authenticated and user.is_staff and request.path.startswith(reverse("admin:index")):
            record_request(request, response.status_code, actor=user, seen_as=request.__dict__.get("seen_as"))
        return response
