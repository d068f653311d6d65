"""Questions whose SQL is made once: they are about whoever is asked for, at the moment they are asked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from apps.access.backend import HELD, permissions_of_roles
from apps.access.services import withdraw_role
from apps.accounts.models import User
from apps.catalog.models import Category, Course, CourseUserGrant
from apps.catalog.rights import COUNTED, EDIT, VIEW, grants_held, grants_of
from apps.records.prepared import Prepared
from tests.support.people import give_role, grant

pytestmark = pytest.mark.django_db


def test_each_person_gets_an_answer_of_their_own(
    manager: User, support: User, staff_without_rights: User, category: Category, course: Course
) -> None:
    grant(support, VIEW, category)
    grant(staff_without_rights, EDIT, course)

    held = {person: grants_held(person) for person in (support, staff_without_rights, manager)}

    assert {right for _, right in held[support]} == {VIEW}
    assert held[staff_without_rights] == {(CourseUserGrant, EDIT): 1}
    assert held[manager] == {}
    assert "accounts.export_user" in permissions_of_roles(manager) - permissions_of_roles(support)
    assert permissions_of_roles(staff_without_rights) == frozenset()


def test_the_moment_is_that_of_the_question(staff_without_rights: User, course: Course) -> None:
    grant(staff_without_rights, EDIT, course, expires_at=timezone.now() + timedelta(hours=1))
    before = grants_held(staff_without_rights)

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        after = grants_held(staff_without_rights)

    assert (before, after) == ({(CourseUserGrant, EDIT): 1}, {})


def test_what_is_taken_away_is_gone_with_the_next_question(administrator: User, staff_without_rights: User) -> None:
    user = give_role(staff_without_rights, "manager")
    before = permissions_of_roles(user)

    withdraw_role(user, user.groups.get().role, by=administrator, reason="Changed teams.")

    assert before
    assert permissions_of_roles(user) == frozenset()


def test_nobody_holds_nothing() -> None:
    assert grants_held(AnonymousUser()) == {}
    assert permissions_of_roles(AnonymousUser()) == frozenset()


@pytest.mark.parametrize("query", [COUNTED, HELD], ids=["grants", "permissions"])
def test_the_sql_is_made_once_and_finds_what_the_query_finds(
    query: Prepared, instructor: User, course: Course, django_assert_num_queries: Any
) -> None:
    query.rows(instructor)
    made = query.made[connection.vendor]

    with django_assert_num_queries(1):
        rows = query.rows(instructor)

    assert query.made[connection.vendor] is made
    assert rows
    assert sorted(rows) == sorted(query.build(instructor, timezone.now()))


def test_a_table_is_asked_about_now_unless_a_time_is_given(staff_without_rights: User, course: Course) -> None:
    grant(staff_without_rights, EDIT, course, expires_at=timezone.now() + timedelta(hours=1))

    later = grants_of(staff_without_rights, CourseUserGrant, timezone.now() + timedelta(hours=2))

    assert grants_of(staff_without_rights, CourseUserGrant).exists()
    assert not later.exists()
