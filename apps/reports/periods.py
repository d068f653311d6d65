"""Periods that move with the day: "last month" means another month next month."""

from datetime import datetime, timedelta

from django.db.models import Q, TextChoices
from django.utils import timezone


class Period(TextChoices):
    LAST_7_DAYS = "last-7-days", "the last 7 days"
    LAST_30_DAYS = "last-30-days", "the last 30 days"
    LAST_90_DAYS = "last-90-days", "the last 90 days"
    THIS_MONTH = "this-month", "this month"
    LAST_MONTH = "last-month", "last month"
    THIS_YEAR = "this-year", "this year"
    LAST_12_MONTHS = "last-12-months", "this month and the 12 before"
    LONGER_AGO = "longer-ago", "more than 30 days ago, or never"
    NEXT_30_DAYS = "next-30-days", "the next 30 days"


def condition(path: str, period: str, now: datetime, *, is_day: bool) -> Q:
    """The rows whose moment (or day) lies in the period, as it is in the platform's time zone now."""
    if period == Period.LONGER_AGO:
        before = _as_stored(now - timedelta(days=30), is_day=is_day)
        return Q((f"{path}__lt", before)) | Q((f"{path}__isnull", True))
    begins, ends = (_as_stored(moment, is_day=is_day) for moment in bounds(Period(period), now))
    return Q((f"{path}__gte", begins), (f"{path}__lt", ends))


def bounds(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """From when on, and before when; a day that has begun counts to its end."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, month = today + timedelta(days=1), today.replace(day=1)
    days = {Period.LAST_7_DAYS: 7, Period.LAST_30_DAYS: 30, Period.LAST_90_DAYS: 90}
    if period in days:
        return tomorrow - timedelta(days=days[period]), tomorrow
    if period == Period.NEXT_30_DAYS:
        return today, tomorrow + timedelta(days=30)
    if period == Period.LAST_MONTH:
        return (month - timedelta(days=1)).replace(day=1), month
    starts = {
        Period.THIS_MONTH: month,
        Period.THIS_YEAR: month.replace(month=1),
        Period.LAST_12_MONTHS: month.replace(year=month.year - 1),
    }
    return starts[period], tomorrow


def _as_stored(moment: datetime, *, is_day: bool) -> object:
    return timezone.localtime(moment, timezone.get_default_timezone()).date() if is_day else moment
