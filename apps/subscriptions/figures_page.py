"""The page of figures: what subscriptions bring in, month by month, with the words for each number."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from admin_theme.gate import may_here
from apps.subscriptions.figures import DEFINITIONS, Month, revenue_by_month
from apps.subscriptions.looks import amount
from apps.subscriptions.models import Movement, Subscription

MONTHS = 24
COLUMNS = ("new", "expansion", "reactivated", "contraction", "churned")


@require_safe
def figures_page(request: HttpRequest) -> TemplateResponse:
    if not may_here(request, "figures", Subscription):
        raise PermissionDenied
    now = timezone.now()
    tables = [
        {
            "currency": currency,
            "rows": [row_of(month, currency) for month in months[:MONTHS]],
            "now": months[0],
            "monthly": amount(months[0].closing, currency),
        }
        for currency, months in revenue_by_month(now).items()
    ]
    context = {
        **admin.site.each_context(request),
        "title": "Revenue by month",
        "tables": tables,
        "columns": [Movement.Kind(kind).label for kind in COLUMNS],
        "definitions": DEFINITIONS,
        "as_of": now,
    }
    return TemplateResponse(request, "subscriptions/figures.html", context)


def row_of(month: Month, currency: str) -> dict[str, Any]:
    """The cells of one month."""
    return {
        "month": month,
        "moved": [
            {
                "title": Movement.Kind(kind).label,
                "money": amount(month.sums.get(kind), currency),
                "number": month.numbers.get(kind, 0),
            }
            for kind in COLUMNS
        ],
        "opening": amount(month.opening, currency),
        "closing": amount(month.closing, currency),
    }
