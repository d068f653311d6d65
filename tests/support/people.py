"""The people of the platform, with exactly the rights each of them has, and their signed-in clients."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from apps.access.models import Role, RoleAssignment
from apps.accounts.models import User
from apps.catalog.grants import follow_instructor
from apps.catalog.models import Category, CategoryUserGrant, Course, CourseInstructor, CourseUserGrant
from tests.recipes import accounts


def person(name: str, role: str = User.Role.STAFF, **facts: Any) -> User:
    """Somebody called Robin <Name>, at <name>@example.org."""
    email = f"{name}@example.org"
    made: User = accounts.person.make(email=email, first_name="Robin", last_name=name.capitalize(), role=role, **facts)
    return made


def give_role(user: User, name: str) -> User:
    """The role with all its permissions, as an administrator would give it."""
    role = Role.objects.get(name=name)
    user.groups.add(role)
    RoleAssignment.objects.create(user=user, role_id=role.pk)
    return user


def grant(user: User, right: str, on: Course | Category, **facts: Any) -> None:
    """One right on one course, or on a category and everything below it."""
    model = CourseUserGrant if isinstance(on, Course) else CategoryUserGrant
    permission = Permission.objects.get(codename=right, content_type=ContentType.objects.get_for_model(on))
    model.objects.create(user=user, permission=permission, content_object=on, **facts)


def teach(user: User, course: Course) -> None:
    """Makes somebody the primary instructor of the course, with every right that follows."""
    row = CourseInstructor.objects.create(course=course, user=user, is_lead=True)
    follow_instructor(row, by=None)


@pytest.fixture
def administrator(db: None) -> User:
    return person("administrator", User.Role.ADMINISTRATOR)


@pytest.fixture
def manager(db: None) -> User:
    return give_role(person("manager"), "manager")


@pytest.fixture
def moderator(db: None) -> User:
    return give_role(person("moderator"), "moderator")


@pytest.fixture
def support(db: None) -> User:
    return give_role(person("support"), "support")


@pytest.fixture
def staff_without_rights(db: None) -> User:
    """May open the console, and nothing in it."""
    return person("newcomer")


@pytest.fixture
def instructor(db: None) -> User:
    """Leads `course`, once a test asks for that as well."""
    return give_role(person("instructor", User.Role.INSTRUCTOR), "instructor")


@pytest.fixture
def other_instructor(db: None) -> User:
    """An instructor who teaches nothing here."""
    return give_role(person("stranger", User.Role.INSTRUCTOR), "instructor")


@pytest.fixture
def student(db: None) -> User:
    return person("student", User.Role.STUDENT)


@pytest.fixture
def co_instructor_with(course: Course) -> Callable[[str], User]:
    """A co-instructor of `course` with exactly this one right on it: `co_instructor_with("edit_content")`."""

    def make(right: str) -> User:
        user = person(right.replace("_", "-"), User.Role.INSTRUCTOR)
        role = CourseInstructor.Role.CO_INSTRUCTOR
        flags = {"can_edit_content": False, "can_manage_students": False, "can_view_analytics": False}
        CourseInstructor.objects.create(course=course, user=user, role=role, revenue_share_percent=0, **flags)
        grant(user, right, course)
        return user

    return make


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A client on which this person is signed in: `signed_in(manager).get(...)`."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def as_administrator(administrator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(administrator)


@pytest.fixture
def as_manager(manager: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(manager)


@pytest.fixture
def as_moderator(moderator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(moderator)


@pytest.fixture
def as_support(support: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(support)


@pytest.fixture
def as_instructor(instructor: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(instructor)


@pytest.fixture
def as_student(student: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(student)
