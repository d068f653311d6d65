"""A learner who has completed a course that awards a certificate."""

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.certificates.models import Certificate
from apps.certificates.services import issue_certificate
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from tests.recipes import accounts, enrollments


@pytest.fixture
def awarding(course: Course) -> Course:
    Course.objects.filter(pk=course.pk).update(has_certificate=True)
    course.refresh_from_db()
    return course


@pytest.fixture
def completed(awarding: Course) -> Enrollment:
    learner = accounts.person.make(email="lou@example.org", first_name="Lou", last_name="Marlow")
    return completed_by(learner, awarding)


@pytest.fixture
def certificate(completed: Enrollment, administrator: User) -> Certificate:
    return issue_certificate(completed, by=administrator)


def completed_by(learner: User, course: Course) -> Enrollment:
    made: Enrollment = enrollments.enrollment.make(
        course=course,
        user=learner,
        status=EnrollmentStatus.COMPLETED,
        progress_percent=100,
        completed_at=timezone.now(),
    )
    return made
