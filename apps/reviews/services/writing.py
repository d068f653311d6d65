"""What learners do: they write a review, edit their own, and report what others wrote."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.recording import change_set
from apps.catalog.models import Course
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, ReviewReport
from apps.reviews.queries import is_learner, report_count
from apps.reviews.services.changing import refuse_archived, wait_again
from apps.reviews.services.marking import mark_reviews, mark_with_others
from apps.reviews.states import ReviewState
from apps.reviews.words import digest_of


def submit_review(course: Course, *, by: Any, rating: int, text: str, title: str = "") -> Review:
    """Takes in what somebody says about a course; it waits for a decision. Raises `RuleBroken` for a second one."""
    review = Review(course=course, user=by, rating=rating, title=title.strip(), text=text.strip())
    review.is_verified_purchase = is_learner(course, by)
    review.text_digest = digest_of(review.text)
    review.clean_fields()
    with change_set(by=by, title=f"Review of {course}"):
        try:
            with transaction.atomic():
                review.save()
        except IntegrityError:
            raise RuleBroken(f"You have reviewed {course} already.") from None
        mark_with_others(review)
    return review


def edit_review(review: Review, *, by: Any, rating: int, text: str, title: str = "") -> Review:
    """Lets its author say it differently; what was decided is decided anew. Raises `RuleBroken` for anybody else."""
    if review.user_id != by.pk:
        raise RuleBroken("Only its author can edit a review.")
    with change_set(by=by, title=f"Edit the review of {review.course}"[:200]):
        review.refresh_from_db(from_queryset=Review.with_archived.select_for_update())
        refuse_archived(review)
        words = (rating, title.strip(), text.strip())
        if words == (review.rating, review.title, review.text):
            raise RuleBroken("Nothing of the review was changed.")
        review.rating, review.title, review.text = words
        review.text_digest, review.edited_at = digest_of(review.text), timezone.now()
        review.clean_fields()
        wait_again(review)
        review.claimed_by = review.claimed_until = None  # whoever is reading it has read something else
        review.save()
        mark_with_others(review)
    return review


def report_review(review: Review, *, by: Any, reason: str, note: str = "") -> ReviewReport:
    """Keeps that somebody finds a review wrong; an approved one waits again, before all others.

    Raises `RuleBroken` for a second time and for one's own.
    """
    if review.user_id == by.pk:
        raise RuleBroken("You wrote this review yourself.")
    report = ReviewReport(review=review, reported_by=by, reason=reason, note=note.strip())
    report.clean_fields()
    try:
        with transaction.atomic():
            reported = Review.with_archived.select_for_update().get(pk=review.pk)  # two at once are both counted
            report.save()
            Review.with_archived.filter(pk=review.pk).update(
                reported_count=report_count(), is_reported_anew=reported.state != ReviewState.REJECTED
            )
            if reported.state == ReviewState.APPROVED:
                with change_set(by=by, reason=report.get_reason_display(), title=f"Report: {reported}"[:200]):
                    reported.refresh_from_db()
                    wait_again(reported)
                    reported.save()
                    mark_reviews([reported.pk])
    except IntegrityError:
        raise RuleBroken("You have reported this review already.") from None
    return report
