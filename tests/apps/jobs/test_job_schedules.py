"""Schedules: a slot runs once however often it is asked for, and a missed one runs once when it is noticed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery.app import app_or_default
from celery.schedules import crontab, schedule
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.tzcrontab import TzAwareCrontab

from apps.audit.models import ChangeSet
from apps.jobs import schedules
from apps.jobs.models import JobRun, Pulse
from apps.jobs.registry import Job
from apps.jobs.running import Run
from apps.jobs.scheduler import SlotScheduler
from apps.jobs.services import change_schedule
from apps.jobs.tasks import run_scheduled
from apps.records.rules import RuleBroken
from tests.support.job_probes import temporary_job

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 12, 0, 7, tzinfo=UTC)


def count_everything(run: Run) -> str:
    return "Counted."


@pytest.fixture
def nightly() -> Iterator[Job]:
    """A job that is due every night at three, with its schedule."""
    with time_machine.travel(NOON, tick=False), temporary_job(count_everything, every=crontab("0", "3")) as job:
        schedules.create_missing_schedules()
        yield job


def row_of(job: Job) -> PeriodicTask:
    return PeriodicTask.objects.get(name=job.key)


def runs_of(job: Job) -> list[JobRun]:
    return list(JobRun.objects.filter(job=job.key).order_by("slot"))


def beat_once() -> SlotScheduler:
    """One round of a scheduler that has just been started."""
    scheduler = SlotScheduler(app=app_or_default(), lazy=False)
    while scheduler.tick() == 0:
        pass
    scheduler.sync()
    return scheduler


def test_a_scheduled_job_gets_its_row_when_it_has_none(nightly: Job) -> None:
    row = row_of(nightly)

    assert (schedules.words_of(row), row.enabled, str(row)) == ("Every day at 03:00 AM UTC", True, "Try something")


def test_a_job_of_every_hour_is_not_said_to_run_once_a_day(nightly: Job, administrator: Any) -> None:
    change_schedule(row_of(nightly), by=administrator, due=crontab("17", "*"), is_enabled=True)

    assert schedules.words_of(row_of(nightly)) == "Every hour, 17 minutes past"


def test_a_row_that_people_changed_is_never_overwritten(nightly: Job, administrator: Any) -> None:
    change_schedule(row_of(nightly), by=administrator, due=timedelta(hours=2), is_enabled=False)

    schedules.create_missing_schedules()

    row = row_of(nightly)
    assert (schedules.words_of(row), row.enabled) == ("Every 2 hours", False)


def test_changing_one_schedule_leaves_another_with_the_same_times_alone(nightly: Job, administrator: Any) -> None:
    other = PeriodicTask.objects.create(name="tests.other", task=schedules.TASK, crontab=row_of(nightly).crontab)

    change_schedule(row_of(nightly), by=administrator, due=crontab("30", "4"), is_enabled=True)

    other.refresh_from_db()
    assert (schedules.words_of(other), schedules.words_of(row_of(nightly))) == (
        "Every day at 03:00 AM UTC",
        "Every day at 04:30 AM UTC",
    )


def test_changing_a_schedule_is_in_the_history_with_the_person_and_the_reason(nightly: Job, administrator: Any) -> None:
    change_schedule(row_of(nightly), by=administrator, due=timedelta(hours=2), is_enabled=True, reason="Too rare.")

    change_set = ChangeSet.objects.latest("pk")
    assert (change_set.actor, change_set.reason) == (administrator, "Too rare.")
    assert change_set.counts == {"django_celery_beat.periodictask": {"changed": 1}}
    assert row_of(nightly).history.count() == 1


def test_a_schedule_without_any_time_is_refused(nightly: Job, administrator: Any) -> None:
    with pytest.raises(RuleBroken, match="Say when it runs"):
        change_schedule(row_of(nightly), by=administrator, due=None, is_enabled=True)

    assert schedules.words_of(row_of(nightly)) == "Every day at 03:00 AM UTC"


def test_a_slot_asked_for_twice_runs_once(nightly: Job) -> None:
    run_scheduled(nightly.key)
    JobRun.objects.filter(job=nightly.key).update(state=JobRun.State.SUCCEEDED)
    run_scheduled(nightly.key)

    assert [run.slot for run in runs_of(nightly)] == [datetime(2026, 3, 4, 3, 0, tzinfo=UTC)]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_make_one_run_of_a_slot(nightly: Job) -> None:
    PeriodicTask.objects.filter(name=nightly.key).update(last_run_at=NOON - timedelta(days=1))

    beat_once()
    PeriodicTask.objects.filter(name=nightly.key).update(last_run_at=NOON - timedelta(days=1))
    JobRun.objects.filter(job=nightly.key).update(state=JobRun.State.SUCCEEDED)
    beat_once()

    assert len(runs_of(nightly)) == 1


@pytest.mark.django_db(transaction=True)
def test_slots_missed_for_three_days_are_made_up_for_by_one_run(nightly: Job) -> None:
    PeriodicTask.objects.filter(name=nightly.key).update(last_run_at=NOON - timedelta(days=3))

    beat_once()
    beat_once()

    row = row_of(nightly)
    assert [run.slot for run in runs_of(nightly)] == [datetime(2026, 3, 4, 3, 0, tzinfo=UTC)]
    assert (row.last_run_at, row.total_run_count) == (NOON, 1)


@pytest.mark.django_db(transaction=True)
def test_a_schedule_made_after_its_hour_waits_for_the_next_one(nightly: Job) -> None:
    beat_once()

    assert runs_of(nightly) == []


@pytest.mark.django_db(transaction=True)
def test_a_schedule_that_is_switched_off_makes_no_run(nightly: Job, administrator: Any) -> None:
    change_schedule(row_of(nightly), by=administrator, due=crontab("0", "3"), is_enabled=False)

    run_scheduled(nightly.key)
    beat_once()

    assert (runs_of(nightly), schedules.next_slot(row_of(nightly))) == ([], None)


def test_a_slot_waits_while_the_run_of_the_slot_before_is_still_open(nightly: Job) -> None:
    run_scheduled(nightly.key)

    with time_machine.travel(NOON + timedelta(days=1)):
        run_scheduled(nightly.key)

    assert len(runs_of(nightly)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_scheduler_shows_its_pulse(nightly: Job) -> None:
    beat_once()

    assert Pulse.objects.filter(name=Pulse.SCHEDULER).exists()


@pytest.mark.django_db(transaction=True)
def test_a_beat_leaves_no_version_in_the_history_of_the_schedule(nightly: Job) -> None:
    PeriodicTask.objects.filter(name=nightly.key).update(last_run_at=NOON - timedelta(days=1))

    beat_once()

    assert row_of(nightly).history.count() == 0


def test_a_slot_is_the_same_for_everyone_who_asks_between_two_slots() -> None:
    every_quarter = crontab("*/15")

    slots = {
        schedules.last_slot(every_quarter, datetime(2026, 3, 4, 12, 30, tzinfo=UTC) + timedelta(seconds=late))
        for late in (0, 1, 59, 899)
    }

    assert slots == {datetime(2026, 3, 4, 12, 30, tzinfo=UTC)}


def test_a_steady_interval_has_slots_of_its_length() -> None:
    assert schedules.last_slot(schedule(timedelta(hours=6)), NOON) == datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_the_thirteenth_on_a_friday_is_found_however_long_ago() -> None:
    friday_the_13th = crontab("0", "0", day_of_week="5", day_of_month="13")

    assert schedules.last_slot(friday_the_13th, NOON) == datetime(2026, 2, 13, 0, 0, tzinfo=UTC)


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("hour_of_asking", "slots"),
    [
        pytest.param("2026-03-29", 1, id="the night that lacks the hour from two to three"),
        pytest.param("2026-10-25", 1, id="the night that has the hour from two to three twice"),
        pytest.param("2026-06-01", 1, id="an ordinary night"),
    ],
)
def test_half_past_two_comes_once_each_night_whatever_the_clocks_do(hour_of_asking: str, slots: int) -> None:
    half_past_two = TzAwareCrontab(minute="30", hour="2", tz=BERLIN)
    midnight = datetime.fromisoformat(f"{hour_of_asking}T00:00").replace(tzinfo=BERLIN).astimezone(UTC)

    found = {
        slot
        for minutes in range(0, 24 * 60, 5)
        if (slot := schedules.last_slot(half_past_two, midnight + timedelta(minutes=minutes))) >= midnight
    }

    assert len(found) == slots


def test_a_schedule_of_a_job_this_version_does_not_know_is_left_alone() -> None:
    rhythm = CrontabSchedule.objects.create(minute="0", hour="3")
    PeriodicTask.objects.create(name="tests.gone", task=schedules.TASK, crontab=rhythm)

    run_scheduled("tests.gone")

    assert not JobRun.objects.filter(job="tests.gone").exists()


def test_the_next_run_is_said_while_it_is_switched_on(nightly: Job) -> None:
    due = schedules.next_slot(row_of(nightly))

    assert due is not None
    assert abs(due - datetime(2026, 3, 5, 3, 0, tzinfo=UTC)) < timedelta(seconds=2)
    assert due > timezone.now()
