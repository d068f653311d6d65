"""When a schedule is due: local times of its time zone as moments, across clock changes and the ends of months."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import IntegerChoices, TextChoices

LONGEST_DAYS = 63
"""No two due times are farther apart."""


class Cadence(TextChoices):
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"


class Weekday(IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


LAST_DAY = 31
IN_EVERY_MONTH = 28
DAYS = [
    *((day, str(day)) for day in range(1, IN_EVERY_MONTH + 1)),
    (29, "29, or the last day of a shorter month"),
    (30, "30, or the last day of a shorter month"),
    (LAST_DAY, "The last day"),
]


@dataclass(frozen=True)
class Rhythm:
    """A local time on every day, on one weekday, or on one day of the month or the last one of a shorter month."""

    cadence: str
    at: time
    zone: ZoneInfo
    weekday: int = Weekday.MONDAY
    day_of_month: int = 1

    def falls_on(self, day: date) -> bool:
        if self.cadence == Cadence.WEEKLY:
            return day.weekday() == self.weekday
        if self.cadence == Cadence.MONTHLY:
            return day.day == min(self.day_of_month, monthrange(day.year, day.month)[1])
        return True

    def __str__(self) -> str:
        return f"{self._days} at {self.at:%H:%M} ({self.zone.key.replace('_', ' ')})"

    @property
    def _days(self) -> str:
        if self.cadence == Cadence.WEEKLY:
            return f"Every {Weekday(self.weekday).label}"
        if self.cadence == Cadence.DAILY:
            return "Every day"
        if self.day_of_month == LAST_DAY:
            return "On the last day of every month"
        return f"On the {ordinal(self.day_of_month)} of every month"


def ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def next_due(rhythm: Rhythm, after: datetime) -> datetime:
    """The first due time after this moment."""
    today = after.astimezone(rhythm.zone).date()
    return next(moment for moment in _due_from(rhythm, today, 1) if moment > after)


def latest_due(rhythm: Rhythm, now: datetime) -> datetime:
    """The last due time up to this moment: the one that is made up for after a standstill."""
    today = now.astimezone(rhythm.zone).date()
    return next(moment for moment in _due_from(rhythm, today, -1) if moment <= now)


def _due_from(rhythm: Rhythm, today: date, step: int) -> Iterator[datetime]:
    """Due times day by day, from the day on that may lie on the other side of midnight."""
    days = (today + timedelta(days=step * number) for number in range(-1, LONGEST_DAYS))
    return (moment_on(day, rhythm.at, rhythm.zone) for day in days if rhythm.falls_on(day))


def moment_on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time: the first where it comes twice, the end of the gap where it is skipped."""
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before, after = (int(local.replace(fold=fold).astimezone(UTC).timestamp()) for fold in (1, 0))
    offset = moment.astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        is_past = datetime.fromtimestamp(middle, zone).utcoffset() == offset
        before, after = (before, middle) if is_past else (middle, after)
    return datetime.fromtimestamp(after, UTC)
