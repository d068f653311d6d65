"""Two courses, everything below them, and everybody who has some part in the first."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Model
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.access.models import Role
from apps.accounts.models import User
from apps.assessments.models import Attempt, Question
from apps.catalog.grants import follow_instructor
from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module
from apps.enrollments.models import Enrollment
from tests.recipes import assessments, catalog, enrollments
from tests.support.ids import continue_ids_from
from tests.support.kept import kept_for_the_file
from tests.support.people import give_role, grant, person


@dataclass
class World:
    """Course A and course B with one row of each kind below, and people by the letters of the matrix."""

    a: Course
    b: Course
    top: Category
    rows: dict[str, dict[str, Model]] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)


def rows_of(course: Course) -> dict[str, Model]:
    lesson = catalog.lesson.make(course=course)
    enrollment = enrollments.enrollment.make(course=course, user=person(f"learner-of-{course.code}", "student"))
    assessment = assessments.assessment.make(lesson=lesson)
    question = assessments.question.make(assessment=assessment, type=Question.Type.ESSAY)
    attempt = assessments.attempt.make(
        assessment=assessment, user=enrollment.user, state=Attempt.State.WAITING, completed_at=timezone.now()
    )
    return {
        "course": course,
        "module": lesson.module,
        "lesson": lesson,
        "resource": catalog.resource.make(lesson=lesson),
        "courseinstructor": course.instructors.get(),
        "enrollment": enrollment,
        "lessonprogress": enrollments.lesson_progress.make(enrollment=enrollment, lesson=lesson),
        "assessment": assessment,
        "question": question,
        "answer": assessments.answer.make(question=question),
        "attempt": attempt,
        "attemptanswer": assessments.attempt_answer.make(attempt=attempt, question=question),
        "user": enrollment.user,
        "category": course.category,
    }


def taught_by(user: User, code: str, category: Category, by: User) -> Course:
    course = catalog.course.make(code=code, category=category)
    row = catalog.course_instructor.make(course=course, user=user, role=CourseInstructor.Role.PRIMARY)
    follow_instructor(row, by=by)
    return course


RIGHT_OF = {
    "CV": "view_course",
    "CC": "edit_content",
    "CP": "publish_course",
    "CM": "manage_students",
    "CI": "import_content",
    "CE": "export_data",
    "CG": "grant_access",
}


def make_world() -> World:
    """Ids of different kinds differ, so that nobody can take one for another unnoticed."""
    for number, model in enumerate((User, Category, Course, Module, Lesson, Enrollment), 1):
        continue_ids_from(model, 1000 * number)
    top = catalog.category.make(slug="top", name="Top")
    below = catalog.category.make(slug="below", name="Below", parent=top)
    administrator = person("ad", User.Role.ADMINISTRATOR)
    own = give_role(person("io", User.Role.INSTRUCTOR), "instructor")
    other = give_role(person("ix", User.Role.INSTRUCTOR), "instructor")
    a, b = (
        taught_by(own, "A", below, administrator),
        taught_by(other, "B", catalog.category.make(slug="elsewhere", name="Elsewhere"), administrator),
    )
    world = World(a, b, top, {"A": rows_of(a), "B": rows_of(b)})
    world.people = {
        "AN": AnonymousUser(),
        "ST": world.rows["A"]["user"],
        "IO": own,
        "IX": other,
        "AD": administrator,
        "MA": give_role(person("ma"), "manager"),
        "MO": give_role(person("mo"), "moderator"),
        "SU": give_role(person("su"), "support"),
        "NO": person("no"),
        "CAT": person("cat"),
    }
    grant(world.people["CAT"], "edit_content", top)
    for letters, right in RIGHT_OF.items():
        world.people[letters] = person(letters.lower())
        grant(world.people[letters], right, a)
    return world


@pytest.fixture(scope="module")
def world_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    yield from kept_for_the_file("world", request, django_db_blocker, make_world)


@pytest.fixture
def world(world_of_the_file: World, db: None) -> World:
    return deepcopy(world_of_the_file)


@pytest.fixture
def everybody(world: World) -> dict[str, Any]:
    """The people of the matrix, and those who have something that counts nothing, or comes by a way of its own."""
    people = world.people
    for letters, right in (("CTG", "grant_access"), ("CTI", "import_content")):
        people[letters] = person(letters.lower())
        grant(people[letters], right, world.top)
    people["INS"] = give_role(person("ins", User.Role.INSTRUCTOR), "instructor")
    people["ALL"] = with_role("all", permissions=Permission.objects.all())
    people["OFF"] = with_role("off", permissions=Permission.objects.all(), is_active=False)
    people["ROL"] = with_role("rol")
    for letters in ("ROL", "OFF"):
        role = people[letters].groups.get()
        catalog.course_group_grant.make(group=role, content_object=world.a)
    people["SUS"] = person("sus", User.Role.ADMINISTRATOR, status=User.Status.SUSPENDED)
    people["LRN"] = person("lrn", User.Role.STUDENT)
    for letters in ("SUS", "LRN"):
        grant(people[letters], "edit_content", world.a)
    people["END"] = person("end")
    grant(people["END"], "edit_content", world.a, expires_at=timezone.now())
    teaching: dict[str, dict[str, Any]] = {
        "ASS": {"role": CourseInstructor.Role.ASSISTANT},
        "PAU": {"role": CourseInstructor.Role.PRIMARY, "is_active": False},
        "WAS": {"role": CourseInstructor.Role.PRIMARY, "expires_on": timezone.localdate() - timedelta(days=1)},
        "DAY": {"role": CourseInstructor.Role.PRIMARY, "expires_on": timezone.localdate()},
    }
    for letters, facts in teaching.items():
        people[letters] = person(letters.lower())
        catalog.course_instructor.make(course=world.a, user=people[letters], **facts)
    return people


def with_role(name: str, *, permissions: Any = (), is_active: bool = True) -> User:
    role = Role.objects.create(name=name, is_active=is_active)
    role.permissions.set(permissions)
    return give_role(person(name), name)
