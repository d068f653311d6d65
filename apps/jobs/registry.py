"""`@job`: the only way to run in the background, and the list of everything that can."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery.schedules import crontab

from apps.jobs import outbox
from apps.jobs.models import JobRun
from apps.jobs.running import Work, execute

JOBS: dict[str, "Job"] = {}


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs in the background. It is done at least once: it must find out what is left to do.

    `by_hand`: offered as "Run now" (it takes no arguments). `is_single`: two open runs of it never exist.
    `given_up`: told when a run has ended failed or cancelled, also when the function never saw it end (cancelled while
    it waited, the requester may not sign in any more, its worker died too often): puts the subject's state in order.
    """

    key: str
    title: str
    work: Work
    every: crontab | timedelta | None = None
    max_attempts: int = 3
    is_single: bool = False
    by_hand: bool = False
    given_up: Callable[[JobRun], None] | None = None

    def __call__(self, *args: Any, **arguments: Any) -> str | None:
        return self.work(*args, **arguments)

    def later(self, *, by: Any, subject: str = "", title: str = "", only_one: str = "", **arguments: Any) -> JobRun:
        """A run in a worker, as soon as this transaction is committed; or the open run with the same `only_one`."""
        return outbox.put(**self._facts(by, subject, title, only_one, arguments))

    def now(self, *, by: Any, subject: str = "", title: str = "", only_one: str = "", **arguments: Any) -> JobRun:
        """The same run in this process. How it ended is in the record that comes back; nothing is raised."""
        record = outbox.put(**self._facts(by, subject, title, only_one, arguments), is_sent=False)
        self.execute(record.pk)
        record.refresh_from_db()
        return record

    def execute(self, run_id: int) -> None:
        execute(run_id, self.work, given_up=self.given_up)

    def _facts(self, by: Any, subject: str, title: str, only_one: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {
            "job": self.key,
            "title": (title or self.title)[:200],
            "requester": by,
            "subject": subject,
            "only_one": only_one or (self.key if self.is_single else ""),
            "max_attempts": self.max_attempts,
            "arguments": arguments,
        }


def job(
    *,
    title: str,
    key: str = "",
    every: crontab | timedelta | None = None,
    max_attempts: int = 3,
    only_one: bool = False,
    by_hand: bool = False,
    given_up: Callable[[JobRun], None] | None = None,
) -> Callable[[Work], Job]:
    """Registers a function `(run, **arguments) -> outcome sentence` as a job. A scheduled job is single by itself."""

    def register(work: Work) -> Job:
        the_key = key or default_key(work)
        if the_key in JOBS and JOBS[the_key].work.__qualname__ != work.__qualname__:
            raise LookupError(f"Two jobs have the key {the_key}.")
        single = only_one or every is not None
        JOBS[the_key] = Job(the_key, title, work, every, max_attempts, single, by_hand, given_up)
        return JOBS[the_key]

    return register


def default_key(work: Work) -> str:
    """`expire_enrollments` of `apps.enrollments.tasks` is `enrollments.expire_enrollments`."""
    package = work.__module__.removesuffix(".tasks").removeprefix("apps.")
    return f"{package}.{work.__name__}"


def find_job(key: str) -> Job:
    """Raises `LookupError` for a key no job has."""
    if key not in JOBS:
        raise LookupError(f"There is no job called {key}.")
    return JOBS[key]
