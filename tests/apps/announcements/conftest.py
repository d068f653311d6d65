"""A course with learners in several states, and an announcement for them."""

import pytest

from apps.accounts.models import User
from apps.announcements.models import Announcement
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from tests.recipes import accounts, announcements, enrollments


@pytest.fixture
def learners(course: Course) -> list[Enrollment]:
    """Three who are active, at 0, 50 and 100 %, and one who dropped out."""
    made = [enrollments.enrollment.make(course=course, progress_percent=percent) for percent in (0, 50, 100)]
    return [*made, enrollments.enrollment.make(course=course, status=EnrollmentStatus.DROPPED)]


@pytest.fixture
def draft(course: Course, learners: list[Enrollment]) -> Announcement:
    made: Announcement = announcements.announcement.make(course=course, title="A new date")
    return made


@pytest.fixture
def suspended(course: Course) -> User:
    """A learner who cannot sign in."""
    person: User = accounts.person.make(status=User.Status.SUSPENDED)
    enrollments.enrollment.make(course=course, user=person)
    return person
