"""Refunds that wait for a second person, and what was decided."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import relative_time, state_badge, two_lines
from apps.subscriptions import services
from apps.subscriptions.looks import REFUND_TONES, amount
from apps.subscriptions.models import RefundRequest
from apps.subscriptions.states import RefundState


@admin.register(RefundRequest)
class RefundRequestAdmin(ReadOnlyAdmin[RefundRequest]):
    list_title = "Refunds to decide on"
    list_display = ("payment_name", "amount_asked", "asked", "state_badge", "decided")
    list_filter = ("state",)
    list_select_related = ("payment__subscription__user", "payment__subscription__plan", "asked_by", "decided_by")
    search_fields = ("payment__reference", "payment__subscription__user__last_name", "reference")
    search_help_text = "Reference or subscriber"
    ordering = ("-created_at", "-pk")
    sortable_by = ()
    fields = (
        ("payment", "subscriber"),
        ("amount_asked", "reference"),
        "reason",
        ("asked_by", "state"),
        ("decided_by", "decided_at"),
    )
    readonly_fields = ("subscriber", "amount_asked")
    empty_title = "No refund waits for anybody"
    empty_text = (
        "Refunds above the sum one person may decide on stand here until a colleague approves or declines them."
    )
    actions_detail = ("approve", "decline")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundRequest]:
        rows: QuerySet[RefundRequest] = super().get_queryset(request)
        return rows.select_related(*self.list_select_related)

    @admin.display(description="payment", ordering="payment__reference")
    def payment_name(self, refund: RefundRequest) -> SafeString:
        return two_lines(refund.payment, refund.payment.subscription)

    @admin.display(description="subscription")
    def subscriber(self, refund: RefundRequest) -> str:
        return str(refund.payment.subscription)

    @admin.display(description="amount", ordering="amount_minor")
    def amount_asked(self, refund: RefundRequest) -> SafeString:
        return amount(refund.amount_minor, refund.payment.currency)

    @admin.display(description="asked for by", ordering="created_at")
    def asked(self, refund: RefundRequest) -> SafeString:
        return two_lines(refund.asked_by, refund.reason)

    @admin.display(description="state", ordering="state")
    def state_badge(self, refund: RefundRequest) -> SafeString:
        return state_badge(refund, "state", REFUND_TONES)

    @admin.display(description="decided", ordering="decided_at")
    def decided(self, refund: RefundRequest) -> SafeString:
        return two_lines(relative_time(refund.decided_at, empty="Not yet"), refund.decided_by or "")

    @console_action(
        "Approve",
        verb="decide",
        icon="check",
        variant=ActionVariant.PRIMARY,
        confirm="The refund is entered in the ledger, in both your names.",
        fits=lambda refund: refund.state == RefundState.OPEN,
    )
    def approve(self, request: HttpRequest, refund: RefundRequest, reason: str) -> str:
        services.approve_refund(refund, by=request.user, reason=reason)
        return f"{refund} is approved and entered."

    @console_action(
        "Decline",
        verb="decide",
        ask_reason=True,
        icon="close",
        confirm="Nothing is given back. The reason is kept.",
        fits=lambda refund: refund.state == RefundState.OPEN,
    )
    def decline(self, request: HttpRequest, refund: RefundRequest, reason: str) -> str:
        services.decline_refund(refund, by=request.user, reason=reason)
        return f"{refund} is declined."
