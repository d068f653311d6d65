"""What the app keeps: reviews with their reports, and what the desk needs to work through them."""

from apps.reviews.models.bulk import BulkDecision, BulkRefusal
from apps.reviews.models.desk import ReviewDecision, ReviewSkip
from apps.reviews.models.review import BEST, WORST, Review, ReviewReport
from apps.reviews.models.rules import ReviewMark, ReviewRule, RuleKind
from apps.reviews.models.testimonial import Testimonial

__all__ = [
    "BEST",
    "WORST",
    "BulkDecision",
    "BulkRefusal",
    "Review",
    "ReviewDecision",
    "ReviewMark",
    "ReviewReport",
    "ReviewRule",
    "ReviewSkip",
    "RuleKind",
    "Testimonial",
]
