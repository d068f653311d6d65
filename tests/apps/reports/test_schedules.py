"""Reports that are sent by themselves: at their time, once, to each what is theirs at that moment."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage

from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.notifications.models import Mail, Notification, NotificationPreference
from apps.reports.making import paper
from apps.reports.models import Report, ReportRun, ReportSchedule
from apps.reports.queries import schedules_due
from apps.reports.services import delivering, leave_schedule, pause_schedule, resume_schedule
from apps.reports.services.files import write_file
from apps.reports.services.running import MOST_FAILURES
from apps.reports.tasks import deliver_report, run_due_schedules, send_now
from tests.apps.reports.conftest import MONDAY_AT_8, SUNDAY, Scheduling, come_due
from tests.support.moments import at_the_same_time


def rows_sent_to(person: User) -> list[list[str]]:
    run = ReportRun.objects.filter(requester=person).latest("pk")
    with default_storage.open(run.file) as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


def test_it_goes_out_at_its_time_and_each_gets_their_own_rows_and_columns(
    scheduled: Scheduling, clock: Any, manager: User, instructor: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager, instructor)
    outcomes = [come_due(clock, MONDAY_AT_8 - timedelta(minutes=5)), come_due(clock), come_due(clock)]

    schedule.refresh_from_db()
    assert outcomes == ["No report is due.", "1 on their way.", "No report is due."]
    assert rows_sent_to(manager)[0] == ["Learner's e-mail", "Course code", "Progress (%)"]
    assert len(rows_sent_to(manager)) == 4
    assert rows_sent_to(instructor)[0] == ["Course code", "Progress (%)"]
    assert {row[0] for row in rows_sent_to(instructor)[1:]} == {"PY-101"}
    assert (schedule.last_outcome, schedule.failures) == ("Sent to 2 people.", 0)
    assert schedule.next_run_at == MONDAY_AT_8 + timedelta(days=7)


def test_every_file_is_recorded_for_its_recipient_with_who_was_told_what(
    scheduled: Scheduling, clock: Any, manager: User, report: Report, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager)
    come_due(clock)

    run = ReportRun.objects.get()
    mail, notification = Mail.objects.get(), Notification.objects.get(kind="report")
    assert (run.requester, run.schedule_number, run.report_number) == (manager, schedule.pk, report.pk)
    assert (run.due_at, run.row_count, len(run.sha256)) == (MONDAY_AT_8, 3, 64)
    assert (mail.to, mail.kind, mail.attached) == (manager.email, "report", "")
    assert f"/admin/reports/reportrun/{run.pk}/change/" in mail.text
    assert "within 7 days" in mail.text
    assert (notification.mail, notification.recipient) == (mail, manager)
    assert "ann@example.org" not in mail.text


@pytest.mark.parametrize("days", [1, 6, 8, 30])
def test_after_a_standstill_the_latest_time_is_delivered_once(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment], days: int
) -> None:
    scheduled(manager)

    come_due(clock, MONDAY_AT_8 + timedelta(days=days))
    come_due(clock)

    assert ReportRun.objects.get().due_at == MONDAY_AT_8 + timedelta(days=days // 7 * 7)


def test_what_is_paused_is_not_sent_nor_made_up_for(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager)
    pause_schedule(schedule, by=manager)
    come_due(clock)
    clock.move_to(MONDAY_AT_8 + timedelta(hours=1))
    resume_schedule(schedule, by=manager)

    outcome = come_due(clock, MONDAY_AT_8 + timedelta(days=1))

    assert outcome == "No report is due."
    assert not ReportRun.objects.exists()
    assert schedule.next_run_at == MONDAY_AT_8 + timedelta(days=7)


def test_what_was_paused_while_its_run_waited_is_not_sent(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager)
    clock.move_to(MONDAY_AT_8)
    run_due_schedules.now(by=None)
    pause_schedule(schedule, by=manager)

    record = JobRun.objects.get(job="reports.deliver")
    deliver_report.execute(record.pk)

    record.refresh_from_db()
    assert record.outcome == "There was nothing to send any more."
    assert not ReportRun.objects.exists()


def test_run_now_sends_it_beside_its_times(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager)
    before = schedule.next_run_at

    records = [send_now(schedule, by=manager), send_now(schedule, by=manager)]
    deliver_report.execute(records[0].pk)
    come_due(clock)

    schedule.refresh_from_db()
    assert records[0] == records[1]
    assert before == MONDAY_AT_8
    assert list(ReportRun.objects.order_by("pk").values_list("due_at", flat=True)) == [SUNDAY, MONDAY_AT_8]


# Who may not have it


def test_a_former_colleague_is_sent_nothing_and_the_schedule_says_so(
    scheduled: Scheduling, clock: Any, manager: User, instructor: User, administrator: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager, instructor)
    suspend_person(instructor, by=administrator, reason="Left.")

    come_due(clock)

    schedule.refresh_from_db()
    assert schedule.last_outcome == "Sent to 1 person. Robin Instructor may not sign in here any more."
    assert ReportRun.objects.get().requester == manager
    assert not Mail.objects.filter(to=instructor.email, kind="report").exists()
    assert not Notification.objects.filter(recipient=instructor, kind="report").exists()


def test_who_lost_the_right_to_take_the_list_out_is_sent_nothing(
    scheduled: Scheduling, clock: Any, manager: User, administrator: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(administrator, manager, owner=administrator)
    manager.groups.clear()

    come_due(clock)

    schedule.refresh_from_db()
    assert schedule.last_outcome == "Sent to 1 person. Robin Manager may not take out this list any more."
    assert ReportRun.objects.get().requester == administrator


def test_rights_of_the_owner_open_nothing_to_a_recipient(
    scheduled: Scheduling, clock: Any, administrator: User, instructor: User, enrolled: list[Enrollment]
) -> None:
    scheduled(instructor, owner=administrator)

    come_due(clock)

    run = ReportRun.objects.get()
    assert (run.requester, run.row_count, run.reach) == (instructor, 2, [enrolled[0].course_id])
    assert "user_email" not in run.columns


def test_who_wants_to_be_told_nothing_of_reports_gets_none(
    scheduled: Scheduling, clock: Any, manager: User, administrator: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager, administrator)
    NotificationPreference.objects.create(user=administrator, kind="report", way="nothing")

    come_due(clock)

    schedule.refresh_from_db()
    assert schedule.last_outcome == "Sent to 1 person. Robin Administrator wants to be told nothing of reports."
    assert ReportRun.objects.get().requester == manager


@pytest.mark.parametrize(("way", "mails"), [("at_once", 1), ("bell", 0), ("daily", 0)])
def test_the_mail_follows_the_way_somebody_chose(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment], way: str, mails: int
) -> None:
    scheduled(manager, delivery="attached")
    NotificationPreference.objects.create(user=manager, kind="report", way=way)

    come_due(clock)

    assert Mail.objects.count() == mails
    assert ("attached" in Notification.objects.get(kind="report").text) == bool(mails)


# Failures


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Files cannot be made any more, until what this gives is called."""
    write = write_file

    def fail(*args: Any, **facts: Any) -> None:
        raise OSError("No space left on the device.")

    monkeypatch.setattr(delivering, "write_file", fail)
    return lambda: monkeypatch.setattr(delivering, "write_file", write)


