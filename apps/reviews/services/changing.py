"""What every change of a review keeps to: one change set, a lock, no own interest, and no colleague's hands on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone

from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.queries import of_own_interest
from apps.reviews.services.testimonials import withdraw_testimonial_of
from apps.reviews.states import DECIDED, ReviewState, transition_allowed

State = ReviewState
WORDS = dict(ReviewState.choices)


@contextmanager
def deciding(review: Review, verb: str, state: str, *, by: Any, reason: str, held: bool = False) -> Iterator[None]:
    """Enters a state unless a colleague was quicker, who is named then; the desk decides on what it holds only."""
    with changing(review, verb, by=by, reason=reason):
        refuse_archived(review)
        if not transition_allowed(review.state, state):
            raise RuleBroken(who_was_first(review))
        refuse_held(review, by=by, held=held)
        decision = ReviewDecision(
            review=review,
            moderator=by,
            outcome=state,
            state_before=review.state,
            flagged_by_before=review.moderator if review.state == State.FLAGGED else None,
            flagged_to_before=review.flagged_to,
            waited_since=review.waits_since,
            was_reported_anew=review.is_reported_anew,
        )
        review.state, review.moderator = state, by
        review.flagged_to = review.claimed_by = review.claimed_until = None
        review.is_reported_anew = review.is_reported_anew and state not in DECIDED
        yield
        decision.save()


@contextmanager
def changing(review: Review, verb: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around one change of a review, read anew under a lock: of two people at once one comes second."""
    with change_set(by=by, reason=reason, title=f"{verb}: {review}"[:200]):
        rows = Review.with_archived.select_for_update()
        try:
            review.refresh_from_db(from_queryset=rows.exclude(of_own_interest(by)))
        except Review.DoesNotExist:
            review.refresh_from_db(from_queryset=rows)
            part = "wrote it" if review.user_id == by.pk else f"teach {review.course}"
            raise RuleBroken(f"You {part}, so a colleague has to decide on this review.") from None
        yield
        review.save()


def enter_state(review: Review, state: ReviewState, *, now: datetime) -> None:
    """Puts a review into a state, with what follows from it, without saving or looking anything up: for imports.

    Raises `RuleBroken` for a way that is not open, and for facts that do not fit the state.
    """
    if state != review.state and not transition_allowed(review.state, state):
        words = f"This review is {WORDS[review.state].lower()} and cannot become {WORDS[state].lower()}."
        raise RuleBroken(f"{words} Reopen it first.")
    if state == State.REJECTED and not review.rejection_reason:
        raise RuleBroken("A rejected review needs the reason of the catalogue.")
    if state != State.REJECTED and review.rejection_reason and review.state != State.REJECTED:
        raise RuleBroken("Only a rejected review has a reason of the catalogue.")
    if state != State.APPROVED and review.is_featured and review.state != State.APPROVED:
        raise RuleBroken("Only an approved review can be featured.")
    if state != State.REJECTED:
        review.rejection_reason = ""
    review.is_featured = review.is_featured and state == State.APPROVED
    review.decided_at = (review.decided_at or now) if state in DECIDED else None
    review.state = state


def wait_again(review: Review) -> None:
    """Takes a decision back without saving: its author is not told of it any more."""
    if review.state in DECIDED:
        review.waits_since = timezone.now()
    review.state, review.flagged_to = State.PENDING, None
    review.rejection_reason, review.decided_at, review.is_featured = "", None, False
    forget_decisions(review)
    withdraw_testimonial_of(review)


def forget_decisions(review: Review) -> None:
    open_ones = ReviewDecision.objects.filter(review=review, taken_back_at=None, told_at=None)
    open_ones.update(taken_back_at=timezone.now())


def refuse_archived(review: Review) -> None:
    if review.is_archived:
        raise RuleBroken("This review is archived. Restore it first.")


def refuse_held(review: Review, *, by: Any, held: bool) -> None:
    """Raises `RuleBroken` when a colleague reads it at the desk, or when one's own hold on it is gone."""
    if review.claimed_by_id not in (None, by.pk) and review.claimed_until and review.claimed_until > timezone.now():
        raise RuleBroken(f"{review.claimed_by} is reading this review at the desk. Let them decide on it.")
    if held and review.claimed_by_id != by.pk:
        raise RuleBroken("You do not hold this review any more, or its author changed it. Read it again.")


def who_was_first(review: Review) -> str:
    """Who brought the review into the state it is in, and what to do about it."""
    done = f"{WORDS[review.state].lower()} by {review.moderator or 'the system'}"
    if review.state in DECIDED:
        when = f" {naturaltime(review.decided_at)}" if review.decided_at else ""
        when = when.replace(" now", " a moment ago")
        return f"This review was {done}{when}. Reopen it to decide again."
    return "This review is pending already." if review.state == State.PENDING else f"This review was {done} already."
