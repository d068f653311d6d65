"""The outbox: a run is a committed row first and a message second, so a broker that is down delays and never loses."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from apps.jobs.models import JobRun

logger = logging.getLogger(__name__)
# How long a person may wait for a broker that is silent: for the connection, and for its first answer.
PATIENCE_SECONDS = 2
PATIENCE = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}


def put(*, slot: datetime | None = None, only_one: str = "", is_sent: bool = True, **facts: Any) -> JobRun:
    """A queued run with these facts, sent to a worker once it is committed; or the open run that is in its way."""
    try:
        with transaction.atomic():
            record = JobRun.objects.create(slot=slot, only_one=only_one, **facts)
    except IntegrityError:
        in_the_way = Q(only_one=only_one, state__in=JobRun.OPEN_STATES) if only_one else Q(pk=None)
        if slot:
            in_the_way |= Q(job=facts["job"], slot=slot)
        if (found := JobRun.objects.filter(in_the_way).first()) is None:
            raise
        return found
    if is_sent:
        send_on_commit(record)
    return record


def send_on_commit(record: JobRun) -> None:
    transaction.on_commit(partial(send, record.pk), robust=True)


def send(run_id: int) -> bool:
    """Wakes a worker for this run. A broker that does not answer is not waited for: the sweeper sends it later."""
    with current_app.connection_for_write(connect_timeout=PATIENCE_SECONDS, transport_options=PATIENCE) as broker:
        failures = (OperationalError, OSError, *broker.connection_errors, *broker.channel_errors)
        try:
            broker.ensure_connection(max_retries=0)
            current_app.send_task("apps.jobs.tasks.execute_run", [run_id], connection=broker, retry=False)
        except failures as error:  # type: ignore[misc]
            logger.warning("Job run %s stays in the outbox: %s", run_id, error)
            return False
    JobRun.objects.filter(pk=run_id).update(sent_at=Now())
    return True
