"""A process killed in the middle of its work: from one statement on it says nothing more to the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from imports import tasks as imports
from imports.models import ImportJob

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOST_RUNS = 20


class Killed(BaseException):
    """Nothing catches it, as nothing catches a signal that kills."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """What is done inside ends before this statement, if it comes that far; 0 is never."""
    said = 0

    def count(execute: Callable[..., Any], *said_with: Any) -> Any:
        nonlocal said
        said += 1
        if statement and said >= statement:
            raise Killed
        return execute(*said_with)

    try:
        with connection.execute_wrapper(count):
            yield
    except Killed:
        pass


def work_until_done(subject: str, *, kills: tuple[int, ...] = ()) -> None:
    """What workers do with the runs about this subject: each attempt but the last ones is killed at its statement."""
    left = list(kills)
    for _ in range(MOST_RUNS):
        run = JobRun.objects.filter(subject=subject, state__in=JobRun.OPEN_STATES).order_by("pk").first()
        if run is None:
            if not left_by_its_run(subject):
                return
            imports.tidy_imports.now(by=None)
            continue
        JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING).update(lease_until=LONG_AGO)
        with killed_at(left.pop(0) if left else 0):
            JOBS[run.job].execute(run.pk)
    raise AssertionError(f"The runs about {subject} come to no end.")


def left_by_its_run(subject: str) -> bool:
    """Whether the import waits for a run that ended without a word to it; then that was long ago."""
    busy = (ImportJob.Status.PLANNING, ImportJob.Status.APPLYING, ImportJob.Status.UNDOING)
    waiting = ImportJob.objects.filter(pk=subject.partition(":")[2], status__in=busy)
    JobRun.objects.filter(pk__in=waiting.values("run")).update(finished_at=LONG_AGO)
    return waiting.exists()
