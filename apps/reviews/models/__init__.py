"""What the app keeps: reviews with their reports, and what the desk needs to work through them."""

from apps.reviews.models.desk import ReviewDecision, ReviewSkip
from apps.reviews.models.review import BEST, WORST, Review, ReviewReport

__all__ = ["BEST", "WORST", "Review", "ReviewDecision", "ReviewReport", "ReviewSkip"]
