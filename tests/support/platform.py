"""A course with something in it, and a learner who takes it."""

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson, Module
from apps.enrollments.models import Enrollment, LessonProgress
from tests.recipes import catalog, enrollments
from tests.support.people import teach


@pytest.fixture
def category(db: None) -> Category:
    return catalog.category.make(name="Programming", slug="programming")


@pytest.fixture
def course(category: Category, instructor: User) -> Course:
    """A draft the instructor leads."""
    course = catalog.course.make(code="PY-101", title="Python from the first line", category=category)
    teach(instructor, course)
    return course


@pytest.fixture
def other_course(db: None) -> Course:
    """A course nobody of the fixtures teaches, in a category of its own."""
    return catalog.course.make(code="ART-1", title="Watercolor in the open air")


@pytest.fixture
def module(course: Course) -> Module:
    return catalog.module.make(course=course, code="m1", title="First steps", order=1)


@pytest.fixture
def lesson(module: Module) -> Lesson:
    made: Lesson = catalog.lesson.make(module=module, code="l1", title="What a variable is", order=1)
    return made


@pytest.fixture
def enrollment(course: Course, student: User) -> Enrollment:
    return enrollments.enrollment.make(course=course, user=student)


@pytest.fixture
def lesson_progress(enrollment: Enrollment, lesson: Lesson) -> LessonProgress:
    return enrollments.lesson_progress.make(enrollment=enrollment, lesson=lesson)
