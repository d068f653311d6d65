"""Real workers on a real database: killed, stopped, poisoned, and nothing is lost or done twice."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from tests.support import job_probes as probes
from tests.support.processes import kill_group, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = [f"step {number}" for number in range(10)]


@pytest.fixture(autouse=True)
def _no_old_messages() -> None:
    for file in Path(current_app.conf.broker_transport_options["data_folder_out"]).iterdir():
        file.unlink()


def state_of(run: JobRun) -> str:
    return JobRun.objects.values_list("state", flat=True).get(pk=run.pk)


def ends(run: JobRun) -> Callable[[], bool]:
    return lambda: state_of(run) not in JobRun.OPEN_STATES


def test_a_run_whose_worker_was_killed_is_finished_by_the_next_one_with_each_step_done_once(
    administrator: Any, tmp_path: Path
) -> None:
    run = probes.do_steps.later(by=administrator)
    with worker(tmp_path / "first.log") as first:
        wait_until(lambda: len(probes.steps_of(run)) >= 3, "three steps done")
        kill_group(first)

    with worker(tmp_path / "second.log"):
        wait_until(ends(run), "the run ended")

    run.refresh_from_db()
    assert (run.state, run.outcome, run.attempts) == (JobRun.State.SUCCEEDED, "10 steps are done.", 2)
    assert probes.steps_of(run) == STEPS


def test_a_worker_that_is_asked_to_stop_hands_its_run_back_and_the_next_one_goes_on(
    administrator: Any, tmp_path: Path
) -> None:
    run = probes.do_steps.later(by=administrator, seconds=0.4)
    with worker(tmp_path / "first.log") as first:
        wait_until(lambda: len(probes.steps_of(run)) >= 2, "two steps done")
        first.send_signal(signal.SIGTERM)
        stopped = first.wait(timeout=20)
        handed_back = state_of(run)

    with worker(tmp_path / "second.log"):
        wait_until(ends(run), "the run ended")

    run.refresh_from_db()
    assert (stopped, handed_back) == (0, JobRun.State.QUEUED)
    assert (run.state, run.attempts, probes.steps_of(run)) == (JobRun.State.SUCCEEDED, 1, STEPS)


def test_a_run_that_kills_its_worker_each_time_fails_after_its_attempts(administrator: Any, tmp_path: Path) -> None:
    poison, after = probes.be_poison.later(by=administrator), probes.do_steps.later(by=administrator, steps=1)

    with worker(tmp_path / "worker.log"):
        wait_until(ends(poison), "the poisonous run ended")
        wait_until(ends(after), "the run behind it ended")

    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == (JobRun.State.FAILED, 2)
    assert poison.outcome == "Given up: its worker stopped without a word 2 times."
    assert state_of(after) == JobRun.State.SUCCEEDED


def test_a_run_in_a_worker_stops_when_somebody_cancels_it(administrator: Any, tmp_path: Path) -> None:
    run = probes.do_steps.later(by=administrator, steps=200)

    with worker(tmp_path / "worker.log"):
        wait_until(lambda: len(probes.steps_of(run)) >= 2, "two steps done")
        JobRun.objects.filter(pk=run.pk).update(cancel_requested_at=timezone.now())
        wait_until(ends(run), "the run ended")

    run.refresh_from_db()
    assert (run.state, run.outcome) == (JobRun.State.CANCELLED, "Cancelled.")
    assert len(probes.steps_of(run)) < 30


def test_two_workers_share_the_runs_and_repeat_none(administrator: Any, tmp_path: Path) -> None:
    runs = [probes.do_steps.later(by=administrator, steps=2) for _ in range(6)]

    with worker(tmp_path / "one.log"), worker(tmp_path / "two.log"):
        for run in runs:
            wait_until(ends(run), f"run {run.pk} ended")

    assert [JobRun.objects.get(pk=run.pk).attempts for run in runs] == [1] * 6
    assert [probes.steps_of(run) for run in runs] == [STEPS[:2]] * 6


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis_broker", "rabbitmq_broker"])
def test_a_worker_is_woken_by_the_brokers_of_production(
    administrator: Any, tmp_path: Path, broker: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = request.getfixturevalue(broker)
    monkeypatch.setenv("CELERY_BROKER_URL", url)

    with worker(tmp_path / "worker.log", BROKER_URL=url):
        runs = [probes.do_steps.later(by=administrator, steps=1, seconds=0) for _ in range(3)]
        for run in runs:
            wait_until(ends(run), f"run {run.pk} ended")

    assert {state_of(run) for run in runs} == {JobRun.State.SUCCEEDED}
    assert all(JobRun.objects.get(pk=run.pk).sent_at for run in runs)


@pytest.fixture
def short_lease(settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 1


def run_in_thread(run: JobRun) -> threading.Thread:
    def work() -> None:
        JOBS[run.job].execute(run.pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.services
@pytest.mark.usefixtures("short_lease")
def test_a_long_transaction_keeps_its_lease_and_shows_how_far_it_is(administrator: Any) -> None:
    run = probes.stay_in_transaction.later(by=administrator, seconds=3.0)
    seen = set()

    thread = run_in_thread(run)
    wait_until(lambda: JobRun.objects.get(pk=run.pk).done > 0, "progress shown")
    while thread.is_alive():
        probes.stay_in_transaction.execute(run.pk)
        seen.add(JobRun.objects.get(pk=run.pk).done)
        thread.join(timeout=0.2)

    run.refresh_from_db()
    assert (run.state, run.attempts, probes.steps_of(run)) == (JobRun.State.SUCCEEDED, 1, ["step inside"])
    assert len(seen) > 1


@pytest.mark.services
@pytest.mark.usefixtures("short_lease")
def test_a_long_transaction_that_is_cancelled_leaves_nothing(administrator: Any) -> None:
    run = probes.stay_in_transaction.later(by=administrator, seconds=30.0)

    thread = run_in_thread(run)
    wait_until(lambda: JobRun.objects.get(pk=run.pk).done > 0, "progress shown")
    JobRun.objects.filter(pk=run.pk).update(cancel_requested_at=timezone.now())
    thread.join(timeout=60)

    run.refresh_from_db()
    assert (run.state, probes.steps_of(run)) == (JobRun.State.CANCELLED, [])


@pytest.mark.services
@pytest.mark.usefixtures("short_lease")
def test_a_transaction_whose_run_was_taken_by_another_worker_is_rolled_back(administrator: Any) -> None:
    run = probes.stay_in_transaction.later(by=administrator, seconds=30.0)

    thread = run_in_thread(run)
    wait_until(lambda: JobRun.objects.get(pk=run.pk).done > 0, "progress shown")
    JobRun.objects.filter(pk=run.pk).update(worker="another")
    thread.join(timeout=60)

    run.refresh_from_db()
    assert (run.state, run.worker, probes.steps_of(run)) == (JobRun.State.RUNNING, "another", [])
