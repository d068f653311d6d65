"""Every request is one operation: its person, address and request id reach each change made in it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import get_contextvars

from apps.audit.recording import operation


class OperationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        request_id = str(get_contextvars().get("request_id", ""))
        with operation(by=user, channel="screen", ip_address=request.META.get("REMOTE_ADDR"), request_id=request_id):
            return self.get_response(request)
