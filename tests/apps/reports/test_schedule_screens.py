"""The screens of schedules: who sees which, what is asked, what is refused in words, and what one can do there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import User
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.notifications.models import DigestTime
from apps.reports.models import Report, ReportRun, ReportSchedule
from apps.reports.services import pause_schedule
from apps.reports.tasks import deliver_report, run_due_schedules
from tests.apps.catalog.screens import MOST_QUERIES, said, text
from tests.apps.reports.conftest import SUNDAY, Scheduling

SCHEDULES = "/admin/reports/reportschedule/"


def page(schedule: ReportSchedule) -> str:
    return f"{SCHEDULES}{schedule.pk}/change/"


@pytest.fixture
def asked(report: Report, manager: User) -> dict[str, Any]:
    """What the form is sent: the manager's report to the manager, every Monday at eight."""
    return {
        "what": f"saved:{report.pk}",
        "recipients": [manager.pk],
        "format": "csv",
        "delivery": "link",
        "cadence": "weekly",
        "weekday": "0",
        "day_of_month": "1",
        "time_of_day": "08:00",
        "time_zone": "Europe/Berlin",
    }


def test_a_report_is_scheduled_from_its_page_with_what_is_likely_filled_in(
    as_manager: Client, manager: User, report: Report, asked: dict[str, Any]
) -> None:
    DigestTime.objects.create(user=manager, time_zone="Asia/Kolkata")
    tab = text(as_manager.get(f"/admin/reports/report/{report.pk}/change/?tab=schedules"))
    form: Any = as_manager.get(f"{SCHEDULES}add/?what=saved:{report.pk}")
    with time_machine.travel(SUNDAY, tick=False):
        saved = as_manager.post(f"{SCHEDULES}add/", asked, follow=True)

    schedule = ReportSchedule.objects.get()
    initial = form.context["adminform"].form.initial
    assert f"{SCHEDULES}add/?what=saved%3A{report.pk}" in tab
    assert (initial["what"], initial["recipients"]) == (f"saved:{report.pk}", [manager.pk])
    assert initial["time_zone"] == "Asia/Kolkata"
    assert (schedule.owner, schedule.report, list(schedule.recipients.all())) == (manager, report, [manager])
    assert f"{schedule.next_run_at:%d %H:%M}" == "30 06:00"
    assert "Every Monday at 08:00 (Europe/Berlin) to 1 person as CSV" in text(saved)
    assert {row.change_set.actor for row in schedule.history.all()} == {manager}


