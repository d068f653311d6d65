"""One request asks each question about rights once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.access.memory import remembering


class RightsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)
