"""What a running job says about itself, and the lease it keeps by saying it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from apps.jobs.models import JobLogLine, JobRun

logger = logging.getLogger(__name__)
MAX_LOG_LINES = 1_000
# SQLite has one writer at a time, and whoever waits for it looks again every tenth of a second.
TURN_SECONDS, PAUSE_SECONDS = 1.0, 0.11


def lease_end() -> CombinedExpression:
    """The moment a lease given now ends, by the clock of the database: the clocks of workers may differ."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


class Progress:
    """Progress, counts and log lines of one attempt, written a few times per lease.

    On PostgreSQL a thread writes them over a connection of its own, so that a long transaction keeps its lease, shows
    how far it is and can be cancelled. On SQLite, which has one writer at a time, and inside somebody else's
    transaction they are written in line, between the transactions of the job.
    """

    def __init__(self, record: JobRun) -> None:
        self.record = record
        self.done = 0
        self.total: int | None = None
        self.stage = ""
        self.counts: Counter[str] = Counter()
        self.is_lost = False
        self.is_cancelled = False
        self.is_nested = connection.in_atomic_block
        self.is_threaded = connection.vendor == "postgresql" and not self.is_nested
        self._lines: list[JobLogLine] = []
        self._lines_written = 0
        self._interval_seconds = min(1.0, settings.JOB_LEASE_SECONDS / 4)
        self._written_at = 0.0
        self._paused_at = time.monotonic()
        self._lock = threading.Lock()
        self._over = threading.Event()

    def add_line(self, text: str, level: str) -> None:
        self._lines_written += 1
        if self._lines_written > MAX_LOG_LINES:
            return
        if self._lines_written == MAX_LOG_LINES:
            text, level = "Further lines are left out.", JobLogLine.Level.WARNING
        with self._lock:
            self._lines.append(JobLogLine(run=self.record, text=text, level=level))

    def tick(self) -> None:
        """Writes in line when that is due and possible."""
        if self.is_threaded or (connection.in_atomic_block and not self.is_nested):
            return
        if time.monotonic() - self._written_at >= self._interval_seconds:
            self.write()
        if connection.vendor == "sqlite" and time.monotonic() - self._paused_at >= TURN_SECONDS:
            time.sleep(PAUSE_SECONDS)  # Back-to-back transactions would keep everybody else out.
            self._paused_at = time.monotonic()

    def write(self, **ending: Any) -> None:
        """Writes what is new and moves the lease on; `ending` ends the run. Finds out what others want of it."""
        with self._lock:
            lines, self._lines = self._lines, []
            values = {"done": self.done, "total": self.total, "stage": self.stage[:200], "counts": dict(self.counts)}
        self._written_at = time.monotonic()
        if not self._held().update(**{"lease_until": lease_end(), **values, **ending}):
            self.is_lost = True
            return
        JobLogLine.objects.bulk_create(lines)
        if not ending:
            self.is_cancelled = self._held().exclude(cancel_requested_at=None).exists()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """The lease is kept while this is open."""
        self.write()
        thread = threading.Thread(target=self._beat, name=f"lease of job run {self.record.pk}", daemon=True)
        if self.is_threaded:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            if self.is_threaded:
                thread.join()

    def _held(self) -> QuerySet[JobRun]:
        return JobRun.objects.filter(pk=self.record.pk, worker=self.record.worker, state=JobRun.State.RUNNING)

    def _beat(self) -> None:
        try:
            while not self._over.wait(self._interval_seconds) and not self.is_lost:
                try:
                    self.write()
                except DatabaseError as error:
                    logger.warning("The lease of job run %s could not be renewed: %s", self.record.pk, error)
                    connection.close()
        finally:
            connection.close()
