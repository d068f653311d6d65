"""What the bases of all policies say before a policy says anything."""

from typing import ClassVar

import pytest
from django.db.models import Model
from django.test.utils import isolate_apps
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.records.policy import AdministratorPolicy, Policy, has_policy, path_is_masked, policy_for

pytestmark = pytest.mark.django_db


class Silent(Policy):
    model: ClassVar[type[Model]] = Course


class ForAdministrators(AdministratorPolicy):
    model: ClassVar[type[Model]] = Course


def test_a_policy_that_says_nothing_lets_nobody_do_anything(administrator: User, course: Course) -> None:
    silent = Silent()

    assert not silent.scope(administrator, "view").exists()
    assert not silent.may_ever(administrator, "view")
    assert not silent.may(administrator, "view", course)
    assert not silent.may_new(administrator, "add", None)


def test_an_unknown_verb_is_a_mistake_of_the_program_not_a_no(administrator: User) -> None:
    for ask in (Silent().scope, Silent().may_ever, ForAdministrators().may):
        with pytest.raises(LookupError):
            ask(administrator, "juggle")


def test_whoever_holds_a_verb_everywhere_is_answered_without_the_database(
    administrator: User, course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert ForAdministrators().may(administrator, "view", course)


def test_an_administrator_who_is_out_of_work_may_nothing(administrator: User, course: Course) -> None:
    administrator.is_active = False

    assert not ForAdministrators().may(administrator, "view", course)
    assert not ForAdministrators().may_ever(administrator, "view")


def test_a_model_that_stands_for_another_has_its_policy() -> None:
    with isolate_apps("apps.catalog"):

        class Namesake(Course):
            class Meta:
                app_label = "catalog"
                proxy = True

    assert policy_for(Namesake) is policy_for(Course)
    assert has_policy(Namesake)


@pytest.mark.parametrize(
    ("path", "is_masked"),
    [
        ("user__email", True),
        ("user__first_name", False),
        ("user__first_name__email", False),
        ("user__nothing__email", False),
        ("course__archived_by__email", True),
        ("course__code", False),
    ],
)
def test_a_path_is_masked_when_a_step_of_it_is(moderator: User, path: str, is_masked: bool) -> None:
    assert path_is_masked(moderator, Enrollment, path) is is_masked
