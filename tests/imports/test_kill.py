"""A worker killed at any moment of an apply: started again, there is one complete effect."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.support.answering import postgresql
from tests.support.needs import missing

IMPORTS = 5
KILLS_EACH = 2
ROWS = 3_000
LEASE_SECONDS = 2
Process = Callable[..., "subprocess.Popen[str]"]


def processes(environment: dict[str, str]) -> Process:
    """Starts `killed_apply` in a process of its own, on the database of this environment."""

    def start(*arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.imports.killed_apply", *map(str, arguments)]
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def environment_of(folder: Path, url: str) -> dict[str, str]:
    environment = {
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
        "DATABASE_URL": url,
        "VAR_DIR": str(folder),
        "BROKER_URL": "memory://",
        "DEBUG": "1",
        "SECRET_KEY": "only-for-tests",
        "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )
    return environment


@pytest.fixture
def on_sqlite(tmp_path: Path, migrated_file: Path | None) -> Process:
    database = tmp_path / "killed.sqlite3"
    if migrated_file:
        shutil.copy(migrated_file, database)
    return processes(environment_of(tmp_path, f"sqlite:///{database}"))


@pytest.fixture
def on_postgresql(tmp_path: Path) -> Iterator[Process]:
    server, reasons = postgresql()
    if not server:
        missing(reasons)
    name = f"killed_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield processes(environment_of(tmp_path, f"{server.rpartition('/')[0]}/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ended(process: "subprocess.Popen[str]") -> Any:
    said, complaint = process.communicate(timeout=240)
    assert process.returncode == 0, complaint[-3000:]
    return json.loads(said.strip().splitlines()[-1])


def kill_and_restart(start: Process, what: str = "courses", number: int = IMPORTS) -> None:
    """Imports of this kind, each killed twice; while the lease of one runs out, the next one is killed."""
    dice = random.Random(7)
    whole, *begun = ended(start("begin", what, "W", *(f"R{at}" for at in range(number))))
    jobs, runs = [one["job"] for one in begun], [one["run"] for one in begun]
    seconds = ended(start("work", whole["run"]))
    killed_at = dict.fromkeys(runs, 0.0)
    interrupted = 0
    for run in runs * KILLS_EACH:
        time.sleep(max(0.0, killed_at[run] + LEASE_SECONDS + 0.5 - time.monotonic()))
        worker = start("work", run)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(dice.uniform(0, seconds / KILLS_EACH))
        interrupted += worker.poll() is None
        worker.kill()
        worker.communicate()
        killed_at[run] = time.monotonic()
    time.sleep(LEASE_SECONDS + 0.5)

    ended(start("work", *runs))

    courses, lessons = (ROWS, 0) if what == "courses" else (ROWS // 30, ROWS // 30 * 28)
    complete = {
        "status": "applied",
        "courses": courses,
        "history": courses,
        "lessons": lessons,
        "lesson_history": lessons,
        "applied": ROWS,
        "change_sets": 1,
        "runs": 0,
    }
    assert ended(start("look", *jobs)) == [complete] * number
    assert interrupted > number, "Most kills must come while the apply is being written."


def test_an_apply_killed_at_ten_random_moments_has_one_complete_effect_each_time(on_sqlite: Process) -> None:
    kill_and_restart(on_sqlite)


def test_a_workbook_killed_between_its_sheets_or_within_one_is_applied_once_and_completely(on_sqlite: Process) -> None:
    kill_and_restart(on_sqlite, "workbook", 2)


@pytest.mark.services
def test_on_postgresql_a_workbook_that_was_killed_is_applied_once_and_completely(on_postgresql: Process) -> None:
    kill_and_restart(on_postgresql, "workbook", 2)


@pytest.mark.services
def test_on_postgresql_an_apply_killed_at_ten_random_moments_has_one_complete_effect_each_time(
    on_postgresql: Process,
) -> None:
    kill_and_restart(on_postgresql)
