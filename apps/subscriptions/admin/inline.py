"""What one person subscribes to, on their page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleInline
from admin_theme.displays import relative_time
from admin_theme.tabs import tab_address
from apps.subscriptions.looks import status_of, what_follows
from apps.subscriptions.models import Subscription
from apps.subscriptions.queries import change_at_period_end


class SubscriptionInline(ConsoleInline):
    """At most one; its page says the rest."""

    model = Subscription
    fk_name = "user"
    verbose_name_plural = "Subscription"
    fields = readonly_fields = ("plan_link", "state_badge", "period_ends", "what_follows")
    ordering = ("pk",)
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("plan", "user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description="plan")
    def plan_link(self, subscription: Subscription) -> SafeString:
        return format_html('<a class="text-link" href="{}">{}</a>', tab_address(subscription), subscription.plan)

    @admin.display(description="state")
    def state_badge(self, subscription: Subscription) -> SafeString:
        return status_of(subscription)

    @admin.display(description="period ends")
    def period_ends(self, subscription: Subscription) -> SafeString:
        return relative_time(subscription.period_ends_at)

    @admin.display(description="what follows")
    def what_follows(self, subscription: Subscription) -> str:
        return what_follows(subscription, change_at_period_end(subscription)) or "-"
