"""An approved instructor who leads a course, an applicant without the console, and a colleague who could take over."""

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.catalog.services import publish_course
from apps.instructors.models import InstructorProfile
from tests.recipes import instructors
from tests.support.people import give_role, person
from tests.support.teaching import approved_profile


@pytest.fixture
def profile(instructor: User) -> InstructorProfile:
    return approved_profile(instructor)


@pytest.fixture
def application(student: User) -> InstructorProfile:
    made: InstructorProfile = instructors.instructor_profile.make(user=student)
    return made


@pytest.fixture
def published(course: Course, administrator: User) -> Course:
    """The course of the instructor, which nobody else teaches."""
    return publish_course(course, by=administrator)


@pytest.fixture
def colleague(db: None) -> User:
    return give_role(person("colleague", User.Role.INSTRUCTOR), "instructor")
