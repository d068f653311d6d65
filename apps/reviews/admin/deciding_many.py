"""Deciding on a whole selection of the list: at once when it is small, in the background when it is large."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from admin_theme.actions import Outcome
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
    because: str = "",
    note: str = "",
) -> Outcome:
    """What became of each stands on a page of its own, those the person may not decide on among them."""
    ids = chosen.order_by().values_list("pk", flat=True)
    bulk = ask_in_bulk(ids, outcome, by=request.user, because=because, note=note)
    if bulk.asked_count > AT_ONCE:
        bulk.run = decide_many.later(
            by=request.user, title=str(bulk), subject=f"reviews.bulkdecision:{bulk.pk}", bulk=bulk.pk
        )
        bulk.save(update_fields=["run"])
        messages.info(request, "This is done in the background. You may leave the page; the bell tells you.")
        return Outcome(0, page=tab_address(bulk))
    decide_in_bulk(bulk, by=request.user)
    if bulk.refused_count:
        leave_alone(request, "decide", Review, f"{counted(Review, bulk.refused_count)} left alone.")
    return Outcome(bulk.done_count, left=bulk.refused_count, page=tab_address(bulk))
