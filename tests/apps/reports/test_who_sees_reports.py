"""Whose reports, schedules and files somebody reaches, and why: their own and shared ones, as far as lists are open."""

from typing import Any

import pytest

from apps.access.models import Role
from apps.accounts.models import User
from apps.records.policy import policy_for, scope
from apps.records.reasons import Kind
from apps.reports.models import Report, ReportRun, ReportSchedule
from tests.recipes import reports
from tests.support.people import give_role, person

pytestmark = pytest.mark.django_db


def reaches(user: User, model: Any) -> dict[str, set[int]]:
    """By verb the keys of what they reach."""
    found = {verb: set(scope(user, verb, model).values_list("pk", flat=True)) for verb in policy_for(model).verbs}
    return {verb: keys for verb, keys in found.items() if keys}


def why(user: User, verb: str, record: Any) -> list[str]:
    return [getattr(one, "kind", Kind.ROLE) for one in policy_for(type(record)).because(user, verb, record)]


@pytest.mark.parametrize("model", [Report, ReportSchedule])
def test_what_is_ones_own_is_open_as_long_as_some_list_is(
    model: Any, manager: User, staff_without_rights: User, administrator: User
) -> None:
    recipe = reports.report if model is Report else reports.report_schedule
    own, closed = recipe.make(owner=manager), recipe.make(owner=staff_without_rights)
    verbs = ("view", "add", "change", "delete")

    assert reaches(manager, model) == {key: {own.pk} for key in verbs}
    assert reaches(staff_without_rights, model) == {}
    seen_by_all = {key: {own.pk, closed.pk} for key in (("view", "delete") if model is Report else verbs)}
    assert reaches(administrator, model) == seen_by_all
    assert [policy_for(model).may_ever(user, "view") for user in (manager, staff_without_rights)] == [True, False]
    assert (why(manager, "view", own), why(staff_without_rights, "view", closed)) == ([Kind.OWNER], [])


def test_ones_own_files_stay_and_open_nothing_once_every_list_is_closed(
    manager: User, staff_without_rights: User, administrator: User
) -> None:
    own, closed = (reports.report_run.make(requester=user) for user in (manager, staff_without_rights))

    assert reaches(manager, ReportRun) == {"view": {own.pk}, "leave": {own.pk}}
    assert not policy_for(ReportRun).may_ever(staff_without_rights, "view")
    assert not policy_for(ReportRun).may_ever(staff_without_rights, "leave")
    assert reaches(administrator, ReportRun) == {"view": {own.pk, closed.pk}}


@pytest.fixture
def shared(administrator: User) -> Report:
    """Of courses, with managers and moderators."""
    report: Report = reports.report.make(owner=administrator, source="courses")
    report.shared_with.set(Role.objects.filter(name__in=("manager", "moderator")))
    return report


def test_a_shared_report_is_seen_and_no_more_by_those_whose_role_counts_and_whose_list_is_open(
    shared: Report, manager: User, moderator: User, support: User, instructor: User
) -> None:
    others = reports.report.make(owner=person("other"), source="courses")
    of_closed_list = reports.report.make(owner=person("another"), source="payments")
    of_closed_list.shared_with.set(Role.objects.filter(name="moderator"))

    assert reaches(manager, Report) == {"view": {shared.pk}}
    assert [reaches(user, Report) for user in (moderator, support, instructor)] == [{}, {}, {}]
    assert [why(user, "view", shared) for user in (manager, moderator, support)] == [[Kind.RULE], [], []]
    assert why(manager, "change", shared) == why(manager, "view", others) == []
    assert why(moderator, "view", of_closed_list) == []


def test_a_role_that_is_switched_off_shares_nothing(shared: Report, manager: User) -> None:
    give_role(manager, "instructor")
    open_lists = Role.objects.get(name="support")
    open_lists.permissions.set(Role.objects.get(name="manager").permissions.all())
    give_role(manager, "support")
    assert reaches(manager, Report) == {"view": {shared.pk}}

    Role.objects.filter(name="manager").update(is_active=False)

    assert reaches(manager, Report) == {}
    assert why(manager, "view", shared) == []


def test_the_reason_names_the_roles_it_came_by(shared: Report, manager: User) -> None:
    give_role(manager, "moderator")
    give_role(manager, "support")
    shared.shared_with.add(Role.objects.get(name="instructor"))

    (reason,) = policy_for(Report).because(manager, "view", shared)

    assert getattr(reason, "text", "").startswith("The report is shared with Manager, Moderator, and")
    assert getattr(reason, "facts", ()) == (shared,)
