"""Running one job: take its row, run it as its requester, end it once."""

import logging
import mmap
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import nullcontext
from typing import Any, TypeVar
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from apps.audit.recording import operation
from apps.jobs.models import JobLogLine, JobRun
from apps.jobs.progress import Progress, lease_end

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
Work = Callable[..., str | None]
State = JobRun.State

ended_hooks: list[Callable[[JobRun], None]] = []
"""Filled by upper apps: each is told of every run that has ended for good, whichever way."""

# One byte of memory that a worker shares with the processes it forks: set once the worker is asked to stop.
_stopping = mmap.mmap(-1, 1)


class JobStopped(Exception):
    """The run must end now. A job that catches this puts its own rows in order and raises it again."""


class JobCancelled(JobStopped):
    """A person asked for it: take back what is half done."""


class JobInterrupted(JobStopped):
    """The worker is being stopped: leave what is done, the run goes on in another worker."""


class JobLost(JobStopped):
    """Another worker has taken the run: write nothing more."""


class Run:
    """What a job sees of its own run."""

    def __init__(self, record: JobRun, progress: Progress) -> None:
        self.record = record
        self._progress = progress

    @property
    def requester(self) -> Any:
        """The person it is done for, whose rights hold; None for a schedule."""
        return self.record.requester

    def report(self, done: int, total: int | None = None, stage: str = "") -> None:
        """How far it is: cheap enough for every row. Raises `JobStopped` when the run must end."""
        self._progress.done = done
        self._progress.total = self._progress.total if total is None else total
        self._progress.stage = stage or self._progress.stage
        self._progress.tick()
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        if self._progress.is_lost:
            raise JobLost
        if self._progress.is_cancelled:
            raise JobCancelled
        if _stopping[0]:
            raise JobInterrupted

    def track(self, items: Iterable[Item], total: int | None = None) -> Iterator[Item]:
        """The items one by one, each reported once it is done."""
        if total is None and isinstance(items, QuerySet):
            total = items.count()
        elif total is None and isinstance(items, Sized):
            total = len(items)
        self.report(0, total)
        for number, item in enumerate(items, start=1):
            yield item
            self.report(number)

    def count(self, **numbers: int) -> None:
        """Adds to the figures of the result; they start at zero at each attempt."""
        self._progress.counts.update(numbers)

    def log(self, text: str, level: str = JobLogLine.Level.INFO) -> None:
        self._progress.add_line(text, level)

    def warn(self, text: str) -> None:
        self.log(text, JobLogLine.Level.WARNING)


def stop_at_next_report() -> None:
    """Called when the worker is asked to stop: its jobs end at their next report and go on elsewhere."""
    _stopping[0] = 1


def claim(run_id: int) -> JobRun | None:
    """Takes the run for this process, or None when it has ended or another worker has it."""
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:12]}"
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now())
    taken = JobRun.objects.filter(free, pk=run_id, attempts__lt=F("max_attempts")).update(
        state=State.RUNNING,
        worker=worker,
        lease_until=lease_end(),
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", Now()),
    )
    return JobRun.objects.select_related("requester").get(pk=run_id) if taken else None


def execute(run_id: int, work: Work, *, given_up: Callable[[JobRun], None] | None = None) -> None:
    """Runs the job of this row if nobody else does; `given_up` is told when it ends failed or cancelled."""
    if (record := claim(run_id)) is None:
        return
    progress = Progress(record)
    state: State | None
    with progress.kept():
        if record.requester and not record.requester.is_active:
            state, outcome = State.FAILED, f"Not done: {record.requester} may not sign in any more."
        else:
            state, outcome = _attempt(Run(record, progress), work)
    if not progress.is_nested:
        connection.close_if_unusable_or_obsolete()
    if state == State.QUEUED:
        progress.write(state=state, worker="", lease_until=None, sent_at=None, outcome=outcome)
    elif state:
        progress.write(state=state, outcome=outcome, finished_at=Now(), lease_until=None)
    if given_up and state in (State.FAILED, State.CANCELLED) and not progress.is_lost:
        record.refresh_from_db()
        with operation(by=record.requester, channel="job"):
            given_up(record)
    if state and state != State.QUEUED and not progress.is_lost:
        tell_ended(record)


def tell_ended(record: JobRun) -> None:
    """Passes a run that has ended on to whoever wants to know."""
    record.refresh_from_db()
    for hook in ended_hooks:
        hook(record)


def _attempt(run: Run, work: Work) -> tuple[State | None, str]:
    """The state the run is in after this attempt, and the sentence about it; no state when it is not ours any more."""
    record = run.record
    try:
        nested = transaction.atomic() if connection.in_atomic_block else nullcontext()
        asked = operation(
            by=record.requester, channel="job", ip_address=record.ip_address, request_id=record.request_id
        )
        with asked, nested:
            outcome = work(run, **record.arguments)
    except JobCancelled:
        return State.CANCELLED, "Cancelled."
    except JobInterrupted:
        JobRun.objects.filter(pk=record.pk, worker=record.worker).update(attempts=F("attempts") - 1)
        return State.QUEUED, "Interrupted because the worker was stopped; it goes on by itself."
    except JobLost:
        logger.warning("Job run %s was taken by another worker.", record.pk)
        return None, ""
    except ValidationError as refused:
        return State.FAILED, " ".join(refused.messages)
    except (OperationalError, InterfaceError) as error:
        logger.warning("Job run %s: the database did not do its part: %s", record.pk, error)
        if record.attempts < record.max_attempts:
            return State.QUEUED, "The database did not answer in time; it is tried again by itself."
        return State.FAILED, "The database did not answer in time, several times. Try again later."
    except Exception:
        logger.exception("Job run %s (%s) failed.", record.pk, record.job)
        return State.FAILED, f"Something went wrong on our side. The log calls it job run {record.pk}."
    return State.SUCCEEDED, outcome or "Done."
