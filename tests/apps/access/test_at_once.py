"""Rights bind at once: to the second they end, and with the next question after they were taken away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.access.memory import remembered, remembering
from apps.access.models import Role
from apps.access.services import assign_role, set_active, withdraw_role
from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.catalog.grants import end_grant, grant_right
from apps.catalog.models import Course
from apps.catalog.rights import EDIT
from apps.enrollments.models import Enrollment
from apps.records.policy import policy_for, scope
from tests.apps.access.conftest import World
from tests.recipes import catalog
from tests.support.people import grant, person

END = datetime(2027, 1, 31, 12, 0, 0, tzinfo=UTC)


def test_a_grant_holds_until_the_second_it_ends(world: World) -> None:
    user = person("guest")
    grant(user, EDIT, world.a, expires_at=END)

    with time_machine.travel(END - timedelta(seconds=1), tick=False):
        before = scope(user, "change", Course).count()
    with time_machine.travel(END, tick=False):
        at_the_end = scope(user, "change", Course).count()

    assert (before, at_the_end) == (1, 0)


def test_an_ended_grant_closes_the_door_as_well(world: World) -> None:
    user = person("guest")
    grant(user, EDIT, world.a, expires_at=timezone.now() - timedelta(seconds=1))

    assert not policy_for(Course).may_ever(user, "view")


def test_a_grant_on_a_category_covers_courses_at_any_depth_and_none_beside(world: World) -> None:
    deep = catalog.course.make(category=catalog.category.make(parent=world.a.category))

    assert set(scope(world.people["CAT"], "change", Course)) == {world.a, deep}


def test_a_course_that_moves_out_of_the_category_leaves_the_scope(world: World) -> None:
    world.a.category = world.b.category
    world.a.save()

    assert not scope(world.people["CAT"], "view", Course).exists()


def test_a_category_that_moves_takes_its_courses_into_the_scope(world: World) -> None:
    elsewhere = world.b.category
    assert elsewhere is not None
    elsewhere.parent = world.top
    elsewhere.save()

    assert set(scope(world.people["CAT"], "change", Course)) == {world.a, world.b}


def test_a_category_whose_number_begins_like_the_granted_one_is_not_covered(world: World) -> None:
    lookalike = catalog.category.make(pk=int(f"{world.top.pk}1"), slug="lookalike")
    catalog.course.make(category=lookalike)

    assert scope(world.people["CAT"], "view", Course).get() == world.a


def test_a_right_of_a_role_on_a_course_holds_for_its_people_while_it_is_active(world: World) -> None:
    user, role = world.people["NO"], Role.objects.get(name="moderator")
    catalog.course_group_grant.make(group=role, content_object=world.a)
    without = scope(user, "change", Course).count()

    assign_role(user, role, by=world.people["AD"])
    within = scope(user, "change", Course).count()
    set_active(role, is_active=False, by=world.people["AD"])

    assert (without, within, scope(user, "change", Course).count()) == (0, 1, 0)


def test_a_right_of_a_role_on_a_category_holds_for_the_courses_below(world: World) -> None:
    role = Role.objects.get(name="moderator")
    catalog.category_group_grant.make(group=role, content_object=world.top)

    assert scope(world.people["MO"], "change", Course).get() == world.a


def test_a_role_that_is_withdrawn_or_inactive_shows_nothing_any_more(world: World) -> None:
    manager, support, administrator = world.people["MA"], world.people["SU"], world.people["AD"]

    withdraw_role(manager, Role.objects.get(name="manager"), by=administrator)
    set_active(Role.objects.get(name="support"), is_active=False, by=administrator)

    assert not scope(manager, "view", Enrollment).exists()
    assert not scope(support, "view", Enrollment).exists()


def test_a_person_who_is_suspended_loses_every_row(world: World) -> None:
    for letters in ("IO", "MA", "CC"):
        suspend_person(world.people[letters], by=world.people["AD"], reason="Left us.")

        assert not scope(world.people[letters], "view", Course).exists()


def test_a_permission_given_to_a_person_directly_means_nothing(world: World) -> None:
    manager_role = Role.objects.get(name="manager")
    world.people["NO"].user_permissions.set(manager_role.permissions.all())

    assert not scope(world.people["NO"], "view", Course).exists()


def test_a_change_within_a_request_is_known_in_the_rest_of_it(world: World) -> None:
    user = world.people["NO"]

    with remembering():
        before = policy_for(Course).may_ever(user, "change")
        given = grant_right(user, EDIT, world.a, by=world.people["AD"], reason="Helps out.")
        granted = policy_for(Course).may_ever(user, "change")
        end_grant(given, by=world.people["AD"], reason="Done.")
        ended = policy_for(Course).may_ever(user, "change")

    assert (before, granted, ended) == (False, True, False)


def test_a_request_asks_each_question_once(world: World, django_assert_num_queries: Any) -> None:
    with remembering():
        policy_for(Course).may_ever(world.people["CC"], "change")

        with django_assert_num_queries(0):
            for verb in ("view", "change", "publish", "export"):
                policy_for(Course).may_ever(world.people["CC"], verb)


def test_nothing_is_remembered_outside_a_request() -> None:
    answers = iter((1, 2))

    assert [remembered("a question", lambda: next(answers)) for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("letters", ["IO", "CC", "MA", "SU"])
def test_a_person_who_becomes_a_student_has_no_rows(letters: str, world: World) -> None:
    user = world.people[letters]
    user.role = User.Role.STUDENT
    user.save()

    assert not scope(user, "view", Course).exists()
