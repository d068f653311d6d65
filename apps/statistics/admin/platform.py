"""The figures of the platform: one page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.tabs import tab_address
from apps.statistics.admin.base import FiguresAdmin
from apps.statistics.models import PlatformStats
from apps.statistics.tasks import refresh as refresh_job


@admin.register(PlatformStats)
class PlatformStatsAdmin(FiguresAdmin[PlatformStats]):
    list_display = ("__str__",)
    list_title = "The platform in figures"
    verbs_asked = ("view", "refresh")
    actions_detail = ("refresh",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """There is one row: the list is its page, as soon as it was counted."""
        if request.method == "GET" and self.may(request, "view") and (only := self.get_queryset(request).first()):
            return HttpResponseRedirect(tab_address(only))
        return super().changelist_view(request, extra_context)

    def headline(self, request: HttpRequest, record: PlatformStats) -> dict[str, Any]:  # noqa: ARG002
        return {"line": "Everything taken together"}

    def side_facts(self, request: HttpRequest, record: PlatformStats) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        return [("As of", self.freshness(record))]

    @console_action(
        "Refresh now",
        verb="refresh",
        icon="refresh",
        variant=ActionVariant.PRIMARY,
        confirm="Everything that has changed is counted in the background; the page shows it as soon as that is done.",
    )
    def refresh(self, request: HttpRequest, stats: PlatformStats, reason: str) -> str:  # noqa: ARG002
        refresh_job.later(by=request.user)
        return "The figures are being counted. Open the page again in a moment."
