"""What is scheduled for subscriptions: everything due and coming, and what came of it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import relative_time, two_lines
from admin_theme.filters import MomentRangeFilter
from apps.subscriptions import services
from apps.subscriptions.looks import state_of_change
from apps.subscriptions.models import ScheduledChange
from apps.subscriptions.states import TAKEN_BACK, ChangeState

WAITING = (ChangeState.OPEN, ChangeState.HELD)


class ComingFilter(DropdownFilter):
    """What is coming unless something else, or all, is asked for."""

    title = "state"
    parameter_name = "state"
    all_option: ClassVar[list[str]] = ["", "Coming"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        over = [(value, label) for value, label in ChangeState.choices if value not in WAITING]
        return [*over, ("all", "Coming and before")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if self.value() == "all":
            return queryset
        return queryset.filter(state__in=[self.value()] if self.value() else WAITING)


@admin.register(ScheduledChange)
class ScheduledChangeAdmin(ReadOnlyAdmin[ScheduledChange]):
    list_display = ("what", "subscriber", "when", "state_badge", "outcome")
    list_filter = (ComingFilter, "kind", ("effective_at", MomentRangeFilter))
    list_filter_sheet = True
    list_select_related = ("subscription__user", "subscription__plan", "plan")
    search_fields = ("subscription__user__email", "subscription__user__last_name", "subscription__user__first_name")
    search_help_text = "Subscriber"
    ordering = ("effective_at", "pk")
    sortable_by = ("when",)
    fields = (
        ("subscription", "kind", "plan"),
        ("effective_at", "state"),
        ("scheduled_by", "reason"),
        ("closed_at", "outcome"),
    )
    empty_title = "Nothing is scheduled"
    empty_text = "Renewals, changes of plans and cancellations stand here with the moment at which they happen."
    actions_detail = ("take_back",)
    actions = ("take_back",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduledChange]:
        rows: QuerySet[ScheduledChange] = super().get_queryset(request)
        return rows.select_related("subscription__user", "subscription__plan", "plan", "scheduled_by")

    @admin.display(description="what", ordering="kind")
    def what(self, change: ScheduledChange) -> SafeString:
        words = f"Change to {change.plan}" if change.plan else change.get_kind_display()
        return two_lines(words, change.reason)

    @admin.display(description="subscriber", ordering="subscription__user__last_name")
    def subscriber(self, change: ScheduledChange) -> SafeString:
        return two_lines(change.subscription.subscriber_name, change.subscription.plan)

    @admin.display(description="when", ordering="effective_at")
    def when(self, change: ScheduledChange) -> SafeString:
        return relative_time(change.effective_at)

    @admin.display(description="state", ordering="state")
    def state_badge(self, change: ScheduledChange) -> SafeString:
        return state_of_change(change)

    @console_action(
        "Take back",
        verb="manage",
        ask_reason=True,
        icon="undo",
        confirm="It does not happen: the subscription goes on as if it had never been asked for.",
        done="taken back",
        fits=lambda change: change.state == ChangeState.OPEN and change.kind in TAKEN_BACK,
    )
    def take_back(self, request: HttpRequest, change: ScheduledChange, reason: str) -> str:
        services.take_back(change, by=request.user, reason=reason)
        return f"Taken back. {change.subscription} is {change.subscription.get_status_display().lower()}."
