"""Sign-ins: every attempt, and what colleagues did about it."""

from typing import ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString

from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import Tone, relative_time, state_badge, two_lines
from admin_theme.filters import MomentRangeFilter
from apps.accounts.models import LoginEvent

OUTCOME_TONES: dict[str, Tone] = {
    LoginEvent.Outcome.SUCCESS: "good",
    LoginEvent.Outcome.FAILURE: "warn",
    LoginEvent.Outcome.LOCKED: "bad",
    LoginEvent.Outcome.UNLOCKED: "info",
    LoginEvent.Outcome.RESET_MAIL: "info",
    LoginEvent.Outcome.FACTOR_ON: "info",
    LoginEvent.Outcome.FACTOR_OFF: "warn",
    LoginEvent.Outcome.NEW_CODES: "info",
}


class SignInColumns:
    """How one sign-in looks in a table."""

    @admin.display(description="outcome", ordering="outcome")
    def outcome_badge(self, event: LoginEvent) -> SafeString:
        return state_badge(event, "outcome", OUTCOME_TONES)

    @admin.display(description="when", ordering="occurred_at")
    def when(self, event: LoginEvent) -> SafeString:
        return relative_time(event.occurred_at)

    @admin.display(description="from", ordering="ip_address")
    def where(self, event: LoginEvent) -> SafeString:
        client = " on ".join(part for part in (event.browser, event.os) if part)
        return two_lines(event.ip_address or "-", ", ".join(part for part in (event.device, client) if part))

    @admin.display(description="done by")
    def helped(self, event: LoginEvent) -> SafeString | str:
        return two_lines(event.by, event.reason) if event.by else "-"


@admin.register(LoginEvent)
class SignInAdmin(SignInColumns, ReadOnlyAdmin[LoginEvent]):
    list_display = ("who", "outcome_badge", "when", "where", "helped")
    list_filter = ("outcome", ("occurred_at", MomentRangeFilter))
    search_fields = ("email", "user__first_name", "user__last_name")
    search_help_text = "Name or e-mail address"
    list_select_related: ClassVar[list[str]] = ["user", "by"]
    fields = (
        "user",
        "email",
        "outcome",
        "occurred_at",
        "ip_address",
        "device",
        "browser",
        "os",
        "user_agent",
        "by",
        "reason",
    )
    empty_title = "Nobody has signed in yet"
    empty_text = "Every attempt to sign in appears here, with where it came from and how it ended."

    @admin.display(description="who", ordering="email")
    def who(self, event: LoginEvent) -> SafeString:
        return two_lines(event.user or "Nobody we know", event.email)
