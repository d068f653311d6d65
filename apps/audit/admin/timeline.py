"""The timeline: every operation, who did it, through which door and why, opened to its before and after."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import badge, relative_time, two_lines
from admin_theme.filters import MomentRangeFilter, ScopedRelatedFilter
from apps.audit.models import ChangeSet
from apps.audit.queries import page_of_entries, summary

PAGE_SIZE = 25


@admin.register(ChangeSet)
class ChangeSetAdmin(ReadOnlyAdmin[ChangeSet]):
    list_display = ("what", "who", "channel_badge", "when", "why")
    list_filter = ("channel", ("started_at", MomentRangeFilter), ("actor", ScopedRelatedFilter))
    list_title = "Timeline"
    search_help_text = "What was done, or why"
    search_fields = ("title", "reason", "request_id", "actor__email")
    list_select_related: ClassVar[list[str]] = ["actor"]
    ordering = ("-started_at", "-pk")
    lookups_allowed = ("origin",)
    empty_title = "Nothing has been changed yet"
    empty_text = "Every change made here appears with who made it, when, why, and what was there before."

    @admin.display(description="what")
    def what(self, change_set: ChangeSet) -> SafeString:
        done = summary(change_set)
        return two_lines(change_set.title or done or "Still running", done if change_set.title else "")

    @admin.display(description="who", ordering="actor")
    def who(self, change_set: ChangeSet) -> str:
        return str(change_set.actor or "The system")

    @admin.display(description="through", ordering="channel")
    def channel_badge(self, change_set: ChangeSet) -> SafeString:
        return badge(change_set.get_channel_display())

    @admin.display(description="when", ordering="started_at")
    def when(self, change_set: ChangeSet) -> SafeString:
        return relative_time(change_set.started_at)

    @admin.display(description="why")
    def why(self, change_set: ChangeSet) -> str:
        return change_set.reason or "-"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponseBase:
        change_set = self.require_record(request, str(object_id))
        number = request.GET.get("page", "1")
        page_number = int(number) if number.isdecimal() and len(number) < 9 else 1
        shown, total = page_of_entries(
            change_set, request.user, start=(max(page_number, 1) - 1) * PAGE_SIZE, size=PAGE_SIZE
        )
        context = {
            **self.admin_site.each_context(request),
            "title": str(change_set),
            "list_title": self.list_title,
            "opts": self.opts,
            "change_set": change_set,
            "summary": summary(change_set),
            "entries": shown,
            "page_obj": Paginator(range(total), PAGE_SIZE).get_page(page_number),
        }
        return TemplateResponse(request, "audit/change_set.html", context)
