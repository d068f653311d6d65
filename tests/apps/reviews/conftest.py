"""A review of the course, and the two courses with everybody who has some part in the first."""

import pytest

from apps.catalog.models import Course
from apps.reviews.models import Review
from tests.apps.access.conftest import world, world_of_the_file
from tests.recipes import accounts, enrollments, reviews

__all__ = ["world", "world_of_the_file"]


@pytest.fixture
def review(course: Course) -> Review:
    """Waits for a decision; its author is somewhere in the middle of the course."""
    author = accounts.person.make(email="lou@example.org", first_name="Lou", last_name="Marlow")
    enrollments.enrollment.make(course=course, user=author, progress_percent=62)
    made: Review = reviews.review.make(course=course, user=author, title="Videos do not load", rating=2)
    return made
