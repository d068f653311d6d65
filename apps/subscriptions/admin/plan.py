"""Plans: what can be subscribed to, at which price, and what it opens."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleAdmin
from admin_theme.displays import money, number, two_lines, yes_no
from apps.subscriptions.models import Plan
from apps.subscriptions.queries import subscriber_counts


@admin.register(Plan)
class PlanAdmin(ConsoleAdmin[Plan]):
    list_display = ("plan", "tier", "costs", "period_months", "opens", "offered", "subscribers")
    list_filter = ("tier", "opens", "is_offered")
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    ordering = ("currency", "price", "code")
    sortable_by = ("costs",)
    fieldsets = (
        ("Plan", {"fields": (("code", "name"), "description", ("tier", "opens"), "is_offered")}),
        ("Price", {"fields": (("price", "currency"), "period_months")}),
    )
    empty_title = "There is nothing to subscribe to yet"
    empty_text = "A plan is a tier at a price for a month, a quarter or a year, and says which lessons it opens."
    empty_action = ("Add a plan", "admin:subscriptions_plan_add")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return subscriber_counts(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else super().get_readonly_fields(request, obj)

    @admin.display(description="plan", ordering="name")
    def plan(self, plan: Plan) -> SafeString:
        return two_lines(plan.name, plan.code)

    @admin.display(description="price", ordering="price")
    def costs(self, plan: Plan) -> SafeString:
        return money(plan.price, plan.currency)

    @admin.display(description="offered", ordering="is_offered")
    def offered(self, plan: Plan) -> SafeString:
        return yes_no(plan.is_offered)

    @admin.display(description="subscribers")
    def subscribers(self, plan: Any) -> SafeString:
        return number(plan.subscriber_count)