def test_a_ready_made_report_is_scheduled_too(
    as_manager: Client, asked: dict[str, Any], enrolled: list[Enrollment]
) -> None:
    ready = text(as_manager.get("/admin/reports/report/ready/enrollments-by-month/"))

    as_manager.post(f"{SCHEDULES}add/", asked | {"what": "ready:enrollments-by-month", "format": "xlsx"})

    schedule = ReportSchedule.objects.get()
    assert f"{SCHEDULES}add/?what=ready%3Aenrollments-by-month" in ready
    assert (schedule.report, schedule.title) == (None, "Enrollments by month and course")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"recipients": []}, "Say who gets it: at least one person."),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone “Mars/Olympus”. Choose one from the list."),
        ({"time_of_day": "25:00"}, "Enter a valid time."),
        ({"day_of_month": "32"}, "Select a valid choice"),
        ({"what": "ready:no-such"}, "This report is not there, or not open to you."),
        ({"what": "saved:999999"}, "This report is not there, or not open to you."),
        ({"what": "saved:x"}, "This report is not there, or not open to you."),
        ({"what": ""}, "required"),
        ({"format": "exe"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_what_cannot_be_sent_is_refused_in_a_sentence_and_nothing_is_saved(
    as_manager: Client, asked: dict[str, Any], change: dict[str, Any], sentence: str
) -> None:
    answer = as_manager.post(f"{SCHEDULES}add/", asked | change)

    assert answer.status_code == 200
    assert sentence in text(answer)
    assert not ReportSchedule.objects.exists()


def test_a_recipient_who_may_not_have_it_is_named(
    as_manager: Client, asked: dict[str, Any], manager: User, moderator: User
) -> None:
    answer = text(as_manager.post(f"{SCHEDULES}add/", asked | {"recipients": [manager.pk, moderator.pk]}))

    assert "Robin Moderator may not take out this list." in answer
    assert "Robin Manager may not" not in answer
    assert not ReportSchedule.objects.exists()


def test_a_learner_is_no_recipient(as_manager: Client, asked: dict[str, Any], enrolled: list[Enrollment]) -> None:
    answer = as_manager.post(f"{SCHEDULES}add/", asked | {"recipients": [enrolled[0].user_id]})

    assert "Choose people who work here." in text(answer)
    assert not ReportSchedule.objects.exists()


def test_an_instructor_has_what_they_teach_sent_to_themselves_and_to_nobody_they_do_not_see(
    as_instructor: Client, instructor: User, manager: User, asked: dict[str, Any], enrolled: list[Enrollment]
) -> None:
    asked = asked | {"what": "ready:enrollments-by-month"}

    refused = as_instructor.post(f"{SCHEDULES}add/", asked | {"recipients": [manager.pk]})
    as_instructor.post(f"{SCHEDULES}add/", asked | {"recipients": [instructor.pk]})
    not_theirs = as_instructor.post(f"{SCHEDULES}add/", asked | {"what": "ready:revenue"})

    assert "Choose people who work here." in text(refused)
    assert "not open to you" in text(not_theirs)
    assert list(ReportSchedule.objects.get().recipients.all()) == [instructor]


def test_only_its_owner_and_administrators_see_a_schedule_and_recipients_do_not(
    scheduled: Scheduling,
    manager: User,
    instructor: User,
    administrator: User,
    signed_in: Callable[[User], Client],
    enrolled: list[Enrollment],
) -> None:
    schedule = scheduled(manager, instructor)

    answers = {
        who.email: signed_in(who).get(page(schedule)).status_code for who in (manager, instructor, administrator)
    }
    posted = signed_in(instructor).post(f"{SCHEDULES}{schedule.pk}/pause/", {}).status_code

    schedule.refresh_from_db()
    assert list(answers.values()) == [200, 404, 200]
    assert posted == 404
    assert schedule.is_active


def test_it_is_run_paused_and_resumed_from_its_page(
    scheduled: Scheduling, as_manager: Client, manager: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager)

    as_manager.post(f"{SCHEDULES}{schedule.pk}/send/", {})
    deliver_report.execute(JobRun.objects.get(job="reports.deliver").pk)
    paused = said(as_manager.post(f"{SCHEDULES}{schedule.pk}/pause/", {}))
    again = said(as_manager.post(f"{SCHEDULES}{schedule.pk}/pause/", {}))
    shown = text(as_manager.get(page(schedule)))
    resumed = said(as_manager.post(f"{SCHEDULES}{schedule.pk}/resume/", {}))

    schedule.refresh_from_db()
    assert "“Who learns” is paused." in paused
    assert "It is paused already." in again
    assert "Sent to 1 person." in shown
    assert "“Who learns” is sent again." in resumed
    assert schedule.next_run_at is not None
    assert ReportRun.objects.count() == 1


def test_why_it_was_switched_off_stands_on_its_page(scheduled: Scheduling, as_manager: Client, manager: User) -> None:
    schedule = scheduled(manager)
    pause_schedule(schedule, by=manager)
    ReportSchedule.objects.filter(pk=schedule.pk).update(stopped_because="It failed 5 times in a row.")

    assert "It failed 5 times in a row." in text(as_manager.get(page(schedule)))
    assert "Switched off" in text(as_manager.get(SCHEDULES))


def test_a_change_counts_from_the_new_time_on(
    scheduled: Scheduling, as_manager: Client, manager: User, asked: dict[str, Any]
) -> None:
    schedule = scheduled(manager)

    with time_machine.travel(SUNDAY + timedelta(days=1), tick=False):
        as_manager.post(page(schedule), asked | {"cadence": "monthly", "day_of_month": "31", "time_zone": "UTC"})

    schedule.refresh_from_db()
    assert f"{schedule.next_run_at:%Y-%m-%d %H:%M}" == "2026-03-31 08:00"


def test_a_former_colleague_among_the_recipients_is_named_when_it_is_changed(
    scheduled: Scheduling,
    as_manager: Client,
    manager: User,
    instructor: User,
    asked: dict[str, Any],
    enrolled: list[Enrollment],
) -> None:
    schedule = scheduled(manager, instructor)
    User.objects.filter(pk=instructor.pk).update(status="suspended", is_active=False)

    answer = as_manager.post(page(schedule), asked | {"recipients": [manager.pk, instructor.pk]})

    assert "Robin Instructor may not sign in here." in text(answer)


def test_whoever_is_sent_a_file_stops_it_on_the_page_of_the_file(
    scheduled: Scheduling, manager: User, as_instructor: Client, instructor: User, enrolled: list[Enrollment]
) -> None:
    schedule = scheduled(manager, instructor)
    with time_machine.travel(SUNDAY + timedelta(days=1), tick=False):
        run_due_schedules.now(by=None)
        deliver_report.execute(JobRun.objects.get(job="reports.deliver").pk)
        mine, other = (ReportRun.objects.get(requester=one) for one in (instructor, manager))
        shown = text(as_instructor.get(f"/admin/reports/reportrun/{mine.pk}/change/"))
        not_theirs = as_instructor.post(f"/admin/reports/reportrun/{other.pk}/leave/", {}).status_code
        left = said(as_instructor.post(f"/admin/reports/reportrun/{mine.pk}/leave/", {}))
        again = said(as_instructor.post(f"/admin/reports/reportrun/{mine.pk}/leave/", {}))

    assert "Stop sending me this" in shown
    assert f"/admin/reports/reportrun/{mine.pk}/file/" in shown
    assert not_theirs == 404
    assert "“Who learns” is not sent to you any more." in left
    assert "It is not sent to you any more." in again
    assert list(schedule.recipients.all()) == [manager]


def test_a_report_that_is_deleted_is_not_sent_any_more(
    scheduled: Scheduling, report: Report, as_manager: Client, manager: User
) -> None:
    scheduled(manager)

    as_manager.post(f"/admin/reports/report/{report.pk}/delete/", {"post": "yes"})

    assert not ReportSchedule.objects.exists()


def test_a_long_list_of_schedules_costs_as_many_queries_as_a_short_one(
    scheduled: Scheduling, as_manager: Client, manager: User, administrator: User, django_assert_max_num_queries: Any
) -> None:
    counts = []
    as_manager.get(SCHEDULES)
    for some in (range(3), range(3, 10)):
        for number in some:
            scheduled(manager, administrator, name=f"Report {number}")
        with django_assert_max_num_queries(MOST_QUERIES) as queries:
            as_manager.get(SCHEDULES)
        counts.append(len(queries))

    assert counts[0] == counts[1]
