"""Sessions: where people are signed in, and how to end that."""

from copy import copy
from typing import Any, ClassVar

from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import badge, relative_time, two_lines
from apps.accounts.sessions import end_session
from apps.accounts.user_agents import read_user_agent

if admin.site.is_registered(UserSession):
    admin.site.unregister(UserSession)


class SessionColumns:
    """How one session looks in a table."""

    @admin.display(description="from")
    def where(self, session: UserSession) -> SafeString:
        client = read_user_agent(session.user_agent)
        here = badge("This one", "info") if session.is_current() else ""
        words = ", ".join(part for part in (client.device, client.browser, client.os) if part)
        return two_lines(session.ip, words or session.user_agent[:60], badge=here)

    @admin.display(description="signed in", ordering="created_at")
    def since(self, session: UserSession) -> SafeString:
        return relative_time(session.created_at)

    @admin.display(description="last seen", ordering="last_seen_at")
    def seen(self, session: UserSession) -> SafeString:
        return relative_time(session.last_seen_at)


@admin.register(UserSession)
class SessionAdmin(SessionColumns, ReadOnlyAdmin[UserSession]):
    list_display = ("who", "where", "since", "seen")
    search_fields = ("user__email", "user__first_name", "user__last_name", "ip")
    search_help_text = "Name, e-mail address or IP address"
    list_select_related: ClassVar[list[str]] = ["user"]
    fields = readonly_fields = ("user", "where", "user_agent", "since", "seen")
    ordering = ("-last_seen_at",)
    actions = ("end",)
    actions_detail = actions_row = ("end",)
    empty_title = "Nobody is signed in"
    empty_text = "Places where somebody is signed in appear here and can be signed out."

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.opts = copy(self.opts)
        self.opts.verbose_name, self.opts.verbose_name_plural = "session", "sessions"

    @admin.display(description="who", ordering="user__email")
    def who(self, session: UserSession) -> SafeString:
        return two_lines(session.user, session.user.email)

    @console_action(
        "End session",
        verb="end",
        icon="logout",
        variant="danger",
        done="ended",
        confirm="The person is signed out there at once and can sign in again.",
    )
    def end(self, request: HttpRequest, session: UserSession, reason: str) -> str:
        end_session(session, by=request.user, reason=reason)
        return f"{session.user} is signed out there."
