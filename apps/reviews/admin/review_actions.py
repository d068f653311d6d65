"""What can be decided about a review, from its page and from the list."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.enums import ActionVariant

from admin_theme.actions import Outcome, console_action
from apps.reviews import services
from apps.reviews.admin.deciding_many import decide_selection
from apps.reviews.forms import FlagForm, RejectForm
from apps.reviews.models import BulkDecision, Review
from apps.reviews.services.bulk import MOST_AT_ONCE
from apps.reviews.states import DECIDED, WAITING, ReviewState

State = ReviewState


def is_in(*states: str) -> Callable[[Review], bool]:
    return lambda review: not review.is_archived and review.state in states


class ReviewActions:
    """The actions of `ReviewAdmin`; each is one service."""

    @console_action(
        "Approve",
        verb="decide",
        icon="check",
        variant=ActionVariant.PRIMARY,
        confirm="Everybody can read it. Reopen takes the decision back.",
        done="approved",
        in_bulk="approve_all",
        most=MOST_AT_ONCE,
        fits=is_in(*WAITING),
    )
    def approve(self, request: HttpRequest, review: Review, reason: str) -> str:
        services.approve_review(review, by=request.user, reason=reason)
        return f"The review of {review} is approved."

    def approve_all(self, request: HttpRequest, chosen: QuerySet[Any], reason: str) -> Outcome:  # noqa: ARG002
        return decide_selection(BulkDecision.Outcome.APPROVED, request, chosen)

    @console_action(
        "Reject",
        verb="decide",
        icon="block",
        form=RejectForm,
        confirm="Nobody but staff reads it. Reopen takes the decision back.",
        done="rejected",
        in_bulk="reject_all",
        most=MOST_AT_ONCE,
        fits=is_in(*WAITING),
    )
    def reject(self, request: HttpRequest, review: Review, reason: str, data: dict[str, Any]) -> str:
        services.reject_review(review, data["because"], by=request.user, note=data["note"], reason=reason)
        return f"The review of {review} is rejected."

    def reject_all(
        self,
        request: HttpRequest,
        chosen: QuerySet[Any],
        reason: str,  # noqa: ARG002
        data: dict[str, Any],
    ) -> Outcome:
        return decide_selection(BulkDecision.Outcome.REJECTED, request, chosen, **data)

    @console_action(
        "Flag",
        verb="decide",
        icon="flag",
        form=FlagForm,
        confirm="It waits for a colleague, who reads your note.",
        done="flagged",
        fits=is_in(State.PENDING),
    )
    def flag(self, request: HttpRequest, review: Review, reason: str, data: dict[str, Any]) -> str:
        services.flag_review(review, by=request.user, note=data["note"], to=data["to"], reason=reason)
        return f"The review of {review} waits for a colleague."

    @console_action(
        "Reopen",
        verb="decide",
        ask_reason=True,
        icon="undo",
        confirm="It waits for a decision again.",
        done="reopened",
        fits=is_in(State.FLAGGED, *DECIDED),
    )
    def reopen(self, request: HttpRequest, review: Review, reason: str) -> str:
        services.reopen_review(review, by=request.user, reason=reason)
        return f"The review of {review} waits for a decision again."

    @console_action(
        "Feature",
        verb="decide",
        icon="star",
        done="featured",
        fits=lambda review: is_in(State.APPROVED)(review) and not review.is_featured,
    )
    def feature(self, request: HttpRequest, review: Review, reason: str) -> str:
        services.feature_review(review, by=request.user, reason=reason)
        return f"The review of {review} is featured."

    @console_action(
        "Stop featuring",
        verb="decide",
        icon="star_border",
        done="no longer featured",
        fits=lambda review: not review.is_archived and review.is_featured,
    )
    def unfeature(self, request: HttpRequest, review: Review, reason: str) -> str:
        services.unfeature_review(review, by=request.user, reason=reason)
        return f"The review of {review} is no longer featured."

    @console_action(
        "Archive",
        verb="archive",
        ask_reason=True,
        icon="archive",
        confirm="It disappears for everybody, also from lists and counts. Restore brings it back.",
        done="archived",
        fits=lambda review: not review.is_archived,
    )
    def archive(self, request: HttpRequest, review: Review, reason: str) -> str:
        services.archive_review(review, by=request.user, reason=reason)
        return f"The review of {review} is archived."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        variant=ActionVariant.PRIMARY,
        confirm="It comes back in the state it had.",
        done="restored",
        fits=lambda review: review.is_archived,
    )
    def restore(self, request: HttpRequest, review: Review, reason: str) -> str:
        services.restore_review(review, by=request.user, reason=reason)
        return f"The review of {review} is back."
