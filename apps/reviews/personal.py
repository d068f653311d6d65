"""What of reviews is about a person; an erasure takes the words and leaves the stars."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere, left_out
from apps.reviews.models import (
    BulkDecision,
    Review,
    ReviewDecision,
    ReviewMark,
    ReviewReport,
    ReviewSkip,
    Testimonial,
)

ERASED_WORDS = "These words were erased at the request of their author."

about_people(
    Personal(model=Review, blanks={"title": "", "text": ERASED_WORDS, "text_digest": "", "moderator_note": ""}),
    Personal(model=ReviewMark, path="review__user", title="what rules found in reviews", blanks={"found": ""}),
    Personal(model=Testimonial, path="review__user", blanks={"quote": ERASED_WORDS, "role": ""}),
    Personal(model=ReviewDecision, path="moderator", title="decisions on reviews"),
    Personal(model=ReviewSkip, path="user", title="reviews they skipped"),
    Personal(model=BulkDecision, path="requester", title="decisions on many reviews"),
    Personal(model=ReviewReport, path="reported_by", title="reports of reviews", blanks={"note": ""}),
)
left_out |= {
    "reviews.review.flagged_to": "It says who looks at somebody's review: a fact about its author.",
    "reviews.review.claimed_by": "It says who has the review open for five minutes.",
    "reviews.reviewdecision.flagged_by_before": "It says what undoing brings back: a fact about the review.",
    "reviews.reviewdecision.flagged_to_before": "It says what undoing brings back: a fact about the review.",
    "reviews.review.archived_by": "It says who archived somebody's review: a fact about its author.",
    "reviews.review.moderator": "It says who decided on somebody's review: a fact about its author.",
}


def take_back_testimonials(person: Any, was: Identity) -> int:  # noqa: ARG001
    """With the words goes the consent: nothing of theirs is shown any more."""
    return Testimonial.objects.filter(review__user=person.pk).update(is_active=False, has_consent=False)


erase_elsewhere.append(take_back_testimonials)
