"""Refusals and visits: who was refused what, who looked for what is not there, who saw the console as somebody."""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import Tone, relative_time, state_badge, two_lines
from admin_theme.filters import MomentRangeFilter, ScopedRelatedFilter
from apps.audit.models import AccessEvent

TONES: dict[str, Tone] = {
    AccessEvent.Kind.REFUSED: "bad",
    AccessEvent.Kind.NOT_FOUND: "warn",
    AccessEvent.Kind.SEE_AS_STARTED: "info",
    AccessEvent.Kind.SEE_AS_ENDED: "info",
}


@admin.register(AccessEvent)
class AccessEventAdmin(ReadOnlyAdmin[AccessEvent]):
    list_display = ("what", "outcome", "who", "when", "where")
    list_filter = ("kind", ("occurred_at", MomentRangeFilter), ("actor", ScopedRelatedFilter))
    list_select_related: ClassVar[list[str]] = ["actor", "seen_as"]
    search_fields = ("path", "request_id", "actor__email", "seen_as__email")
    search_help_text = "Address, request id or e-mail address"
    list_title = "Refusals and visits"
    ordering = ("-occurred_at", "-pk")
    fields = (
        ("asked", "kind"),
        ("actor", "seen_as"),
        ("occurred_at", "ip_address"),
        ("path", "answer"),
        ("detail", "request_id"),
    )
    readonly_fields = ("asked", "answer")
    empty_title = "Nobody was refused anything yet"
    empty_text = (
        "Whoever is refused a page, or looks for what is not there, appears here. "
        "So does each page that an administrator sees as somebody else."
    )

    @admin.display(description="what")
    def what(self, event: AccessEvent) -> SafeString:
        return two_lines(asked_for(event), event.detail or event.path)

    @admin.display(description="what")
    def asked(self, event: AccessEvent) -> str:
        return asked_for(event)

    @admin.display(description="answer")
    def answer(self, event: AccessEvent) -> str:
        return f"{event.method}, answered {event.status}" if event.status else event.method

    @admin.display(description="outcome", ordering="kind")
    def outcome(self, event: AccessEvent) -> SafeString:
        return state_badge(event, "kind", TONES)

    @admin.display(description="who", ordering="actor")
    def who(self, event: AccessEvent) -> SafeString:
        return two_lines(event.actor, f"as {event.seen_as}" if event.seen_as else "")

    @admin.display(description="when", ordering="occurred_at")
    def when(self, event: AccessEvent) -> SafeString:
        return relative_time(event.occurred_at)

    @admin.display(description="from", ordering="ip_address")
    def where(self, event: AccessEvent) -> SafeString:
        return format_html('<span class="c-quiet">{}</span>', event.ip_address or "-")


def asked_for(event: AccessEvent) -> str:
    """What the person wanted, in words: "Publish course 12", "Open people"."""
    if event.kind in {AccessEvent.Kind.SEE_AS_STARTED, AccessEvent.Kind.SEE_AS_ENDED}:
        return f"See the console as {event.seen_as}"
    verb = event.verb.replace("_", " ") or ("open" if event.method in {"GET", "HEAD"} else "send a form to")
    return str(capfirst(f"{verb} {subject(event)}"))


def subject(event: AccessEvent) -> str:
    if not event.model_label:
        return "a page of the console"
    meta: Any = apps.get_model(event.model_label)._meta
    return f"{meta.verbose_name} {event.object_key}" if event.object_key else str(meta.verbose_name_plural)
