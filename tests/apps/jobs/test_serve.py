"""The process tree of `make run`: it answers, keeps its children alive, and ends with every one of them."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client

from apps.jobs.models import JobRun, Pulse
from tests.recipes import jobs
from tests.support.processes import descendants, is_alive, program, wait_until


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def serve(port: int, folder: Path) -> Any:
    arguments = ("backoffice.serve", "--port", str(port), "--web-processes", "1", "--worker-processes", "1")
    return program(*arguments, log=folder / "serve.log", VAR_DIR=str(folder / "var"), DEBUG="1")


def commands(pids: list[int]) -> dict[int, str]:
    listing = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    lines = (line.strip().split(" ", 1) for line in listing.splitlines())
    return {int(pid): words for pid, words in lines if int(pid) in pids}


def child_with(word: str, parent: int) -> int | None:
    found = [pid for pid, words in commands(descendants(parent)).items() if f" {word} " in f"{words} "]
    return min(found, default=None)


@pytest.mark.django_db(transaction=True)
def test_it_answers_starts_again_what_dies_and_ends_with_every_process(free_port: int, tmp_path: Path) -> None:
    with serve(free_port, tmp_path) as process:
        wait_until(lambda: answers(free_port), "it answers")
        wait_until(lambda: child_with("beat", process.pid) is not None, "the scheduler runs")
        scheduler = child_with("beat", process.pid)
        assert scheduler is not None
        os.kill(scheduler, signal.SIGKILL)
        wait_until(lambda: child_with("beat", process.pid) not in (None, scheduler), "another scheduler runs")
        tree = descendants(process.pid)

        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)

    said = (tmp_path / "serve.log").read_text()
    assert (code, [pid for pid in tree if is_alive(pid)]) == (0, [])
    assert f"Backoffice is running at http://127.0.0.1:{free_port}/admin/" in said
    assert "The scheduler ended by itself (-9); it is started again." in said
    assert "Backoffice has stopped." in said
    assert len(tree) >= 5


@pytest.mark.django_db(transaction=True)
def test_killed_without_warning_it_leaves_no_process_behind(free_port: int, tmp_path: Path) -> None:
    with serve(free_port, tmp_path) as process:
        wait_until(lambda: answers(free_port), "it answers")
        wait_until(lambda: child_with("worker", process.pid) is not None, "the worker runs")
        tree = descendants(process.pid)

        process.kill()
        process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in tree), "every process has ended")

    assert not answers(free_port)


def test_a_port_in_use_is_said_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = subprocess.run(
            [sys.executable, "-m", "backoffice.serve", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env={**os.environ, "VAR_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert ended.returncode == 1
    assert f"Something else is using port {port}." in ended.stdout


def everything_runs() -> None:
    for name in (Pulse.SCHEDULER, Pulse.WORKER):
        Pulse.objects.create(name=name, seen_at=Now())


@pytest.mark.django_db
def test_it_is_ready_when_everything_works_and_tells_strangers_no_more(client: Client) -> None:
    everything_runs()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.django_db
def test_it_is_not_ready_without_a_scheduler_and_tells_administrators_why(client: Client, administrator: Any) -> None:
    everything_runs()
    Pulse.objects.filter(name=Pulse.SCHEDULER).delete()

    for_strangers = client.get("/readyz")
    client.force_login(administrator)
    for_administrators = client.get("/readyz")

    assert (for_strangers.status_code, for_strangers.json()) == (503, {"status": "not ready"})
    assert for_administrators.json()["checks"] == {
        "database": True,
        "migrations": True,
        "scheduler": False,
        "worker": True,
        "queue": True,
    }


@pytest.mark.django_db
def test_it_is_not_ready_while_work_waits_too_long(client: Client) -> None:
    everything_runs()
    old = jobs.job_run.make()
    JobRun.objects.filter(pk=old.pk).update(created_at="2020-01-01T00:00:00Z")

    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_it_lives_without_asking_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert answer.content == b"ok"
