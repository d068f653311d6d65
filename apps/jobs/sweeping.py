"""The sweeper: finds runs whose message or worker was lost. It runs inside every worker and needs no broker."""

import logging
import threading
from datetime import timedelta

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.jobs import outbox
from apps.jobs.models import JobRun, Pulse
from apps.jobs.running import stop_at_next_report, tell_ended
from apps.jobs.services import tell_given_up

logger = logging.getLogger(__name__)
State = JobRun.State
MOST_AT_ONCE = 100
# A row just committed is about to be sent by whoever made it; a message this old has been lost, or its queue is long.
SENDER_SECONDS = 5
MESSAGE_SECONDS = 60
_over = threading.Event()


def sweep(*, is_start: bool = False) -> int:
    """Sends what was never sent or lost its worker, ends what was tried too often; returns how many runs it touched.

    `is_start` sends everything that waits: messages may have been lost while no worker ran. One too many does no harm.
    """
    ended = end_hopeless_runs()
    unsent = Q(sent_at=None, created_at__lt=Now() - timedelta(seconds=SENDER_SECONDS))
    lost = Q(sent_at__lt=Now() - timedelta(seconds=MESSAGE_SECONDS))
    waiting = Q(state=State.QUEUED) if is_start else Q(state=State.QUEUED) & (unsent | lost)
    orphaned = Q(state=State.RUNNING, lease_until__lt=Now()) & (
        lost | Q(sent_at=None) | Q(sent_at__lt=F("lease_until"))
    )
    due = list(JobRun.objects.filter(waiting | orphaned).order_by("created_at")[:MOST_AT_ONCE])
    for run in due:
        if not outbox.send(run.pk):
            break
    return ended + len(due)


def end_hopeless_runs() -> int:
    """Runs whose worker died as often as they may be tried fail for good."""
    dead = Q(lease_until=None) | Q(lease_until__lt=Now())
    hopeless = JobRun.objects.filter(dead, state__in=JobRun.OPEN_STATES, attempts__gte=F("max_attempts"))
    number = 0
    for run in hopeless.order_by("pk")[:MOST_AT_ONCE]:
        outcome = f"Given up: its worker stopped without a word {run.attempts} times."
        if hopeless.filter(pk=run.pk).update(
            state=State.FAILED, outcome=outcome, finished_at=Now(), lease_until=None, worker=""
        ):
            number += 1
            run.refresh_from_db()
            tell_given_up(run)
            tell_ended(run)
    return number


def show_pulse(name: str) -> None:
    """Notes by the clock of the database that this part of the program is alive."""
    Pulse.objects.bulk_create(
        [Pulse(name=name, seen_at=Now())], update_conflicts=True, unique_fields=["name"], update_fields=["seen_at"]
    )


@worker_ready.connect
def start_sweeping(**kwargs: object) -> None:  # noqa: ARG001
    _over.clear()
    threading.Thread(target=_sweep_on, name="sweeper", daemon=True).start()


@worker_shutting_down.connect
def stop_sweeping(**kwargs: object) -> None:  # noqa: ARG001
    _over.set()
    stop_at_next_report()


def _sweep_on() -> None:
    """In a thread, so that a busy worker sweeps too. The connection is closed each time: the worker may fork."""
    is_start = True
    while not _over.is_set():
        try:
            show_pulse(Pulse.WORKER)
            sweep(is_start=is_start)
            is_start = False
        except Exception:
            logger.exception("The sweeper could not do its round.")
        finally:
            connection.close()
        _over.wait(settings.JOB_SWEEP_SECONDS)
