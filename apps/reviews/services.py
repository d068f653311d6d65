"""Writing a review, reporting it, and deciding what others get to read of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.recording import change_set
from apps.catalog.models import Course
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, ReviewReport
from apps.reviews.queries import is_learner, of_own_interest, report_count
from apps.reviews.states import DECIDED, RejectionReason, ReviewState, transition_allowed

State = ReviewState
WORDS = dict(ReviewState.choices)


def submit_review(course: Course, *, by: Any, rating: int, text: str, title: str = "") -> Review:
    """Takes in what somebody says about a course; it waits for a decision. Raises `RuleBroken` for a second one."""
    review = Review(course=course, user=by, rating=rating, title=title.strip(), text=text.strip())
    review.is_verified_purchase = is_learner(course, by)
    review.clean_fields()
    with change_set(by=by, title=f"Review of {course}"):
        try:
            with transaction.atomic():
                review.save()
        except IntegrityError:
            raise RuleBroken(f"You have reviewed {course} already.") from None
    return review


def report_review(review: Review, *, by: Any, reason: str, note: str = "") -> ReviewReport:
    """Keeps that somebody finds a review wrong. Raises `RuleBroken` for a second time and for one's own."""
    if review.user_id == by.pk:
        raise RuleBroken("You wrote this review yourself.")
    report = ReviewReport(review=review, reported_by=by, reason=reason, note=note.strip())
    report.clean_fields()
    try:
        with transaction.atomic():
            Review.with_archived.select_for_update().get(pk=review.pk)  # two reports at once are both counted
            report.save()
            Review.with_archived.filter(pk=review.pk).update(reported_count=report_count())
    except IntegrityError:
        raise RuleBroken("You have reported this review already.") from None
    return report


def approve_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Lets everybody read it."""
    with _deciding(review, "Approve", State.APPROVED, by=by, reason=reason):
        review.decided_at = timezone.now()
    return review


def reject_review(review: Review, because: str, *, by: Any, note: str = "", reason: str = "") -> Review:
    """Keeps it from everybody, for a reason of the catalogue; the note is for moderators only."""
    if because not in RejectionReason.values:
        raise RuleBroken("Choose why it is rejected.")
    if because == RejectionReason.OTHER and not note.strip():
        raise RuleBroken("Say in the note what else is wrong with it.")
    with _deciding(review, "Reject", State.REJECTED, by=by, reason=reason or RejectionReason(because).label):
        review.rejection_reason, review.decided_at = because, timezone.now()
        review.moderator_note = note.strip() or review.moderator_note
    return review


def flag_review(review: Review, *, by: Any, note: str = "", reason: str = "") -> Review:
    """Leaves the decision to a colleague; the note says what to look at."""
    with _deciding(review, "Flag", State.FLAGGED, by=by, reason=reason):
        review.moderator_note = note.strip() or review.moderator_note
    return review


def reopen_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Takes a decision or a flag back; the review waits again."""
    with _deciding(review, "Reopen", State.PENDING, by=by, reason=reason):
        review.rejection_reason, review.decided_at, review.is_featured = "", None, False
    return review


def feature_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Shows an approved review where the platform speaks of itself."""
    return _set_featured(review, "Feature", by=by, reason=reason, featured=True)


def unfeature_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Takes it back among the others."""
    return _set_featured(review, "Stop featuring", by=by, reason=reason, featured=False)


def archive_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Hides a review from everybody, whatever was decided about it."""
    with _changing(review, "Archive", by=by, reason=reason):
        if review.is_archived:
            raise RuleBroken("This review is archived already.")
        review.archived_at, review.archived_by = timezone.now(), by
    return review


def restore_review(review: Review, *, by: Any, reason: str = "") -> Review:
    """Brings a review back in the state it had."""
    with _changing(review, "Restore", by=by, reason=reason):
        if not review.is_archived:
            raise RuleBroken("This review is not archived.")
        review.archived_at = review.archived_by = None
    return review


def _set_featured(review: Review, verb: str, *, by: Any, reason: str, featured: bool) -> Review:
    with _changing(review, verb, by=by, reason=reason):
        _refuse_archived(review)
        if review.is_featured == featured:
            raise RuleBroken(f"This review is {'featured already' if featured else 'not featured'}.")
        if featured and review.state != State.APPROVED:
            raise RuleBroken(f"This review is {WORDS[review.state].lower()}. Only an approved one can be featured.")
        review.is_featured = featured
    return review


@contextmanager
def _deciding(review: Review, verb: str, state: str, *, by: Any, reason: str) -> Iterator[None]:
    """Enters a state unless a colleague was quicker, who is named then."""
    with _changing(review, verb, by=by, reason=reason):
        _refuse_archived(review)
        if not transition_allowed(review.state, state):
            raise RuleBroken(_who_was_first(review))
        review.state, review.moderator = state, by
        yield


@contextmanager
def _changing(review: Review, verb: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around one change of a review, read anew under a lock: of two people at once one comes second."""
    with change_set(by=by, reason=reason, title=f"{verb}: {review}"[:200]):
        review.refresh_from_db(from_queryset=Review.with_archived.select_for_update())
        if Review.with_archived.filter(of_own_interest(by), pk=review.pk).exists():
            part = "wrote it" if review.user_id == by.pk else f"teach {review.course}"
            raise RuleBroken(f"You {part}, so a colleague has to decide on this review.")
        yield
        review.save()


def _refuse_archived(review: Review) -> None:
    if review.is_archived:
        raise RuleBroken("This review is archived. Restore it first.")


def _who_was_first(review: Review) -> str:
    """Who brought the review into the state it is in, and what to do about it."""
    done = f"{WORDS[review.state].lower()} by {review.moderator or 'the system'}"
    if review.state in DECIDED:
        when = f" {naturaltime(review.decided_at)}" if review.decided_at else ""
        when = when.replace(" now", " a moment ago")
        return f"This review was {done}{when}. Reopen it to decide again."
    return "This review is pending already." if review.state == State.PENDING else f"This review was {done} already."
