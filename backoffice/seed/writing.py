"""Writing many rows at once, with their history, in the change set that is open."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.db.models import F, Model
from django.db.models.functions import Coalesce

from apps.audit.set_based import record_history

BATCH = 2000


@dataclass(frozen=True)
class World:
    """What everything made up depends on: the day it is, the seed, and how much of it there is (1.0 is all)."""

    today: date
    seed: int
    scale: float = 1.0

    @cached_property
    def now(self) -> datetime:
        """The first moment of today; nothing made up happens later."""
        return datetime.combine(self.today, time.min, UTC)

    def dice(self, step: str) -> random.Random:
        """The chance of one step, independent of what other steps draw."""
        return random.Random(f"{self.seed} {step}")

    def many(self, number: int) -> int:
        return max(1, round(number * self.scale))

    def moment(self, dice: random.Random, *, days_ago: tuple[float, float]) -> datetime:
        """A moment between so many days ago, at a whole second."""
        return self.now - timedelta(seconds=round(dice.uniform(*days_ago) * 86_400))


def write_all(records: Sequence[Model], *, touched: str = "created_at") -> None:
    """Inserts the records and their history; each was last updated at the moment in the field `touched`."""
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        model = type(batch[0])
        model._base_manager.bulk_create(batch)
        ids = [record.pk for record in batch]
        if hasattr(model, "updated_at"):
            moment = Coalesce(F(touched), F("created_at"))
            model._base_manager.filter(pk__gte=ids[0], pk__lte=ids[-1]).update(updated_at=moment)
        record_history(model, ids, "+")
