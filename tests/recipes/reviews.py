"""Reviews of courses, reports of reviews, and what the desk keeps beside them."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.reviews.models import (
    BulkDecision,
    BulkRefusal,
    Review,
    ReviewDecision,
    ReviewMark,
    ReviewReport,
    ReviewRule,
    ReviewSkip,
    Testimonial,
)
from tests.recipes.accounts import person
from tests.recipes.catalog import course

review = Recipe(
    Review,
    user=foreign_key(person),
    course=foreign_key(course),
    rating=4,
    title="Clear and well paced",
    text="Every lesson builds on the one before, and the exercises are worth the time.",
    archived_by=None,
    moderator=None,
)
review_report = Recipe(
    ReviewReport, review=foreign_key(review), reported_by=foreign_key(person), reason=ReviewReport.Reason.SPAM
)
review_decision = Recipe(
    ReviewDecision,
    review=foreign_key(review),
    moderator=foreign_key(person),
    outcome=ReviewDecision.Outcome.APPROVED,
    state_before=Review.State.PENDING,
)
review_skip = Recipe(ReviewSkip, review=foreign_key(review), user=foreign_key(person))
review_rule = Recipe(ReviewRule, code=seq("rule-"), kind=ReviewRule.Kind.LINK, sentence="Holds a link.")
review_mark = Recipe(ReviewMark, review=foreign_key(review), rule=foreign_key(review_rule), found="www.example.org")
bulk_decision = Recipe(BulkDecision, requester=foreign_key(person), outcome=BulkDecision.Outcome.APPROVED)
bulk_refusal = Recipe(
    BulkRefusal, bulk=foreign_key(bulk_decision), review=foreign_key(review), sentence="This review is archived."
)
approved_review = review.extend(state=Review.State.APPROVED)
testimonial = Recipe(
    Testimonial, review=foreign_key(approved_review), quote="the exercises are worth the time", has_consent=True
)