def test_what_fails_is_tried_again_and_after_five_times_switched_off_with_a_notice(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment], broken: Callable[[], None]
) -> None:
    schedule = scheduled(manager)
    waits, when = [], MONDAY_AT_8
    for _ in range(MOST_FAILURES):
        come_due(clock, when)
        schedule.refresh_from_db()
        waits.append(schedule.next_run_at and (schedule.next_run_at - when) // timedelta(minutes=1))
        when = schedule.next_run_at or when

    told = Notification.objects.get(kind="report_schedule")
    assert waits == [10, 30, 90, 270, None]
    assert (schedule.is_active, schedule.failures) == (False, 5)
    assert schedule.stopped_because.startswith("It failed 5 times in a row. Sent to nobody. For Robin Manager")
    assert (told.recipient, told.link) == (manager, f"/admin/reports/reportschedule/{schedule.pk}/change/")
    assert come_due(clock, when + timedelta(days=30)) == "No report is due."
    assert not ReportRun.objects.exists()


def test_a_success_forgets_the_failures_before_it_and_delivers_the_same_due_time(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment], broken: Callable[[], None]
) -> None:
    schedule = scheduled(manager)
    come_due(clock)
    broken()

    come_due(clock, MONDAY_AT_8 + timedelta(minutes=10))

    schedule.refresh_from_db()
    assert ReportRun.objects.get().due_at == MONDAY_AT_8
    assert (schedule.failures, schedule.next_run_at) == (0, MONDAY_AT_8 + timedelta(days=7))


