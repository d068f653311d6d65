"""Requests for rights: those a person may decide on, and their own."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.forms import CharField
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from unfold.enums import ActionVariant

from admin_theme.actions import ActionForm, console_action, words_of
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import EMPTY, Tone, quiet, relative_time, state_badge, two_lines
from admin_theme.filters import ScopedRelatedFilter
from apps.catalog.admin.people_forms import end_field, reason_field
from apps.catalog.grants import LONGEST_REASON
from apps.catalog.models import AccessRequest, Course
from apps.catalog.refusals import refused_before
from apps.catalog.rights import WORDS
from apps.catalog.services.requests import (
    address_of,
    ask_for_access,
    decline_request,
    grant_request,
    settle_request,
    withdraw_request,
)
from apps.records.policy import scope

State = AccessRequest.State
TONES: dict[str, Tone] = {State.OPEN: "info", State.GRANTED: "good", State.DECLINED: "bad", State.WITHDRAWN: "neutral"}
OPEN_FIRST = Case(When(state=State.OPEN, then=Value(0)), default=Value(1))


class GrantRequestForm(ActionForm):
    """Until when, and why: the reason is what was asked for, unless somebody writes a better one."""

    expires_at = end_field("Left empty, there is no end.")
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            note = f" {self.record.note}" if self.record.note else ""
            self.initial = {"reason": f"They asked to {self.record.wish}.{note}"[:LONGEST_REASON]}


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadOnlyAdmin[AccessRequest]):
    list_display = ("what", "course_column", "state_column", "asked", "answer")
    list_filter = ("state", ("course", ScopedRelatedFilter))
    list_title = "Requests"
    search_fields = ("requester__first_name", "requester__last_name", "wish", "course__code", "note")
    search_help_text = "Name, course or what was asked for"
    list_select_related: ClassVar[list[str]] = ["requester", "course", "decided_by"]
    ordering = (OPEN_FIRST, "-created_at", "-pk")
    fields = readonly_fields = (
        "who",
        "wish_column",
        "right_column",
        "course_column",
        "note",
        "refused_page",
        "outcome",
    )
    actions_detail = ("grant", "settle", "decline", "withdraw")
    empty_title = "Nobody asks for anything"
    empty_text = (
        "Whoever is refused a page can ask for the right there. What waits for you, and your own, is listed here."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRequest]:
        """Whoever lost a course keeps their request, and reads there only what it was called when they asked."""
        seen = scope(request.user, "view", Course).filter(pk=OuterRef("course")).order_by()
        rows: QuerySet[AccessRequest] = super().get_queryset(request)
        return rows.annotate(sees_course=Exists(seen))

    @admin.display(description="course")
    def course_column(self, asked: AccessRequest) -> SafeString | str:
        if asked.course_id is None:
            return EMPTY
        if not asked.sees_course:  # type: ignore[attr-defined]
            return quiet("No longer open to you")
        address = reverse("admin:catalog_course_change", args=[asked.course_id])
        return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, asked.course)

    @admin.display(description="request", ordering="requester__last_name")
    def what(self, asked: AccessRequest) -> SafeString:
        return two_lines(asked.requester, f"asks to {asked.wish}")

    @admin.display(description="state", ordering="state")
    def state_column(self, asked: AccessRequest) -> SafeString:
        return state_badge(asked, "state", TONES)

    @admin.display(description="asked", ordering="created_at")
    def asked(self, asked: AccessRequest) -> SafeString:
        return relative_time(asked.created_at)

    @admin.display(description="answer")
    def answer(self, asked: AccessRequest) -> SafeString:
        return quiet("Not yet") if asked.is_open else two_lines(asked.decided_by, asked.decision_reason)

    # The page of one request

    @admin.display(description="asked by")
    def who(self, asked: AccessRequest) -> SafeString:
        return format_html("{} · {}", asked.requester, relative_time(asked.created_at))

    @admin.display(description="wants to")
    def wish_column(self, asked: AccessRequest) -> str:
        return capfirst(asked.wish)

    @admin.display(description="right")
    def right_column(self, asked: AccessRequest) -> SafeString | str:
        if asked.right:
            return capfirst(WORDS[asked.right])
        if asked.course is not None:
            return quiet("No right on a course opens this: it takes a role, or an administrator does it.")
        return quiet("The page belongs to no single course: it takes a role, or a right on a course you choose.")

    @admin.display(description="refused on")
    def refused_page(self, asked: AccessRequest) -> SafeString:
        link = '<a class="text-primary-600 dark:text-primary-500" href="{}" title="{}">Open the page</a>'
        return format_html(link, asked.page, asked.page)

    @admin.display(description="answer")
    def outcome(self, asked: AccessRequest) -> SafeString:
        badge = state_badge(asked, "state", TONES)
        if asked.is_open:
            return badge
        when = relative_time(asked.decided_at)
        return format_html("{} by {}, {}. {}", badge, asked.decided_by, when, asked.decision_reason)

    @console_action(
        "Grant",
        verb="decide",
        icon="check",
        variant=ActionVariant.PRIMARY,
        form=GrantRequestForm,
        confirm="They get the right at once, and are told.",
        fits=lambda asked: asked.is_open and bool(asked.right),
    )
    def grant(self, request: HttpRequest, asked: AccessRequest, reason: str, data: dict[str, Any]) -> str:
        return told(grant_request(asked, by=request.user, reason=reason, expires_at=data["expires_at"]))

    @console_action(
        "Mark as settled",
        verb="decide",
        icon="check",
        variant=ActionVariant.PRIMARY,
        ask_reason=True,
        confirm="First give them what they need: a role, or a right on a course. Then say here what you gave them.",
        fits=lambda asked: asked.is_open and not asked.right,
    )
    def settle(self, request: HttpRequest, asked: AccessRequest, reason: str) -> str:
        return told(settle_request(asked, by=request.user, reason=reason))

    @console_action(
        "Decline",
        verb="decide",
        icon="block",
        ask_reason=True,
        confirm="They are told, with your reason.",
        fits=lambda asked: asked.is_open,
    )
    def decline(self, request: HttpRequest, asked: AccessRequest, reason: str) -> str:
        return told(decline_request(asked, by=request.user, reason=reason))

    @console_action(
        "Withdraw",
        verb="withdraw",
        icon="undo",
        confirm="Nobody decides on it any more. You can ask again.",
        fits=lambda asked: asked.is_open,
    )
    def withdraw(self, request: HttpRequest, asked: AccessRequest, reason: str) -> str:
        withdraw_request(asked, by=request.user, reason=reason)
        return "Your request is withdrawn."

    # Asking, from the page of a refusal

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ask)
        return [path("ask/", view, name="catalog_accessrequest_ask"), *super().get_urls()]

    def ask(self, request: HttpRequest) -> HttpResponseBase:
        """Sends the request whose refusal the form brings back, and shows it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        refusal = refused_before(request.POST.get("refusal", ""), request.user)
        try:
            note = CharField(required=False).clean(request.POST.get("note", ""))
            asked = ask_for_access(refusal, by=request.user, reason=note)
        except ValidationError as broken:
            messages.error(request, words_of(broken))
            return HttpResponseRedirect(reverse("admin:index"))
        messages.success(request, "Your request is sent. You are told as soon as it is answered.")
        return HttpResponseRedirect(address_of(asked))


def told(asked: AccessRequest) -> str:
    """What became of the request, and not always what was meant: a requester may have left."""
    if asked.state == State.GRANTED:
        return f"{asked.requester} is told that they may {asked.wish}."
    return f"The request of {asked.requester} is declined. {asked.decision_reason}"
