"""The states of a review, the ways from one to another, and the reasons there are for turning one down."""

from django.db import models


class ReviewState(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    FLAGGED = "flagged", "Flagged"


class RejectionReason(models.TextChoices):
    SPAM = "spam", "Spam or advertising"
    OFFENSIVE = "offensive", "Insults or hate"
    PERSONAL = "personal", "Personal data"
    OFF_TOPIC = "off_topic", "Not about the course"
    COPIED = "copied", "Not the learner's own words"
    OTHER = "other", "Something else"


TRANSITIONS: dict[str, frozenset[str]] = {
    ReviewState.PENDING: frozenset({ReviewState.APPROVED, ReviewState.REJECTED, ReviewState.FLAGGED}),
    ReviewState.FLAGGED: frozenset({ReviewState.APPROVED, ReviewState.REJECTED, ReviewState.PENDING}),
    ReviewState.APPROVED: frozenset({ReviewState.PENDING}),
    ReviewState.REJECTED: frozenset({ReviewState.PENDING}),
}

# A decision stands until somebody reopens it; everything else waits for one.
DECIDED = frozenset({ReviewState.APPROVED, ReviewState.REJECTED})
WAITING = frozenset(ReviewState) - DECIDED


def transition_allowed(before: str, after: str) -> bool:
    """Whether a review in the first state may enter the second."""
    return after in TRANSITIONS[before]
