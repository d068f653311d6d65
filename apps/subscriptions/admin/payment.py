"""The ledger of money: entries to read, their totals, and what is entered against one."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AllValuesCheckboxFilter
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import relative_time, two_lines
from admin_theme.filters import MomentRangeFilter
from apps.subscriptions import services
from apps.subscriptions.forms import RefundForm
from apps.subscriptions.looks import kind_of, moved, sees_money
from apps.subscriptions.models import Payment
from apps.subscriptions.money import in_words
from apps.subscriptions.queries import left_of, totals
from apps.subscriptions.services.refunding import needs_second_person


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin[Payment]):
    list_before_template = "subscriptions/payments_before.html"
    list_display = ("entry", "subscriber", "what", "amount_paid", "paid", "entered_by")
    list_filter = (
        "kind",
        ("provider", AllValuesCheckboxFilter),
        ("currency", AllValuesCheckboxFilter),
        ("paid_at", MomentRangeFilter),
    )
    list_filter_sheet = True
    list_select_related = ("subscription__user", "subscription__plan", "recorded_by")
    search_fields = (
        "reference",
        "subscription__user__email",
        "subscription__user__last_name",
        "subscription__user__first_name",
    )
    search_help_text = "Reference or subscriber"
    ordering = ("-paid_at", "-pk")
    sortable_by = ("paid",)
    fields = (
        ("subscription", "kind"),
        ("provider", "reference"),
        ("money_moved", "paid_at"),
        ("method", "against"),
        "reason",
        ("recorded_by", "recorded_at"),
        "approved_by",
    )
    readonly_fields = ("money_moved",)
    empty_title = "Nothing was paid yet"
    empty_text = "Payments, refunds and attempts that failed stand here as soon as they are entered, and for good."
    actions_detail = ("refund", "correct")

    class Media:
        css = {"all": ("subscriptions/subscriptions.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        rows: QuerySet[Payment] = super().get_queryset(request)
        return rows.select_related("subscription__user", "subscription__plan", "recorded_by", "approved_by", "against")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list with what its entries come to, as it is narrowed, for whoever sees money."""
        changelist = super().get_changelist_instance(request)
        found = totals(changelist.queryset) if sees_money(request) else []
        changelist.totals = [in_words(minor, currency) for currency, _number, minor in found]  # type: ignore[attr-defined]
        return changelist

    @admin.display(description="entry", ordering="reference")
    def entry(self, entry: Payment) -> SafeString:
        return two_lines(entry.reference, f"{entry.provider}, {entry.method}" if entry.method else entry.provider)

    @admin.display(description="subscriber", ordering="subscription__user__last_name")
    def subscriber(self, entry: Payment) -> SafeString:
        return two_lines(entry.subscription.subscriber_name, entry.subscription.plan)

    @admin.display(description="what", ordering="kind")
    def what(self, entry: Payment) -> SafeString:
        return kind_of(entry)

    @admin.display(description="amount", ordering="amount_minor")
    def amount_paid(self, entry: Payment) -> SafeString:
        return moved(entry)

    @admin.display(description="amount", ordering="amount_minor")
    def money_moved(self, entry: Payment) -> SafeString:
        return moved(entry)

    @admin.display(description="when", ordering="paid_at")
    def paid(self, entry: Payment) -> SafeString:
        return relative_time(entry.paid_at)

    @admin.display(description="entered by", ordering="recorded_by__last_name")
    def entered_by(self, entry: Payment) -> str:
        return str(entry.recorded_by or "The system")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return (
            self.fields
            if sees_money(request)
            else tuple(("paid_at",) if one == ("money_moved", "paid_at") else one for one in self.fields)
        )

    @console_action(
        "Refund",
        verb="refund",
        ask_reason=True,
        icon="undo",
        form=RefundForm,
        variant=ActionVariant.PRIMARY,
        confirm="Enter what is given back. Above the sum one person decides on, a colleague has to approve it first.",
        fits=lambda entry: entry.kind == Payment.Kind.PAYMENT,
    )
    def refund(self, request: HttpRequest, entry: Payment, reason: str, data: dict[str, Any]) -> str:
        facts = {"reference": data["reference"], "by": request.user, "reason": reason}
        minor = data["amount_minor"]
        if needs_second_person(entry, minor, left_of(entry)):
            services.ask_for_refund(entry, minor, **facts)
            asked = in_words(minor, entry.currency)
            return f"A second person decides on the refund of {asked}. Nothing is given back yet."
        services.refund_payment(entry, minor, **facts)
        return f"{in_words(minor, entry.currency)} of {entry} given back."

    @console_action(
        "Counter-entry",
        verb="refund",
        ask_reason=True,
        icon="settings_backup_restore",
        confirm="For a payment that was recorded wrongly: what is left of it is taken back, and is to be paid again.",
        fits=lambda entry: entry.kind == Payment.Kind.PAYMENT,
    )
    def correct(self, request: HttpRequest, entry: Payment, reason: str) -> str:
        services.correct_payment(entry, by=request.user, reason=reason)
        return f"An entry against {entry} stands in the ledger."
