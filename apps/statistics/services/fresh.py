"""Holding the figures of a kind of subject while they are counted: one at a time, and all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils import timezone

from apps.statistics.models import Freshness


@dataclass
class Held:
    """A kind whose figures are being counted, as of this moment."""

    record: Freshness
    moment: datetime

    @property
    def day(self) -> date:
        return self.moment.astimezone(UTC).date()

    def done(self, **values: object) -> None:
        """Everything that had happened by this moment is in the figures."""
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.as_of = self.moment
        self.record.save()


@contextmanager
def held(key: str) -> Iterator[Held]:
    """One transaction. What fails inside leaves the old figures, with their old moment."""
    with transaction.atomic():
        Freshness.objects.get_or_create(pk=key)
        yield Held(Freshness.objects.select_for_update().get(pk=key), timezone.now())
