"""Announcements: written, looked at as the learner sees them, sent to as many as the page says."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import number, quiet, relative_time, state_badge, two_lines
from admin_theme.tabs import Tab, TabbedAdmin, linked
from apps.announcements import services
from apps.announcements.forms import AnnouncementForm, SendForm
from apps.announcements.models import Announcement
from apps.announcements.panels import TONES, audience_in_words, course_tab, preview_tab
from apps.announcements.queries import with_readers
from apps.announcements.states import UNSENT
from apps.announcements.tasks import send_if_due
from apps.catalog.admin.panels import history_tab
from apps.catalog.tabs import course_tabs
from apps.notifications.models import Notification


@admin.register(Announcement)
class AnnouncementAdmin(TabbedAdmin[Announcement]):
    form = AnnouncementForm
    tabs = (preview_tab, Tab(key="words", title="What it says", place=10, has_fields=True), history_tab())
    verbs_asked = ("view", "change", "send")
    list_display = ("what", "course_name", "state_shown", "when", "told", "read")
    list_filter = ("state",)
    lookups_allowed = ("course__id__exact",)
    list_select_related = ("course", "sent_by")
    search_fields = ("title", "course__title", "course__code")
    search_help_text = "Title or course"
    ordering = ("-created_at", "-pk")
    sortable_by = ()
    autocomplete_fields = ("course",)
    fields = (
        "course",
        "title",
        "text",
        ("priority", "action_link"),
        "audience",
        ("progress_from", "progress_to"),
        "send_at",
        "expires_at",
    )
    actions_detail = ("send", "withdraw")
    actions = ("withdraw",)
    empty_title = "No announcements yet"
    empty_text = "Write to the learners of a course; you see how many it reaches before it goes out."
    empty_action = ("Write an announcement", "admin:announcements_announcement_add")

    class Media:
        css = {"all": ("notifications/notifications.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Announcement]:
        return with_readers(super().get_queryset(request)).select_related("course", "sent_by", "run")

    def first_step(self, request: HttpRequest) -> tuple[str, str] | None:
        return super().first_step(request) if self.may(request, "add") else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is on its way or was withdrawn stays as it is."""
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """It is withdrawn instead."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """It stays with the course it was written for."""
        return (*super().get_readonly_fields(request, obj), "audience_shown", *(("course",) if obj else ()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whom it is for is chosen while it is a draft, and told in words afterwards."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        left_out = ("audience", ("progress_from", "progress_to"))
        return (*(name for name in self.fields if name not in left_out), "audience_shown")

    @admin.display(description="learners who are")
    def audience_shown(self, announcement: Announcement) -> str:
        return audience_in_words(announcement)

    @admin.display(description="announcement")
    def what(self, announcement: Announcement) -> SafeString:
        is_high = announcement.priority == Notification.Priority.HIGH
        return two_lines(announcement.title, "Important" if is_high else "")

    @admin.display(description="course")
    def course_name(self, announcement: Announcement) -> SafeString:
        return two_lines(announcement.course, audience_in_words(announcement))

    @admin.display(description="state")
    def state_shown(self, announcement: Announcement) -> SafeString:
        return state_badge(announcement, "state", TONES)

    @admin.display(description="goes out")
    def when(self, announcement: Announcement) -> SafeString:
        return relative_time(announcement.sent_at or announcement.send_at, empty="When it is sent")

    @admin.display(description="told")
    def told(self, announcement: Announcement) -> SafeString:
        return number(announcement.told_count) if announcement.sent_at else quiet("–")

    @admin.display(description="read")
    def read(self, announcement: Announcement) -> SafeString:
        return number(announcement.read_count) if announcement.sent_at else quiet("–")  # type: ignore[attr-defined]

    def headline(self, request: HttpRequest, record: Announcement) -> dict[str, Any]:  # noqa: ARG002
        figures = [("Told", self.told(record)), ("Read", self.read(record))] if record.sent_at else []
        return {
            "badge": self.state_shown(record),
            "line": f"To the learners of {record.course} who are {audience_in_words(record)}",
            "figures": [("Goes out", self.when(record)), *figures],
        }

    def side_facts(self, request: HttpRequest, record: Announcement) -> list[tuple[str, SafeString | str]]:
        sender = [("Sent by", str(record.sent_by))] if record.sent_by else []
        run = [("Progress", linked(request, record.run, record.run.get_state_display()))] if record.run else []
        return [("Course", linked(request, record.course, str(record.course), "announcements")), *sender, *run]

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: Any) -> None:
        if not change or form.has_changed():
            services.save_announcement(obj, by=request.user)

    @console_action(
        "Send",
        verb="send",
        icon="send",
        variant=ActionVariant.PRIMARY,
        form=SendForm,
        confirm="It goes to the learners shown on this page, at its moment or at once. Until then it can be withdrawn.",
        fits=lambda announcement: announcement.is_draft,
    )
    def send(self, request: HttpRequest, announcement: Announcement, reason: str, *, data: dict[str, Any]) -> str:
        services.send_announcement(announcement, by=request.user, confirmed=data.get("typed"), reason=reason)
        if send_if_due(announcement):
            return f"“{announcement}” is on its way. You may leave the page."
        return f"“{announcement}” goes out by itself at its moment. Withdraw takes it back."

    @console_action(
        "Withdraw",
        verb="send",
        ask_reason=True,
        icon="undo",
        confirm="Nobody is told it. To say it after all, write another one.",
        done="withdrawn",
        fits=lambda announcement: announcement.state in UNSENT,
    )
    def withdraw(self, request: HttpRequest, announcement: Announcement, reason: str) -> str:
        services.withdraw_announcement(announcement, by=request.user, reason=reason)
        return f"“{announcement}” is withdrawn. Nobody was told."


course_tabs.append(course_tab)
