"""Notifications: what a person was told, each with the way to what it is about."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import EMPTY, relative_time
from apps.notifications.models import Notification
from apps.notifications.queries import is_shown
from apps.notifications.services import dismiss_notification, read_all_notifications, read_notification

LIST = "admin:notifications_notification_changelist"


class ReadFilter(DropdownFilter):
    """Unread ones only, or those read before."""

    title = "read"
    parameter_name = "read"
    all_option: ClassVar[list[str]] = ["", "All"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("no", "Unread"), ("yes", "Read")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(read_at__isnull=self.value() == "no") if self.value() in ("yes", "no") else queryset


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    list_display = ("what_was_told", "received", "to_do")
    list_display_links = None
    list_filter = (ReadFilter,)
    list_before_template = "notifications/list_before.html"
    search_fields = ("title", "text")
    search_help_text = "Words of the notification"
    actions = ("mark_read", "dismiss")
    fields = readonly_fields = ("title", "text", "leads_to", "received", "read")
    empty_title = "Nothing to tell you"
    empty_text = "Requests that wait for you, answers to yours and the end of long work in the background appear here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        rows: QuerySet[Notification] = super().get_queryset(request)
        return rows.filter(is_shown())

    @admin.display(description="what", ordering="title")
    def what_was_told(self, notification: Notification) -> SafeString:
        return self.part("row", notification)

    @admin.display(description="received", ordering="created_at")
    def received(self, notification: Notification) -> SafeString:
        return relative_time(notification.created_at)

    @admin.display(description="leads to")
    def leads_to(self, notification: Notification) -> SafeString | str:
        address = notification.link
        words = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'
        return format_html(words, address, address) if address else EMPTY

    @admin.display(description="read")
    def read(self, notification: Notification) -> SafeString:
        return relative_time(notification.read_at, empty="Not yet")

    @admin.display(description="")
    def to_do(self, notification: Notification) -> SafeString:
        return self.part("row_buttons", notification)

    def part(self, name: str, notification: Notification) -> SafeString:
        return render_to_string(f"notifications/{name}.html", {"notification": notification})

    @console_action("Mark as read", verb="read", done="read")
    def mark_read(self, request: HttpRequest, notification: Notification, reason: str) -> None:  # noqa: ARG002
        read_notification(notification, by=request.user)

    @console_action("Dismiss", verb="dismiss", done="dismissed", confirm="They leave your list for good.")
    def dismiss(self, request: HttpRequest, notification: Notification, reason: str) -> None:  # noqa: ARG002
        dismiss_notification(notification, by=request.user)

    # The buttons of a row and of the list: each is one POST, without a question before it.

    def get_urls(self) -> list[URLPattern]:
        deeds: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("open", "read", read_notification),
            ("read", "read", read_notification),
            ("dismiss", "dismiss", dismiss_notification),
        )
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(self.deed),
                {"verb": verb, "service": service, "is_followed": name == "open"},
                name=f"notifications_notification_{name}",
            )
            for name, verb, service in deeds
        ]
        everything = path(
            "read-all/", self.admin_site.admin_view(self.read_all), name="notifications_notification_read_all"
        )
        return [everything, *own, *super().get_urls()]

    def deed(
        self, request: HttpRequest, object_id: str, verb: str, service: Callable[..., Any], *, is_followed: bool
    ) -> HttpResponseBase:
        """Notes that the notification was read or dismissed; `is_followed` leads on to what it is about."""
        notification: Notification = self.require_record(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.may(request, verb, notification):
            raise PermissionDenied
        service(notification, by=request.user)
        return HttpResponseRedirect((is_followed and notification.link) or reverse(LIST))

    def read_all(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        number = read_all_notifications(by=request.user)
        messages.success(request, f"{number:,} marked as read." if number else "There was nothing unread.")
        return HttpResponseRedirect(reverse(LIST))
