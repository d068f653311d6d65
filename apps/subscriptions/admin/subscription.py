"""Subscriptions: who has which, until when, what follows, and everything that can be done to one."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter

from admin_theme.displays import badge, quiet, relative_time, two_lines
from admin_theme.filters import MomentRangeFilter
from admin_theme.tabs import TabbedAdmin, linked
from apps.accounts.masking import shows_email
from apps.catalog.admin.panels import history_tab
from apps.subscriptions import services
from apps.subscriptions.admin.subscription_actions import SubscriptionActions
from apps.subscriptions.forms import StartForm
from apps.subscriptions.looks import amount, owed, sees_money, status_of, what_follows
from apps.subscriptions.models import ScheduledChange, Subscription
from apps.subscriptions.panels import payments_tab, timeline_tab
from apps.subscriptions.queries import change_at_period_end, owing, why_premium_is_closed
from apps.subscriptions.states import AT_PERIOD_END, SubscriptionStatus


class OwingFilter(DropdownFilter):
    """Those for which something is to be paid; only for whoever sees money."""

    title = "payment"
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "Something to be paid"), ("no", "Nothing to be paid")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if self.value() == "yes":
            return queryset.filter(owing())
        return queryset.exclude(owing()) if self.value() == "no" else queryset


@admin.register(Subscription)
class SubscriptionAdmin(SubscriptionActions, TabbedAdmin[Subscription]):
    tabs = (timeline_tab, payments_tab, history_tab())
    verbs_asked = (*TabbedAdmin.verbs_asked, "manage", "cancel", "record")
    list_display = ("subscriber", "plan_name", "state", "period", "what_follows", "to_be_paid")
    list_filter = ("status", "plan", "is_auto_renew", OwingFilter, ("period_ends_at", MomentRangeFilter))
    list_filter_sheet = True
    lookups_allowed = ("user__id__exact",)
    list_select_related = ("user", "plan")
    search_fields = ("user__email", "user__last_name", "user__first_name", "plan__code", "plan__name")
    search_help_text = "Subscriber or plan"
    ordering = ("-created_at", "-pk")
    sortable_by = ("period",)
    choice_verbs = {"plan": "view"}
    empty_title = "Nobody subscribes yet"
    empty_text = "A subscription is one person on one plan, from period to period. Start one for somebody."
    empty_action = ("Start a subscription", "admin:subscriptions_subscription_add")
    actions_detail = (
        "activate",
        "resume",
        "reactivate",
        "upgrade",
        {
            "title": "More",
            "icon": "more_horiz",
            "items": ["extend", "change_plan", "cancel", "pause", "end", "record_payment", "record_failed"],
        },
    )
    actions = ("extend", "cancel", "pause", "resume", "end")

    class Media:
        css = {"all": ("subscriptions/subscriptions.css",)}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        rows: QuerySet[Subscription] = super().get_queryset(request)
        waiting = ScheduledChange.objects.filter(state__in=("open", "held"), kind__in=AT_PERIOD_END)
        coming_changes = Prefetch("scheduled_changes", waiting.select_related("plan"), to_attr="coming_changes")
        return rows.select_related("user", "plan").prefetch_related(coming_changes)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [one for one in super().get_list_filter(request) if one is not OwingFilter or sees_money(request)]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return ["subscriber_email" if name == "subscriber" and shows_email(request) else name for name in columns]

    @admin.display(description="subscriber", ordering="user__last_name")
    def subscriber(self, subscription: Subscription) -> SafeString:
        return two_lines(subscription.subscriber_name)

    @admin.display(description="subscriber", ordering="user__last_name")
    def subscriber_email(self, subscription: Subscription) -> SafeString:
        return two_lines(subscription.subscriber_name, subscription.user.email)

    @admin.display(description="plan", ordering="plan__name")
    def plan_name(self, subscription: Subscription) -> SafeString:
        return two_lines(subscription.plan.name, subscription.plan.code)

    @admin.display(description="status", ordering="status")
    def state(self, subscription: Subscription) -> SafeString:
        return status_of(subscription)

    @admin.display(description="period ends", ordering="period_ends_at")
    def period(self, subscription: Subscription) -> SafeString:
        return relative_time(subscription.period_ends_at)

    @admin.display(description="what follows")
    def what_follows(self, subscription: Any) -> SafeString | str:
        return what_follows(subscription, next(iter(subscription.coming_changes), None)) or quiet("Nothing")

    @admin.display(description="to be paid", ordering="due_minor")
    def to_be_paid(self, subscription: Subscription) -> SafeString:
        return owed(subscription)

    # The page

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Facts of a subscription are not typed over; its actions change it."""
        return False

    def headline(self, request: HttpRequest, record: Subscription) -> dict[str, Any]:
        closed = why_premium_is_closed(record)
        change = change_at_period_end(record)
        money = [("To be paid", owed(record))] if sees_money(request) else []
        return {
            "badge": status_of(record),
            "line": what_follows(record, change) or "Nothing follows by itself",
            "figures": [
                ("Period ends", relative_time(record.period_ends_at)),
                *money,
                ("Premium lessons", badge("Closed", hint=closed) if closed else badge("Open", "good")),
            ],
        }

    def side_facts(self, request: HttpRequest, record: Subscription) -> list[tuple[str, SafeString | str]]:
        address = [("E-mail address", record.user.email)] if shows_email(request) else []
        price = [("Price of this period", amount(record.price_minor, record.currency))] if sees_money(request) else []
        return [
            ("Subscriber", linked(request, record.user, record.subscriber_name)),
            *address,
            ("Plan", linked(request, record.plan, record.plan)),
            *price,
            ("Renews by itself", "Yes" if record.renews and record.status != SubscriptionStatus.CANCELLED else "No"),
            ("Started", relative_time(record.started_at, empty="Not yet")),
            ("Period began", relative_time(record.period_starts_at)),
            *([("Grace ends", relative_time(record.grace_ends_at))] if record.grace_ends_at else []),
            *([("Ended", relative_time(record.ended_at))] if record.ended_at else []),
        ]

    # Starting one

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> "type[ModelForm[Any]]":
        if obj is None:
            kwargs["form"] = StartForm
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("subscriber_email", "plan", "is_auto_renew", "begins_now")})]
        return super().get_fieldsets(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:  # noqa: ARG002
        return {"is_auto_renew": True}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not change:
            data = form.cleaned_data
            made = services.start_subscription(
                form.subscriber,
                obj.plan,
                by=request.user,
                is_auto_renew=data["is_auto_renew"],
                begins_now=data["begins_now"],
            )
            obj.pk, obj.user, obj.status = made.pk, made.user, made.status
