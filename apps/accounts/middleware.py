"""How long a session lasts and what it has to prove: some hours in all, half an hour without a click, two steps."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.second_factors import factors_of, is_demanded_of

STARTED, SEEN = "session_started", "session_seen"
NOTE_EVERY = timedelta(minutes=1)
WANTED = "second_factor_then"
OPEN_WITHOUT = ("/accounts/", "/healthz", "/readyz")


class SessionLimitsMiddleware:
    """Ends a session that is too old or was left alone too long.

    In place of allauth's own middleware, which writes to the database with every single request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            self.check(request)
        return self.get_response(request)

    def check(self, request: HttpRequest) -> None:
        now = timezone.now().timestamp()
        started = request.session.get(STARTED, now)
        seen = request.session.get(SEEN, started)
        if now - started > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_MINUTES * 60:
            UserSession.objects.filter(session_key=request.session.session_key).delete()
            logout(request)
        elif SEEN not in request.session or now - seen >= NOTE_EVERY.total_seconds():
            request.session[STARTED], request.session[SEEN] = started, now
            UserSession.objects.create_from_request(request)


class SecondFactorMiddleware:
    """Staff who have no second factor, where one is demanded, set one up before anything else opens.

    It asks the database each time, once: a factor that was taken away closes the console with the next request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = getattr(request, "real_user", request.user)
        is_open = request.path.startswith((*OPEN_WITHOUT, settings.STATIC_URL))
        if is_open or not is_demanded_of(person) or factors_of(person).exists():
            return self.get_response(request)
        return self.lead_to_setup(request)

    def lead_to_setup(self, request: HttpRequest) -> HttpResponse:
        """A page that was asked for waits until the factor is there; everything else is refused."""
        address = reverse("mfa_index")
        is_script = "HX-Request" in request.headers or "application/json" in request.headers.get("Accept", "")
        if request.method == "GET" and not is_script:
            request.session[WANTED] = request.get_full_path()
            return HttpResponseRedirect(address)
        response = render(request, "account/second_factor_first.html", {"status": 403}, status=403)
        if is_script:
            response["HX-Redirect"] = address
        return response
