"""One request asks each question about rights once, and it is asked for the person as whom the console is seen."""

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from apps.access.memory import remembering
from apps.access.see_as import KEY, Visit, end_visit, visit_in
from apps.audit.read_only import OnlyLooking, only_looking

SAFE = ("GET", "HEAD", "OPTIONS")
WAYS_OUT = ("admin:see_as_end", "admin:logout")


class RightsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)


class SeeAsMiddleware:
    """In the console `request.user` is the person seen and `request.real_user` the administrator; elsewhere both are.

    It stands below the audit's middleware, so that operations and events are the administrator's, and above
    everything that asks for rights.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        facts = request.__dict__
        facts["real_user"] = request.user
        visit = visit_in(request.session, request.user)
        if visit is None:
            request.session.pop(KEY, None)
            return self.get_response(request)
        in_console = request.path.startswith(reverse("admin:index"))
        if visit.why_over:
            return self.call_off(request, visit) if in_console else self.get_response(request)
        facts["visit"] = visit
        if not in_console or request.path in map(reverse, WAYS_OUT):
            response = self.get_response(request)
        else:
            response = self.look(request, visit)
        if KEY not in request.session:
            signed_out = not request.user.is_authenticated
            end_visit(visit, request=request, reason="Signed out." if signed_out else "Ended by hand.")
        return response

    def look(self, request: HttpRequest, visit: Visit) -> HttpResponse:
        request.__dict__["seen_as"] = request.user = visit.person
        structlog.contextvars.bind_contextvars(seen_as=visit.person.pk)
        try:
            with only_looking(f"You see the console as {visit.person}, and nothing can be changed meanwhile."):
                return self.get_response(request)
        finally:
            request.user = visit.administrator

    def call_off(self, request: HttpRequest, visit: Visit) -> HttpResponse:
        """What was sent was meant for a page of the person's, so it is not done in the administrator's name."""
        reason = visit.why_over
        end_visit(visit, request=request, reason=reason)
        messages.info(request, f"{reason} You are yourself again, and nothing was changed.")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": reverse("admin:index")})
        return HttpResponseRedirect(reverse("admin:index"))

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:  # noqa: ARG002
        is_looking = "seen_as" in request.__dict__
        return refused(request) if is_looking and request.method not in SAFE else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request) if isinstance(exception, OnlyLooking) else None


def refused(request: HttpRequest) -> HttpResponse:
    context = {"status": 403, "request_id": structlog.contextvars.get_contextvars().get("request_id", "")}
    return render(request, "admin_theme/only_looking.html", context, status=403)