@pytest.mark.django_db(transaction=True)
def test_a_failure_for_one_does_not_keep_it_from_the_others_nor_send_it_to_them_again(
    scheduled: Scheduling,
    clock: Any,
    manager: User,
    administrator: User,
    enrolled: list[Enrollment],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = write_file

    def fail(table: Any, *, by: User, **facts: Any) -> None:
        if by == administrator:
            raise OSError("No space left on the device.")
        write(table, by=by, **facts)

    schedule = scheduled(administrator, manager)
    monkeypatch.setattr(delivering, "write_file", fail)
    come_due(clock)
    first = list(ReportRun.objects.values_list("requester", flat=True))
    monkeypatch.setattr(delivering, "write_file", write)
    come_due(clock, MONDAY_AT_8 + timedelta(minutes=10))

    schedule.refresh_from_db()
    assert first == [manager.pk]
    assert sorted(ReportRun.objects.values_list("requester", flat=True)) == sorted([manager.pk, administrator.pk])
    assert schedule.last_outcome == "Sent to 2 people."


def test_more_than_a_format_holds_is_said_with_the_name(
    scheduled: Scheduling,
    clock: Any,
    manager: User,
    instructor: User,
    enrolled: list[Enrollment],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paper, "MOST_ROWS", 2)
    schedule = scheduled(manager, instructor, format="pdf")

    come_due(clock)

    schedule.refresh_from_db()
    assert schedule.last_outcome.startswith("Sent to 1 person. For Robin Manager: ")
    assert "at most 2 rows" in schedule.last_outcome
    assert ReportRun.objects.get().requester == instructor


def test_what_fails_by_hand_is_told_to_who_asked_and_counts_for_nothing(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment], broken: Callable[[], None]
) -> None:
    schedule = scheduled(manager)

    deliver_report.execute(send_now(schedule, by=manager).pk)

    schedule.refresh_from_db()
    assert (schedule.failures, schedule.next_run_at) == (0, MONDAY_AT_8)
    assert Notification.objects.get().title == "Failed: Send “Who learns”"


# At the same time


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_and_deliver_each_due_time_once(
    scheduled: Scheduling, manager: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager)
    ReportSchedule.objects.filter(pk=schedule.pk).update(next_run_at=MONDAY_AT_8)

    with time_machine.travel(MONDAY_AT_8 + timedelta(minutes=1)):
        at_the_same_time(lambda: run_due_schedules(_Silent()), times=2)
        record = JobRun.objects.get(job="reports.deliver")
        at_the_same_time(lambda: deliver_report.execute(record.pk), times=2)
        at_the_same_time(lambda: deliver_again(schedule), times=2)

    assert ReportRun.objects.filter(schedule_number=schedule.pk, due_at=MONDAY_AT_8).count() == 1
    assert Mail.objects.filter(kind="report").count() == 1


def deliver_again(schedule: ReportSchedule) -> str:
    """As a worker does that was thought dead."""
    found = ReportSchedule.objects.select_related("report", "owner").get(pk=schedule.pk)
    return delivering.deliver(found, MONDAY_AT_8)


class _Silent:
    """A run that tells nobody how far it is."""

    def track(self, items: Any) -> Any:
        return iter(items)


# Leaving


def test_whoever_is_sent_it_may_leave_and_the_last_one_switches_it_off(
    scheduled: Scheduling, clock: Any, manager: User, instructor: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager, instructor)
    come_due(clock)
    runs = {run.requester: run for run in ReportRun.objects.all()}

    leave_schedule(runs[instructor], by=instructor)
    come_due(clock, MONDAY_AT_8 + timedelta(days=7))
    leave_schedule(runs[manager], by=manager)

    schedule.refresh_from_db()
    assert ReportRun.objects.filter(requester=instructor).count() == 1
    assert ReportRun.objects.filter(requester=manager).count() == 2
    assert (schedule.is_active, schedule.stopped_because) == (False, "Everybody it was sent to wants it no more.")
    assert Notification.objects.get(kind="report_schedule").recipient == manager


def test_the_number_of_queries_of_looking_for_what_is_due_does_not_grow_with_what_is_not(
    scheduled: Scheduling, clock: Any, manager: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert list(schedules_due()) == []
    for number in range(5):
        scheduled(manager, name=f"Report {number}")
    with django_assert_num_queries(1):
        assert list(schedules_due()) == []
