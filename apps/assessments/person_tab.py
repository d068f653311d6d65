"""The attempts of a person at assessments, on their page."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.assessments.models import Attempt
from apps.assessments.panels import attempt_badge
from apps.catalog.admin.panels import ROWS, page_number


def attempts_of(request: HttpRequest, person: Any) -> QuerySet[Attempt]:
    """The attempts of a person that this reader may see."""
    return gate.scope(request.user, "view", Attempt).filter(user=person)


def attempts_panel(request: HttpRequest, person: Any) -> dict[str, Any]:
    rows = attempts_of(request, person).select_related("assessment__lesson__course").order_by("-pk")
    page: Any = Paginator(rows, ROWS).get_page(page_number(request))
    for attempt in page:
        attempt.badge = attempt_badge(attempt)
    return {"rows": page}


def has_any(request: HttpRequest, person: Any) -> bool:
    if not may_here(request, "view", Attempt):
        return False
    return person.role == person.Role.STUDENT or attempts_of(request, person).exists()


attempts_tab = Tab(
    key="attempts",
    title="Attempts",
    place=30,
    template="assessments/person_panel.html",
    context=attempts_panel,
    opens=has_any,
)
