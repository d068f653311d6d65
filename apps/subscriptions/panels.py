"""What is on the page of a subscription: what happens to it and when, and what was paid."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.catalog.admin.panels import ROWS, page_number
from apps.subscriptions.looks import kind_of, moved, sees_money, state_of_change
from apps.subscriptions.models import Payment, ScheduledChange, Subscription
from apps.subscriptions.states import TAKEN_BACK, ChangeState


def changes_of(request: HttpRequest, subscription: Subscription) -> Any:
    return gate.scope(request.user, "view", ScheduledChange).filter(subscription=subscription)


def payments_of(request: HttpRequest, subscription: Subscription) -> Any:
    return gate.scope(request.user, "view", Payment).filter(subscription=subscription)


def timeline_panel(request: HttpRequest, subscription: Subscription) -> dict[str, Any]:
    """What is coming first, the nearest on top; then what was, the newest on top."""
    rows = changes_of(request, subscription).select_related("plan", "scheduled_by")
    waiting = (ChangeState.OPEN, ChangeState.HELD)
    may_take_back = may_here(request, "manage", ScheduledChange)
    coming = list(rows.filter(state__in=waiting).order_by("effective_at", "pk"))
    past = Paginator(rows.exclude(state__in=waiting).order_by("-closed_at", "-pk"), ROWS).get_page(page_number(request))
    for change in [*coming, *past]:
        change.badge = state_of_change(change)
        if may_take_back and change.state == ChangeState.OPEN and change.kind in TAKEN_BACK:
            change.take_back = reverse("admin:subscriptions_scheduledchange_take_back", args=[change.pk])
    return {"coming": coming, "rows": past}


def payments_panel(request: HttpRequest, subscription: Subscription) -> dict[str, Any]:
    entries = payments_of(request, subscription).select_related("recorded_by", "approved_by")
    page = Paginator(entries.order_by("-paid_at", "-pk"), ROWS).get_page(page_number(request))
    for entry in page:
        entry.badge, entry.money = kind_of(entry), moved(entry)
    return {"rows": page, "sees_money": sees_money(request)}


timeline_tab = Tab(
    key="timeline",
    title="What happens when",
    place=10,
    template="subscriptions/timeline_panel.html",
    context=timeline_panel,
)
payments_tab = Tab(
    key="payments",
    title="Payments",
    place=20,
    template="subscriptions/payments_panel.html",
    context=payments_panel,
    count=payments_of,
    opens=lambda request, subscription: may_here(request, "view", Payment),  # noqa: ARG005
)
