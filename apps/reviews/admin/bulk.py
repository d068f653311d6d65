"""Bulk decisions: what was asked for many reviews, and what became of each of them."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import badge, counted, number, relative_time, two_lines
from admin_theme.tabs import Tab, TabbedAdmin
from apps.catalog.admin.panels import ROWS, page_number
from apps.reviews.looks import stars, state_of
from apps.reviews.models import BulkDecision, Review
from apps.reviews.services.bulk import refusal_to_undo, undo_in_bulk


def outcomes_panel(request: HttpRequest, bulk: BulkDecision) -> dict[str, Any]:
    decisions = bulk.decisions.select_related("review__user", "review__course").order_by("pk")
    page: Any = Paginator(decisions, ROWS).get_page(page_number(request))
    for decision in page:
        decision.stars, decision.now = stars(decision.review.rating), state_of(decision.review)
    return {"rows": page}


def refusals_panel(request: HttpRequest, bulk: BulkDecision) -> dict[str, Any]:
    refusals = bulk.refusals.select_related("review__user", "review__course").order_by("pk")
    page: Any = Paginator(refusals, ROWS).get_page(page_number(request))
    for refusal in page:
        refusal.stars, refusal.now = stars(refusal.review.rating), state_of(refusal.review)
    return {"rows": page}


decided_tab = Tab(
    key="decided",
    title="Decided",
    place=10,
    template="reviews/outcomes_panel.html",
    context=outcomes_panel,
    count=lambda request, bulk: bulk.done_count,  # noqa: ARG005
)
left_alone_tab = Tab(
    key="left",
    title="Left alone",
    place=20,
    template="reviews/outcomes_panel.html",
    context=refusals_panel,
    count=lambda request, bulk: bulk.refused_count,  # noqa: ARG005
)


def is_taken_back_soon(bulk: BulkDecision) -> bool:
    """Whether the button makes sense: nobody was told yet. Whose decision it is says the policy."""
    return not refusal_to_undo(bulk, by=bulk.requester)


@admin.register(BulkDecision)
class BulkDecisionAdmin(TabbedAdmin[BulkDecision], ReadOnlyAdmin[BulkDecision]):
    tabs = (decided_tab, left_alone_tab)
    verbs_asked = ("view", "take_back")
    actions_detail = ("take_back",)
    list_display = ("what", "state", "decided", "left_alone", "who", "asked")
    list_filter = ("outcome",)
    list_select_related = ("requester",)
    search_fields = ("requester__last_name", "requester__first_name")
    search_help_text = "Who asked"
    ordering = ("-asked_at", "-pk")
    sortable_by = ()
    empty_title = "Nothing was decided in bulk yet"
    empty_text = "Choose reviews in their list and approve or reject them together; what became of each stands here."

    class Media:
        css = {"all": ("reviews/reviews.css",)}

    @admin.display(description="decision")
    def what(self, bulk: BulkDecision) -> SafeString:
        return two_lines(str(bulk), bulk.get_because_display() if bulk.because else "")

    @admin.display(description="state")
    def state(self, bulk: BulkDecision) -> SafeString:
        return state_of_bulk(bulk)

    @admin.display(description="decided")
    def decided(self, bulk: BulkDecision) -> SafeString:
        return number(bulk.done_count)

    @admin.display(description="left alone")
    def left_alone(self, bulk: BulkDecision) -> SafeString:
        return number(bulk.refused_count)

    @admin.display(description="by")
    def who(self, bulk: BulkDecision) -> str:
        return str(bulk.requester)

    @admin.display(description="asked")
    def asked(self, bulk: BulkDecision) -> SafeString:
        return relative_time(bulk.asked_at)

    @console_action(
        "Take all of it back",
        verb="take_back",
        icon="undo",
        confirm="Its reviews wait for a decision again, as they did before. Those changed since stay as they are.",
        fits=is_taken_back_soon,
    )
    def take_back(self, request: HttpRequest, bulk: BulkDecision, reason: str) -> str:  # noqa: ARG002
        done, stay = undo_in_bulk(bulk, by=request.user)
        rest = f" {counted(Review, stay)} changed since stay decided." if stay else ""
        return f"{counted(Review, done)} wait again.{rest}" if done != 1 else f"1 review waits again.{rest}"

    def headline(self, request: HttpRequest, record: BulkDecision) -> dict[str, Any]:  # noqa: ARG002
        reason = f" · {record.get_because_display()}" if record.because else ""
        return {
            "badge": state_of_bulk(record),
            "line": f"asked by {record.requester}{reason}",
            "figures": [
                ("Asked for", number(record.asked_count)),
                ("Decided", number(record.done_count)),
                ("Left alone", number(record.refused_count)),
            ],
        }

    def side_facts(self, request: HttpRequest, record: BulkDecision) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        note = [("Note", record.note)] if record.note else []
        return [
            ("Asked", relative_time(record.asked_at)),
            ("Finished", relative_time(record.finished_at, empty="Not yet")),
            *([("Taken back", relative_time(record.taken_back_at))] if record.taken_back_at else []),
            *note,
        ]


def state_of_bulk(bulk: BulkDecision) -> SafeString:
    if bulk.taken_back_at:
        return badge("Taken back", "warn")
    return badge("Done", "good") if bulk.finished_at else badge("Being done", "info")
