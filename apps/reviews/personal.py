"""What of reviews is about a person; an erasure takes the words and leaves the stars."""

from apps.accounts.about import Personal, about_people, left_out
from apps.reviews.models import Review, ReviewReport

ERASED_WORDS = "These words were erased at the request of their author."

about_people(
    Personal(model=Review, blanks={"title": "", "text": ERASED_WORDS, "moderator_note": ""}),
    Personal(model=ReviewReport, path="reported_by", title="reports of reviews", blanks={"note": ""}),
)
left_out |= {
    "reviews.review.archived_by": "It says who archived somebody's review: a fact about its author.",
    "reviews.review.moderator": "It says who decided on somebody's review: a fact about its author.",
}
