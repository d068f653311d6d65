"""Deciding on a whole selection of the list: at once when it is small, in the background when it is large."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from admin_theme.displays import counted
from admin_theme.gate import leave_alone
from admin_theme.tabs import tab_address
from apps.reviews.models import Review
from apps.reviews.services import ask_in_bulk, decide_in_bulk
from apps.reviews.tasks import decide_many

AT_ONCE = 2_000


def decide_selection(
    outcome: str,
    request: HttpRequest,
    chosen: QuerySet[Any],
    reason: str,  # noqa: ARG001 - neither decision asks for one in words
    data: dict[str, Any] | None = None,
) -> str:
    """The address of the page that says what became of each."""
    asked = data or {}
    ids = chosen.order_by().values_list("pk", flat=True)
    bulk = ask_in_bulk(ids, outcome, by=request.user, because=asked.get("because", ""), note=asked.get("note", ""))
    if bulk.asked_count > AT_ONCE:
        bulk.run = decide_many.later(
            by=request.user, title=str(bulk), subject=f"reviews.bulkdecision:{bulk.pk}", bulk=bulk.pk
        )
        bulk.save(update_fields=["run"])
        messages.info(request, "This is done in the background. You may leave the page; the bell tells you.")
        return tab_address(bulk)
    decide_in_bulk(bulk, by=request.user)
    if bulk.done_count:
        messages.success(request, f"{counted(Review, bulk.done_count)} {bulk.outcome}.")
    if bulk.refused_count:
        left = f"{counted(Review, bulk.refused_count)} left alone."
        messages.warning(request, f"{left} Below stands why.")
        leave_alone(request, "decide", Review, left)
    return tab_address(bulk)
