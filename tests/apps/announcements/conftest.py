"""A course with learners in several states, and an announcement for them."""

import pytest

from apps.accounts.models import User
from apps.announcements import services
from apps.announcements.models import Announcement
from apps.announcements.tasks import deliver_announcement, start_delivery
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.jobs.models import JobRun
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


def delivered(announcement: Announcement) -> JobRun:
    """The run that sends it, done in this process."""
    record = start_delivery(announcement)
    deliver_announcement.execute(record.pk)
    record.refresh_from_db()
    return record


def sent(draft: Announcement, by: User) -> JobRun:
    services.send_announcement(draft, by=by)
    return delivered(draft)
