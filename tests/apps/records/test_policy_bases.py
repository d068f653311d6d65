"""What the bases of all policies say before a policy says anything."""

from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test.utils import isolate_apps
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course, CourseUserGrant
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.records.policy import AdministratorPolicy, OwnRowsPolicy, Policy, has_policy, path_is_masked, policy_for
from apps.records.reasons import ByRole, Kind
from tests.recipes import RECIPES

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
    ("model", "path", "is_masked"),
    [
        (Enrollment, "user__email", True),
        (Enrollment, "user__first_name", False),
        (Enrollment, "user__first_name__email", False),
        (Enrollment, "user__nothing__email", False),
        (Enrollment, "course__archived_by__email", True),
        (Enrollment, "course__code", False),
        (Enrollment, "course", False),
        (CourseUserGrant, "permission__content_type__model", False),
    ],
)
def test_a_path_is_masked_when_a_step_of_it_is(moderator: User, model: Any, path: str, is_masked: bool) -> None:
    assert path_is_masked(moderator, model, path) is is_masked


class OwnJobs(OwnRowsPolicy):
    model: ClassVar[type[Model]] = JobRun
    owner_path = "requester"


@pytest.fixture
def deleter(manager: User) -> User:
    """Somebody whose role deletes every job, and who asked for one."""
    kind = ContentType.objects.get_for_model(JobRun)
    manager.groups.get().permissions.add(Permission.objects.create(codename="delete_jobrun", content_type=kind))
    return manager


def test_an_owner_has_what_is_for_owners_by_owning_it_and_the_rest_by_a_role(deleter: User) -> None:
    own, jobs = RECIPES[JobRun].make(requester=deleter), OwnJobs()

    by_owning, by_role = jobs.because(deleter, "view", own), jobs.because(deleter, "delete", own)

    assert [getattr(one, "kind", None) for one in by_owning] == [Kind.OWNER]
    assert [one.permissions for one in by_role if isinstance(one, ByRole)] == [{"jobs.delete_jobrun"}]
    assert len(by_role) == 1
    assert jobs.may_ever(deleter, "delete")
    assert not jobs.may_ever(deleter, "change")


def test_what_belongs_to_somebody_else_or_to_nobody_is_said_so(deleter: User, moderator: User) -> None:
    others, nobodys = RECIPES[JobRun].make(requester=moderator), RECIPES[JobRun].make(requester=None)

    said: list[Any] = [OwnJobs().missing(deleter, "view", job) for job in (others, nobodys)]

    assert [one.text for (one,) in said] == [
        f"This {JobRun._meta.verbose_name} belongs to Robin Moderator, not to Robin Manager.",
        f"This {JobRun._meta.verbose_name} belongs to nobody.",
    ]
    assert [len(one.trail) for (one,) in said] == [1, 0]
    assert OwnJobs().missing(deleter, "change", others) == []
