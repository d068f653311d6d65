"""When periods end. All of it is reckoned in UTC, so that no change of the clocks makes a period longer or shorter."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)


def period_end(starts_at: datetime, months: int, anchor_day: int) -> datetime:
    """The same time of day this many months later, on the anchor day or, where there is none, the month's last.

    The anchor is the day on which the first period began: 31 January is followed by 28 February and by 31 March.
    """
    start = starts_at.astimezone(UTC)
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(anchor_day, monthrange(years, month + 1)[1])
    return start.replace(year=years, month=month + 1, day=day)


def days_in(starts_at: datetime, ends_at: datetime) -> int:
    """The days of a period; one that has begun counts whole, and there is at least one."""
    return max(1, -((starts_at - ends_at) // DAY))


def unused_days(ends_at: datetime, now: datetime) -> int:
    """The whole days that are left; the one that has begun is used."""
    return max(0, (ends_at - now) // DAY)


def day_of(moment: datetime) -> int:
    """The day of the month, in UTC."""
    return moment.astimezone(UTC).day


def month_number(day: date) -> int:
    """The month of a day as a number that grows by one a month."""
    return day.year * 12 + day.month
