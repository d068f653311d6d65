"""Reviews of courses, and reports of reviews."""

from model_bakery.recipe import Recipe, foreign_key

from apps.reviews.models import Review, ReviewReport
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
