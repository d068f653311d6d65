"""The screen of schedules: managers read and run, administrators change, and every change is in the history."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from apps.audit.models import ChangeSet
from apps.jobs.models import JobRun
from apps.jobs.schedules import words_of
from tests.support.people import person

pytestmark = pytest.mark.django_db

SCHEDULES = reverse("admin:django_celery_beat_periodictask_changelist")


@pytest.fixture
def schedule() -> PeriodicTask:
    return PeriodicTask.objects.get(name="jobs.tidy_up")


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def schedule_page(name: str, row: PeriodicTask) -> str:
    return reverse(f"admin:django_celery_beat_periodictask_{name}", args=[row.pk])


def test_a_manager_reads_schedules_and_runs_an_allowed_job_now(manager: Any, schedule: PeriodicTask) -> None:
    client = client_of(manager)

    shown = client.get(SCHEDULES).content.decode()
    answer = client.post(schedule_page("run_now", schedule))

    run = JobRun.objects.get(job="jobs.tidy_up")
    assert "Tidy up old job runs" in shown
    assert (answer.status_code, run.requester, run.slot) == (302, manager, None)


def test_a_manager_changes_no_schedule(manager: Any, schedule: PeriodicTask) -> None:
    before = words_of(schedule)

    answer = client_of(manager).post(
        schedule_page("change", schedule), {"rhythm": "interval", "every": "1", "unit": "minutes"}
    )

    schedule.refresh_from_db()
    assert (answer.status_code, words_of(schedule), schedule.enabled) == (403, before, True)


def test_staff_without_rights_see_no_schedule_and_run_none(schedule: PeriodicTask) -> None:
    client = client_of(person("nobody"))

    answers = [client.get(SCHEDULES), client.post(schedule_page("run_now", schedule))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not JobRun.objects.exists()


def test_an_administrator_changes_when_a_job_runs(administrator: Any, schedule: PeriodicTask) -> None:
    answer = client_of(administrator).post(
        schedule_page("change", schedule), {"enabled": "on", "rhythm": "times", "cron": "*/15 8-18 * * 1-5"}
    )

    changed = PeriodicTask.objects.get(pk=schedule.pk)
    change_set = ChangeSet.objects.latest("pk")
    assert answer.status_code == 302
    assert (changed.crontab.minute, changed.crontab.hour, changed.crontab.day_of_week) == ("*/15", "8-18", "1-5")
    assert (change_set.actor, change_set.counts) == (
        administrator,
        {"django_celery_beat.periodictask": {"changed": 1}},
    )


def test_a_changed_schedule_shows_when_the_job_would_run_unchanged(administrator: Any, schedule: PeriodicTask) -> None:
    client = client_of(administrator)
    untouched = client.get(schedule_page("change", schedule)).content.decode()

    client.post(
        schedule_page("change", schedule), {"enabled": "on", "rhythm": "interval", "every": "2", "unit": "days"}
    )
    changed = client.get(schedule_page("change", schedule)).content.decode()

    assert "people have changed it" not in untouched
    assert "Every day at 03:17 AM UTC; people have changed it" in changed
    assert "Every 2 days" in changed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rhythm": "times", "cron": "61 3 * * *"}, "This cannot be read as times"),
        ({"rhythm": "times", "cron": "every day"}, "five are needed"),
        ({"rhythm": "times", "cron": ""}, "five are needed"),
        ({"rhythm": "times", "cron": "0 0 30 2 *"}, "This cannot be read as times"),
        ({"rhythm": "interval", "every": ""}, "Say how often"),
        ({"rhythm": "interval", "every": "0"}, "greater than or equal to 1"),
    ],
)
def test_times_that_make_no_sense_are_refused_with_a_sentence(
    administrator: Any, schedule: PeriodicTask, given: dict[str, str], words: str
) -> None:
    before = words_of(schedule)

    answer = client_of(administrator).post(schedule_page("change", schedule), {"enabled": "on", **given})

    changed = PeriodicTask.objects.get(pk=schedule.pk)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert words_of(changed) == before


def test_a_schedule_names_no_task_and_no_arguments_of_its_own(administrator: Any, schedule: PeriodicTask) -> None:
    forged = {"rhythm": "times", "cron": "0 1 * * *", "task": "os.system", "args": '["rm"]', "name": "mine"}

    client_of(administrator).post(schedule_page("change", schedule), forged)

    changed = PeriodicTask.objects.get(pk=schedule.pk)
    assert (changed.name, changed.task, changed.args) == (schedule.name, schedule.task, schedule.args)


@pytest.mark.parametrize("model", ["crontabschedule", "intervalschedule", "solarschedule", "clockedschedule"])
def test_the_stock_screens_of_schedules_are_gone(administrator: Any, model: str) -> None:
    answer = client_of(administrator).get(f"/admin/django_celery_beat/{model}/")

    assert answer.status_code == 404
