"""The work a worker process would do, done beside a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection

from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS


@contextmanager
def worker() -> Iterator[None]:
    """Takes what is queued from the database, as a worker process does, on a thread and a connection of its own."""
    over = Event()

    def work() -> None:
        while not over.is_set():
            for run in JobRun.objects.filter(state=JobRun.State.QUEUED):
                JOBS[run.job].execute(run.pk)
            sleep(0.1)
        connection.close()

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=30)


@pytest.fixture
def running_worker(transactional_db: None) -> Iterator[None]:
    with worker():
        yield
