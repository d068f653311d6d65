"""Jobs made for these tests, and what they leave behind."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, transaction

from apps.jobs.models import JobLogLine, JobRun
from apps.jobs.registry import JOBS, Job, job
from apps.jobs.running import Run
from apps.records.rules import RuleBroken


@contextmanager
def temporary_job(work: Any, **facts: Any) -> Iterator[Job]:
    """A job that exists only in this test."""
    made = job(title="Try something", key=f"tests.{work.__name__}", **facts)(work)
    try:
        yield made
    finally:
        del JOBS[made.key]


def steps_of(run: JobRun) -> list[str]:
    """The steps a probe has done, each written in a transaction of its own."""
    return list(
        JobLogLine.objects.filter(run=run, text__startswith="step ").order_by("pk").values_list("text", flat=True)
    )


@job(title="Do ten steps", key="tests.steps")
def do_steps(run: Run, *, steps: int = 10, seconds: float = 0.2) -> str:
    """Finds out which steps are left, and does each in a transaction with its effect."""
    for number in range(steps):
        with transaction.atomic():
            _, is_new = JobLogLine.objects.get_or_create(run=run.record, text=f"step {number}")
            if is_new:
                time.sleep(seconds)
        run.report(number + 1, steps)
    return f"{steps} steps are done."


@job(title="Stay in one transaction", key="tests.transaction")
def stay_in_transaction(run: Run, *, seconds: float) -> str:
    """One long transaction, reporting as it goes."""
    with transaction.atomic():
        JobLogLine.objects.create(run=run.record, text="step inside")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.05)
            run.report(int((seconds - (end - time.monotonic())) * 100), int(seconds * 100))
    return "Stayed to the end."


@job(title="Divide by zero", key="tests.zero")
def divide_by_zero(run: Run) -> str:
    return str(1 / 0)


@job(title="Break a rule", key="tests.rule")
def break_a_rule(run: Run) -> str:
    raise RuleBroken("The course has no instructor.")


@job(title="Find the database locked", key="tests.locked")
def find_it_locked(run: Run) -> str:
    raise OperationalError("database is locked")


@job(title="Kill its own worker", key="tests.poison", max_attempts=2)
def be_poison(run: Run) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "Not reached."


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction that does not last."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
