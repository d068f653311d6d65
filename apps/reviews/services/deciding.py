"""Deciding what others get to read: approving, rejecting, flagging, and taking that back."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.notifications.services import notify
from apps.records.rules import RuleBroken
from apps.reviews.models import Review
from apps.reviews.queries import may_take_over
from apps.reviews.services.changing import (
    WORDS,
    changing,
    deciding,
    refuse_archived,
    wait_again,
    who_was_first,
)
from apps.reviews.services.testimonials import withdraw_testimonial_of
from apps.reviews.states import RejectionReason, ReviewState, transition_allowed

State = ReviewState


def approve_review(review: Review, *, by: Any, reason: str = "", held: bool = False) -> Review:
    """Lets everybody read it. `held` is how the desk decides: on nothing it does not hold."""
    with deciding(review, "Approve", State.APPROVED, by=by, reason=reason, held=held):
        review.decided_at = timezone.now()
    return review


def reject_review(
    review: Review, because: str, *, by: Any, note: str = "", reason: str = "", held: bool = False
) -> Review:
    """Keeps it from everybody, for a reason of the catalogue; the note is for moderators only."""
    if because not in RejectionReason.values:
        raise RuleBroken("Choose why it is rejected.")
    if because == RejectionReason.OTHER and not note.strip():
        raise RuleBroken("Say in the note what else is wrong with it.")
    with deciding(review, "Reject", State.REJECTED, by=by, reason=reason or RejectionReason(because).label, held=held):
        review.rejection_reason, review.decided_at = because, timezone.now()
        review.moderator_note = note.strip() or review.moderator_note
    return review


def flag_review(
    review: Review, *, by: Any, note: str = "", to: Any = None, reason: str = "", held: bool = False
) -> Review:
    """Leaves the decision to a colleague, who gets it first if one is chosen; the note says what to look at."""
    with deciding(review, "Flag", State.FLAGGED, by=by, reason=reason, held=held):
        if to is not None and not may_take_over(to, review, by=by):
            raise RuleBroken(f"{to} cannot decide on this review. Choose another colleague.")
        review.flagged_to = to
        review.moderator_note = note.strip() or review.moderator_note
    if to is not None:
        desk = reverse("admin:reviews_review_desk")
        notify(to, kind="review_flag", title=f"{by} flags a review to you: {review}", text=note.strip(), link=desk)
    return review


def reopen_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Takes a decision or a flag back; the review waits again."""
    with changing(review, "Reopen", by=by, reason=reason):
        refuse_archived(review)
        if not transition_allowed(review.state, State.PENDING):
            raise RuleBroken(who_was_first(review))
        wait_again(review)
        review.moderator = by
    return review


def feature_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Shows an approved review where the platform speaks of itself."""
    return _set_featured(review, "Feature", by=by, reason=reason, featured=True)


def unfeature_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Takes it back among the others."""
    return _set_featured(review, "Stop featuring", by=by, reason=reason, featured=False)


def archive_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Hides a review from everybody, whatever was decided about it."""
    with changing(review, "Archive", by=by, reason=reason):
        if review.is_archived:
            raise RuleBroken("This review is archived already.")
        review.archived_at, review.archived_by = timezone.now(), by
        review.claimed_by = review.claimed_until = None
        withdraw_testimonial_of(review)
    return review


def restore_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Brings a review back in the state it had."""
    with changing(review, "Restore", by=by, reason=reason):
        if not review.is_archived:
            raise RuleBroken("This review is not archived.")
        review.archived_at = review.archived_by = None
    return review


def _set_featured(review: Review, verb: str, *, by: Any, reason: str, featured: bool) -> Review:
    with changing(review, verb, by=by, reason=reason):
        refuse_archived(review)
        if review.is_featured == featured:
            raise RuleBroken(f"This review is {'featured already' if featured else 'not featured'}.")
        if featured and review.state != State.APPROVED:
            raise RuleBroken(f"This review is {WORDS[review.state].lower()}. Only an approved one can be featured.")
        review.is_featured = featured
    return review
