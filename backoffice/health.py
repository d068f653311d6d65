"""Two questions a supervisor asks: does the web process live, and is the whole program ready to work?"""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.jobs.models import JobRun, Pulse

PULSE_LIMIT = timedelta(seconds=60)
QUEUE_LIMIT = timedelta(minutes=10)


def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """This process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything works, otherwise 503. What is wrong is told to administrators only."""
    try:
        answers = {name: check() for name, check in CHECKS.items()}
        may_see = request.user.is_authenticated and request.user.is_superuser
    except DatabaseError:
        answers, may_see = {"database": False}, False
    is_ready = all(answers.values())
    body: dict[str, object] = {"status": "ready" if is_ready else "not ready"}
    if may_see:
        body["checks"] = answers
    return JsonResponse(body, status=200 if is_ready else 503)


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def scheduler_runs() -> bool:
    return Pulse.objects.filter(name=Pulse.SCHEDULER, seen_at__gte=Now() - PULSE_LIMIT).exists()


def worker_runs() -> bool:
    return Pulse.objects.filter(name=Pulse.WORKER, seen_at__gte=Now() - PULSE_LIMIT).exists()


def queue_moves() -> bool:
    """Nothing that waits for its first attempt has waited too long."""
    waiting = JobRun.objects.filter(state=JobRun.State.QUEUED, attempts=0)
    return not waiting.filter(created_at__lt=Now() - QUEUE_LIMIT).exists()


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "scheduler": scheduler_runs,
    "worker": worker_runs,
    "queue": queue_moves,
}
