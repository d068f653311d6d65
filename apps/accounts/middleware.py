"""How long a session lasts: some hours in all, half an hour without a click; where it is open is noted now and then."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

STARTED, SEEN = "session_started", "session_seen"
NOTE_EVERY = timedelta(minutes=1)


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
