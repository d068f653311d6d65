"""Schedules: when a job is due, as rows that people may change and that are only ever created by us."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from apps.jobs import outbox
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS, Job

TASK = "apps.jobs.tasks.run_scheduled"
FARTHEST_DAYS = 366 * 8
# The scheduler and this process may disagree about the time by this much without losing a slot.
SKEW = timedelta(seconds=5)


def our_schedules() -> Any:
    """The schedule rows of jobs that this version of the program knows."""
    return PeriodicTask.objects.filter(task=TASK, name__in=JOBS).select_related("crontab", "interval")


def show_as_job() -> None:
    """Wherever a schedule is named, on screens and in the history, it bears the title of its job."""
    PeriodicTask.__str__ = lambda row: row.description or row.name


def create_missing_schedules() -> None:
    """Gives each scheduled job its row when it has none; one that is there is never touched."""
    scheduled = {key: job for key, job in JOBS.items() if job.every is not None}
    present = set(PeriodicTask.objects.filter(name__in=scheduled).values_list("name", flat=True))
    for key, job in scheduled.items():
        if key not in present:
            row = PeriodicTask(name=key, task=TASK, args=json.dumps([key]), description=job.title)
            set_rhythm(row, job.every)
            row.skip_history_when_saving = True
            row.save()


def set_rhythm(row: PeriodicTask, every: crontab | timedelta | None) -> None:
    """Points the row at this rhythm. Rhythms are shared between rows and therefore never changed themselves."""
    row.crontab = row.interval = None
    if isinstance(every, timedelta):
        row.interval = IntervalSchedule.objects.get_or_create(**interval_facts(every))[0]
    elif every is not None:
        row.crontab = CrontabSchedule.objects.get_or_create(**crontab_facts(every))[0]


def interval_facts(every: timedelta) -> dict[str, Any]:
    return {"every": int(every.total_seconds()), "period": IntervalSchedule.SECONDS}


def crontab_facts(every: crontab) -> dict[str, Any]:
    names = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    return {**dict(zip(names, cron_fields(every).split(), strict=True)), "timezone": settings.TIME_ZONE}


def cron_fields(rhythm: crontab) -> str:
    """The five fields of cron: minute, hour, day of month, month, day of week."""
    names = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    fields = (getattr(rhythm, f"_orig_{name}") for name in names)
    return " ".join(re.sub(r"\s", "", str(value)) for value in fields)


def words_of(row: PeriodicTask) -> str:
    """When it runs, in words."""
    if row.interval:
        seconds = int(row.interval.schedule.run_every.total_seconds())
        for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
            if seconds % size == 0:
                number = seconds // size
                return f"Every {unit}" if number == 1 else f"Every {number:,} {unit}s"
    if not row.crontab:
        return "Never"
    words = str(row.crontab.human_readable)
    is_daily = {row.crontab.day_of_month, row.crontab.month_of_year, row.crontab.day_of_week} == {"*"}
    if row.crontab.hour == "*" and row.crontab.minute.isdigit() and is_daily:
        return f"Every hour, {row.crontab.minute} minutes past"
    return f"Every day at {words[3:]}" if is_daily and words.startswith("At ") else words


def built_in_words(job: Job) -> str:
    """When the job runs where nobody has changed it, in words."""
    row = PeriodicTask()
    if isinstance(job.every, timedelta):
        row.interval = IntervalSchedule(**interval_facts(job.every))
    elif job.every is not None:
        row.crontab = CrontabSchedule(**crontab_facts(job.every))
    return words_of(row)


def next_slot(row: PeriodicTask) -> datetime | None:
    """The next moment it is due, None while it is switched off."""
    if not row.enabled or not (row.crontab or row.interval):
        return None
    now = timezone.now()
    remaining: timedelta = row.schedule.remaining_estimate(row.last_run_at or row.date_changed)
    return max(now, now + remaining)


def last_slot(rhythm: Any, now: datetime) -> datetime:
    """The latest moment, up to now, at which this rhythm was due: two schedulers name the same one.

    A local time that a clock change skips counts as the moment after the gap, one that happens twice as the first.
    """
    if hasattr(rhythm, "run_every"):
        seconds = max(1, int(rhythm.run_every.total_seconds()))
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    zone = getattr(rhythm, "tz", None) or timezone.get_default_timezone()
    for day in _days_back(rhythm, now.astimezone(zone).date()):
        for hour in sorted(rhythm.hour, reverse=True):
            for minute in sorted(rhythm.minute, reverse=True):
                moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
                if moment <= now:
                    return moment
    raise LookupError("This rhythm was never due.")


def _days_back(rhythm: Any, start: date) -> Iterator[date]:
    for number in range(FARTHEST_DAYS):
        day = start - timedelta(days=number)
        is_weekday = day.isoweekday() % 7 in rhythm.day_of_week
        if is_weekday and day.day in rhythm.day_of_month and day.month in rhythm.month_of_year:
            yield day


def begin_slot(key: str) -> JobRun | None:
    """The run of the slot that is due now, made once however often it is asked for; None when it is switched off."""
    row = our_schedules().filter(name=key, enabled=True).first()
    if row is None:
        return None
    the_job: Job = JOBS[key]
    return outbox.put(
        job=key,
        title=the_job.title,
        requester=None,
        max_attempts=the_job.max_attempts,
        only_one=key if the_job.is_single else "",
        slot=last_slot(row.schedule, timezone.now() + SKEW),
    )
