"""The scheduler of `celery beat`: writes the run of each due slot into the database, with or without a broker."""

import logging
import time
from typing import Any

from django.db import DatabaseError, close_old_connections
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from apps.jobs.models import Pulse
from apps.jobs.schedules import TASK, begin_slot, create_missing_schedules
from apps.jobs.sweeping import show_pulse

logger = logging.getLogger(__name__)
PULSE_SECONDS = 10


class ScheduleEntry(ModelEntry):
    def save(self) -> None:
        """Notes the run without touching what people may be changing, and without a version in the history."""
        PeriodicTask.objects.filter(pk=self.model.pk).update(
            last_run_at=self.model.last_run_at, total_run_count=self.model.total_run_count
        )


class SlotScheduler(DatabaseScheduler):
    """One slot is one row, whoever asks first; a slot missed while nothing ran is done once when it is back."""

    Entry = ScheduleEntry
    producer = None
    _pulse_at = 0.0

    def setup_schedule(self) -> None:
        create_missing_schedules()

    def enabled_models_qs(self) -> Any:
        """All of them: the library leaves out those whose hour is far, and with them the slots that were missed."""
        return self.Model.objects.enabled().filter(task=TASK).select_related("crontab", "interval")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self._pulse_at >= PULSE_SECONDS:
            close_old_connections()
            try:
                show_pulse(Pulse.SCHEDULER)
                self._pulse_at = time.monotonic()
            except DatabaseError as error:
                logger.warning("The scheduler could not write its pulse: %s", error)
        wait: float = super().tick(*args, **kwargs)
        return wait

    def apply_entry(self, entry: Any, producer: Any = None) -> None:  # noqa: ARG002
        try:
            begin_slot(entry.name)
        except DatabaseError as error:
            logger.warning("%s could not be started and is tried again: %s", entry.name, error)
            self._dirty.discard(entry.name)
