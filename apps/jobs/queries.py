"""What screens show of runs and schedules."""

from datetime import timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.jobs.models import JobLogLine, JobRun, Pulse
from apps.jobs.registry import JOBS

SHOWN_LINES = 200
SEEN_LATELY = timedelta(seconds=60)


def progress_of(run: JobRun, *, after: int = 0) -> dict[str, Any]:
    """Everything a page shows of a run in progress, as JSON; of its log the lines after that number."""
    seconds = seconds_taken(run)
    rate = run.done / seconds if run.done and seconds and seconds >= 1 else None
    left = (run.total - run.done) / rate if rate and run.total and run.is_open else None
    return {
        "state": run.state,
        "state_words": run.get_state_display(),
        "is_open": run.is_open,
        "is_cancelling": bool(run.cancel_requested_at and run.is_open),
        "percent": run.percent,
        "amount": amount_words(run),
        "rate": f"{rate:,.0f} a second" if rate and rate >= 1 else "",
        "left": f"about {duration_words(left)} left" if left else "",
        "took": duration_words(seconds) if seconds is not None else "",
        "stage": run.stage or waiting_words(run),
        "outcome": run.outcome,
        "counts": counts_of(run),
        "lines": [line_facts(line) for line in log_lines(run, after=after)],
    }


def counts_of(run: JobRun) -> list[list[str]]:
    return [[name.replace("_", " "), f"{number:,}"] for name, number in run.counts.items()]


def amount_words(run: JobRun) -> str:
    if run.total:
        return f"{run.done:,} of {run.total:,}"
    return f"{run.done:,}" if run.done else ""


def waiting_words(run: JobRun) -> str:
    """Why a queued run has not begun."""
    if run.state != JobRun.State.QUEUED:
        return ""
    if Pulse.objects.filter(name=Pulse.WORKER, seen_at__gte=Now() - SEEN_LATELY).exists():
        return "Waiting for a worker to be free"
    return "No worker is running at the moment; it begins as soon as one does"


def seconds_taken(run: JobRun) -> float | None:
    """From the first beginning to the end, or to now."""
    if run.started_at is None:
        return None
    return max(0.0, ((run.finished_at or timezone.now()) - run.started_at).total_seconds())


def duration_words(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    whole = round(seconds)
    for size, unit, below in ((3_600, "h", 60), (60, "min", 1)):
        if whole >= size:
            first, rest = divmod(whole, size)
            smaller = rest // below
            return f"{first} {unit}" + (f" {smaller} {'min' if unit == 'h' else 's'}" if smaller else "")
    return f"{whole} s"


def log_lines(run: JobRun, *, after: int = 0) -> list[JobLogLine]:
    """The last lines, oldest first."""
    newest = run.log_lines.filter(pk__gt=after).order_by("-pk")[:SHOWN_LINES]
    return list(reversed(newest))


def line_facts(line: JobLogLine) -> dict[str, Any]:
    moment = date_format(timezone.localtime(line.written_at), "H:i:s")
    return {"number": line.pk, "level": line.level, "moment": moment, "text": line.text}


def subject_address(run: JobRun) -> str:
    """The page of what the run is about, when it has one: `imports.importjob:12` names a record of a screen."""
    name, _, key = run.subject.partition(":")
    try:
        return reverse(f"admin:{name.replace('.', '_')}_change", args=[key]) if key else ""
    except NoReverseMatch:
        return ""


def last_runs(keys: list[str]) -> dict[str, JobRun]:
    """The newest run of each of these jobs."""
    newest = JobRun.objects.filter(job__in=keys).order_by().values("job").annotate(newest=Max("pk")).values("newest")
    runs: QuerySet[JobRun] = JobRun.objects.filter(pk__in=newest)
    return {run.job: run for run in runs}


def job_titles() -> list[tuple[str, str]]:
    return sorted(((key, job.title) for key, job in JOBS.items()), key=lambda pair: pair[1])
