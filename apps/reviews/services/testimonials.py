"""Showing testimonials and taking them away; one whose review is approved no more goes by itself."""

from typing import Any

from apps.audit.recording import change_set
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, Testimonial
from apps.reviews.states import ReviewState


def show_testimonial(testimonial: Testimonial, *, by: Any, reason: str = "") -> Testimonial:
    """Shows it. Raises `RuleBroken` without consent, and while its review is not approved."""
    with change_set(by=by, reason=reason, title=f"Show: {testimonial}"[:200]):
        # The review is locked, so that it cannot lose its approval meanwhile.
        review = Review.with_archived.select_for_update().get(pk=testimonial.review_id)
        testimonial.refresh_from_db(from_queryset=Testimonial.objects.select_for_update())
        if testimonial.is_active:
            raise RuleBroken("This testimonial is shown already.")
        if not testimonial.has_consent:
            raise RuleBroken("The learner has not agreed. Ask them, then note it on the testimonial.")
        if review.state != ReviewState.APPROVED or review.is_archived:
            raise RuleBroken("Its review is not approved, so it cannot be shown.")
        testimonial.review = review
        testimonial.is_active = True
        testimonial.full_clean()  # its author may have changed the words since
        testimonial.save()
    return testimonial


def withdraw_testimonial(testimonial: Testimonial, *, by: Any, reason: str = "") -> Testimonial:
    """Shows it no more."""
    with change_set(by=by, reason=reason, title=f"Withdraw: {testimonial}"[:200]):
        testimonial.refresh_from_db(from_queryset=Testimonial.objects.select_for_update())
        if not testimonial.is_active:
            raise RuleBroken("This testimonial is not shown.")
        testimonial.is_active = False
        testimonial.save()
    return testimonial


def withdraw_testimonial_of(review: Review) -> None:
    """What follows when a review loses its approval; inside the change set of that."""
    for testimonial in Testimonial.objects.filter(review=review.pk, is_active=True):
        testimonial.is_active = False
        testimonial.save()
