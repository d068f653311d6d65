"""Whoever leaves: what they had sent goes on under somebody who may, and nothing is sent to them any more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.access.models import Role
from apps.access.services import withdraw_role
from apps.accounts.erasing import erase_person
from apps.accounts.models import User
from apps.accounts.services import archive_person, change_role, suspend_person
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.notifications.models import Notification
from apps.reports.models import Report, ReportRun, ReportSchedule
from apps.reports.tasks import deliver_report, run_due_schedules
from tests.apps.reports.conftest import SUNDAY, Scheduling
from tests.recipes import reports
from tests.support.people import give_role, person

LEAVING: dict[str, Callable[[User, User], object]] = {
    "suspended": lambda who, by: suspend_person(who, by=by, reason="Left."),
    "archived": lambda who, by: archive_person(who, by=by),
    "made a student": lambda who, by: change_role(who, User.Role.STUDENT, by=by),
    "role taken away": lambda who, by: withdraw_role(who, Role.objects.get(name="manager"), by=by),
}


@pytest.fixture
def colleague(db: None) -> User:
    return give_role(person("colleague"), "manager")


@pytest.mark.parametrize("deed", LEAVING)
def test_a_schedule_goes_to_a_recipient_who_may_have_it_with_its_report(
    scheduled: Scheduling, report: Report, manager: User, colleague: User, administrator: User, deed: str
) -> None:
    schedule = scheduled(manager, colleague)

    LEAVING[deed](manager, administrator)

    schedule.refresh_from_db()
    report.refresh_from_db()
    told = Notification.objects.get(kind="report_schedule")
    assert (schedule.owner, report.owner, report.name) == (colleague, colleague, "Who learns")
    assert told.recipient == colleague
    assert told.title == "“Who learns” is yours now"
    assert "Robin Manager may not" in told.text
    assert [row.owner_id for row in schedule.history.order_by("-history_id")[:2]] == [colleague.pk, manager.pk]


@pytest.mark.parametrize("deed", LEAVING)
def test_where_no_recipient_may_own_it_an_administrator_does(
    scheduled: Scheduling, manager: User, moderator: User, administrator: User, deed: str
) -> None:
    schedule = scheduled(manager)
    schedule.recipients.add(moderator)

    LEAVING[deed](manager, administrator)

    schedule.refresh_from_db()
    assert schedule.owner == administrator


def test_a_report_that_a_colleague_has_sent_goes_to_them_and_others_stay(
    scheduled: Scheduling, report: Report, manager: User, colleague: User, administrator: User
) -> None:
    reports.report.make(owner=colleague, name="Who learns")
    other = reports.report.make(owner=manager, name="Not sent")
    schedule = scheduled(colleague, owner=colleague)

    suspend_person(manager, by=administrator, reason="Left.")

    for row in (report, other, schedule):
        row.refresh_from_db()
    assert (report.owner, report.name) == (colleague, "Who learns (2)")
    assert (schedule.owner, other.owner) == (colleague, manager)


def test_two_schedules_of_one_report_stay_together(
    scheduled: Scheduling, report: Report, manager: User, colleague: User, administrator: User
) -> None:
    schedules = [scheduled(manager, colleague), scheduled(manager, administrator)]

    suspend_person(manager, by=administrator, reason="Left.")

    report.refresh_from_db()
    assert report.owner == colleague
    assert {ReportSchedule.objects.get(pk=schedule.pk).owner for schedule in schedules} == {colleague}


def test_what_is_not_shared_any_more_is_sent_by_nobody_but_its_owner(
    scheduled: Scheduling, report: Report, manager: User, colleague: User, enrolled: list[Enrollment]
) -> None:
    report.shared_with.add(Role.objects.get(name="manager"))
    schedule = scheduled(colleague, owner=colleague)
    report.shared_with.clear()

    with time_machine.travel(SUNDAY + timedelta(days=1), tick=False):
        run_due_schedules.now(by=None)
        deliver_report.execute(JobRun.objects.get(job="reports.deliver").pk)

    schedule.refresh_from_db()
    assert (schedule.last_outcome, schedule.failures) == ("The report is not shared with Robin Colleague any more.", 1)
    assert not ReportRun.objects.exists()


def test_who_keeps_the_right_keeps_the_schedule(
    scheduled: Scheduling, manager: User, colleague: User, administrator: User
) -> None:
    give_role(manager, "support")
    schedule = scheduled(manager, colleague)

    withdraw_role(manager, Role.objects.get(name="support"), by=administrator)

    schedule.refresh_from_db()
    assert schedule.owner == manager
    assert not Notification.objects.filter(kind="report_schedule").exists()


def test_a_right_lost_unseen_is_found_when_it_is_sent(
    scheduled: Scheduling, manager: User, colleague: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager, colleague)
    manager.groups.clear()

    with time_machine.travel(SUNDAY + timedelta(days=1), tick=False):
        run_due_schedules.now(by=None)
        deliver_report.execute(JobRun.objects.get(job="reports.deliver").pk)

    schedule.refresh_from_db()
    assert schedule.owner == colleague
    assert schedule.last_outcome == "Sent to 1 person. Robin Manager may not take out this list any more."
    assert ReportRun.objects.get().requester == colleague


def test_a_schedule_of_somebody_who_left_never_widens_what_others_get(
    scheduled: Scheduling, manager: User, instructor: User, administrator: User, enrolled: list[Enrollment]
) -> None:
    scheduled(instructor)
    suspend_person(manager, by=administrator, reason="Left.")

    with time_machine.travel(SUNDAY + timedelta(days=1), tick=False):
        run_due_schedules.now(by=None)
        deliver_report.execute(JobRun.objects.get(job="reports.deliver").pk)

    run = ReportRun.objects.get()
    assert (run.requester, run.row_count) == (instructor, 2)


def test_an_erased_person_is_named_nowhere_and_sent_nothing(
    scheduled: Scheduling, manager: User, colleague: User, administrator: User
) -> None:
    schedule = scheduled(manager, colleague)
    ReportSchedule.objects.filter(pk=schedule.pk).update(last_outcome="Robin Colleague may not sign in here any more.")
    archive_person(colleague, by=administrator)

    erase_person(colleague, by=administrator, reason="Asked for it.")

    schedule.refresh_from_db()
    through: Any = ReportSchedule.recipients.through
    assert list(through.objects.values_list("user_id", flat=True)) == [manager.pk]
    assert schedule.last_outcome == f"Erased person {colleague.pk} may not sign in here any more."


def test_the_owner_is_handed_over_before_they_are_erased(
    scheduled: Scheduling, manager: User, colleague: User, administrator: User
) -> None:
    schedule = scheduled(manager, colleague)
    archive_person(manager, by=administrator)

    erase_person(manager, by=administrator, reason="Asked for it.")

    schedule.refresh_from_db()
    assert schedule.owner == colleague
    assert not Report.objects.filter(owner=manager, schedules__isnull=False).exists()
