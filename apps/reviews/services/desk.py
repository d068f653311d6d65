"""Working at the desk: taking the next review, holding it while it is read, leaving it, and taking back one's last."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, ReviewDecision, ReviewSkip
from apps.reviews.queries import named, of_own_interest
from apps.reviews.queue import is_free_for, left_by, offers
from apps.reviews.services.testimonials import withdraw_testimonial_of
from apps.reviews.states import WAITING, ReviewState

ROUNDS = 10


def take_review(*, by: Any, beside: Review | None = None, backwards: bool = False) -> Review | None:
    """Holds what this person should read next, or None when nothing is left; of two people only one gets each."""
    for _ in range(ROUNDS):
        nothing = True
        for pk in offers(by, beside, backwards=backwards):
            nothing = False
            if hold_review(pk, by=by):
                release_reviews(by=by, but=pk)
                return named(Review.objects.filter(pk=pk), "user", "course").get()
        if nothing:
            return None
    return None


def hold_review(pk: int, *, by: Any) -> bool:
    """Whether this person holds it now: one statement, so that it cannot succeed for two."""
    free = Review.objects.filter(is_free_for(by), pk=pk, state__in=WAITING)
    return bool(free.update(claimed_by=by.pk, claimed_until=end_of_hold()))


def renew_hold(pk: int, *, by: Any) -> datetime:
    """Holds it for as long again. Raises `RuleBroken` when it is held no more."""
    until = end_of_hold()
    if not Review.objects.filter(pk=pk, claimed_by=by.pk, state__in=WAITING).update(claimed_until=until):
        raise RuleBroken("You do not hold this review any more.")
    return until


def release_reviews(*, by: Any, but: int | None = None, held_until: datetime | None = None) -> None:
    """Lets go of what this person holds; of a hold that ends at a moment only when it was not renewed meanwhile."""
    held = Review.with_archived.filter(claimed_by=by.pk).exclude(pk=but)
    if held_until is not None:
        held = held.filter(claimed_until=held_until)
    held.update(claimed_by=None, claimed_until=None)


def skip_review(review: Review, *, by: Any) -> None:
    """Leaves it to others for a while."""
    if review.state not in WAITING or review.is_archived:
        raise RuleBroken("This review does not wait for a decision.")
    ReviewSkip.objects.update_or_create(review=review, user=by, defaults={"skipped_at": timezone.now()})
    Review.with_archived.filter(pk=review.pk, claimed_by=by.pk).update(claimed_by=None, claimed_until=None)


def look_again(*, by: Any) -> None:
    """Brings back what this person left for later."""
    left_by(by).delete()


def undo_decision(*, by: Any) -> Review:
    """Takes back this person's last decision that can be taken back, and holds the review for them.

    Raises `RuleBroken` when there is none, or when the review has been changed since.
    """
    decision = decisions_to_take_back(by).first()
    if decision is None:
        minutes = settings.REVIEW_UNDO_MINUTES
        raise RuleBroken(f"You decided on nothing in the last {minutes:,} minutes that could be taken back.")
    review: Review = Review.with_archived.get(pk=decision.review_id)
    with change_set(by=by, title=f"Undo: {review}"[:200], reason="Taken back at the desk."):
        review.refresh_from_db(from_queryset=Review.with_archived.select_for_update())
        untold = ReviewDecision.objects.filter(pk=decision.pk, taken_back_at=None, told_at=None)
        if not untold.update(taken_back_at=timezone.now()):
            raise RuleBroken("This decision was taken back or told to the author meanwhile.")
        if review.is_archived or review.state != decision.outcome or review.moderator_id != by.pk:
            raise RuleBroken(f"The review of {review} was changed since, so the decision stays taken.")
        if Review.with_archived.filter(of_own_interest(by), pk=review.pk).exists():
            raise RuleBroken(f"You have a part in {review.course} now, so a colleague has to reopen this review.")
        review.state = ReviewState(decision.state_before)
        review.moderator, review.flagged_to = decision.flagged_by_before, decision.flagged_to_before
        review.rejection_reason, review.decided_at, review.is_featured = "", None, False
        review.waits_since, review.is_reported_anew = decision.waited_since, decision.was_reported_anew
        review.claimed_by, review.claimed_until = by, end_of_hold()
        review.save()
        withdraw_testimonial_of(review)
    release_reviews(by=by, but=review.pk)
    return review


def decisions_to_take_back(by: Any) -> QuerySet[ReviewDecision]:
    """What this person may take back, the last one first."""
    since = timezone.now() - timedelta(minutes=settings.REVIEW_UNDO_MINUTES)
    return ReviewDecision.objects.filter(moderator=by.pk, decided_at__gt=since, taken_back_at=None, told_at=None)


def end_of_hold() -> datetime:
    return timezone.now() + timedelta(minutes=settings.REVIEW_CLAIM_MINUTES)
