"""The outbox: a run is committed before its message, and a broker that is down delays and never loses."""

import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from apps.jobs.sweeping import sweep
from tests.recipes import jobs
from tests.support import job_probes as probes
from tests.support.hanging import not_for_ever


def messages() -> list[Path]:
    folder = Path(current_app.conf.broker_transport_options["data_folder_out"])
    return [file for file in folder.iterdir() if file.is_file()]


@pytest.fixture
def no_messages() -> None:
    for file in messages():
        file.unlink()


@pytest.fixture
def broker_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{port}/0")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages")
def test_no_message_is_sent_before_the_row_is_committed(administrator: Any) -> None:
    with transaction.atomic():
        record = probes.do_steps.later(by=administrator)
        inside = messages()

    record.refresh_from_db()
    assert (inside, len(messages())) == ([], 1)
    assert (record.state, record.sent_at is not None) == (JobRun.State.QUEUED, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages")
def test_a_run_that_is_rolled_back_sends_nothing(administrator: Any) -> None:
    with probes.taken_back():
        probes.do_steps.later(by=administrator)

    assert (messages(), JobRun.objects.filter(job="tests.steps").count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages", "broker_is_down")
def test_with_the_broker_down_the_run_waits_in_the_outbox_and_nobody_waits_for_it(administrator: Any) -> None:
    with not_for_ever():
        record = probes.do_steps.later(by=administrator)

    record.refresh_from_db()
    assert (record.state, record.sent_at) == (JobRun.State.QUEUED, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_takes_connections_and_never_answers_is_not_waited_for(
    administrator: Any, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("CELERY_BROKER_URL", f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/0")

        with not_for_ever():
            record = probes.do_steps.later(by=administrator)

    record.refresh_from_db()
    assert (record.state, record.sent_at) == (JobRun.State.QUEUED, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages")
def test_the_sweeper_sends_what_waits_in_the_outbox_once_the_broker_is_back() -> None:
    record = jobs.job_run.make(job="tests.steps", created_at=timezone.now() - timedelta(minutes=1))

    sweep()
    sweep()

    record.refresh_from_db()
    assert (len(messages()), record.sent_at is not None) == (1, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages")
def test_a_message_that_was_lost_is_sent_again_after_a_minute_or_at_the_next_start() -> None:
    jobs.job_run.make(job="tests.steps", sent_at=timezone.now() - timedelta(seconds=61))
    jobs.job_run.make(job="tests.steps", sent_at=timezone.now() - timedelta(seconds=5))

    sweep()
    after_a_minute = len(messages())
    sweep(is_start=True)

    assert (after_a_minute, len(messages())) == (1, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages")
def test_a_run_whose_worker_died_is_sent_again_once() -> None:
    past = timezone.now() - timedelta(seconds=1)
    jobs.job_run.make(
        job="tests.steps", state=JobRun.State.RUNNING, attempts=1, lease_until=past, sent_at=past - timedelta(seconds=9)
    )

    sweep()
    sweep()

    assert len(messages()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_messages")
def test_a_run_whose_worker_died_too_often_fails_for_good_and_tells_its_subject() -> None:
    told: list[int] = []
    past = timezone.now() - timedelta(seconds=1)
    with probes.temporary_job(be_told, given_up=lambda run: told.append(run.pk)):
        record = jobs.job_run.make(
            job="tests.be_told", state=JobRun.State.RUNNING, attempts=3, max_attempts=3, lease_until=past
        )
        sweep()

    record.refresh_from_db()
    assert (record.state, record.outcome) == (
        JobRun.State.FAILED,
        "Given up: its worker stopped without a word 3 times.",
    )
    assert (messages(), told) == ([], [record.pk])


def be_told(run: Any) -> str:
    return "Told."


@pytest.mark.django_db(transaction=True)
def test_asking_twice_for_the_same_work_gives_the_same_run(administrator: Any) -> None:
    first = probes.do_steps.later(by=administrator, only_one="import 7")
    second = probes.do_steps.later(by=administrator, only_one="import 7")
    JobRun.objects.filter(pk=first.pk).update(state=JobRun.State.FAILED)
    third = probes.do_steps.later(by=administrator, only_one="import 7")

    assert first.pk == second.pk != third.pk


@pytest.mark.django_db(transaction=True)
def test_two_people_asking_at_the_same_moment_get_the_same_run(administrator: Any) -> None:
    found: list[int] = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        found.append(probes.do_steps.later(by=administrator, only_one="import 8").pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(found), len(set(found))) == (4, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_deliveries_at_once_one_runs() -> None:
    record = jobs.job_run.make(job="tests.steps", arguments={"steps": 3, "seconds": 0.05})
    together = threading.Barrier(4)

    def deliver() -> None:
        together.wait()
        JOBS["tests.steps"].execute(record.pk)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    record.refresh_from_db()
    assert (record.state, record.attempts) == (JobRun.State.SUCCEEDED, 1)
    assert probes.steps_of(record) == ["step 0", "step 1", "step 2"]
