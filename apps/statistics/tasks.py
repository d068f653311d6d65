"""When figures are counted: what was touched every five minutes, everything every night, and the series kept short."""

from datetime import UTC, timedelta

from celery.schedules import crontab
from django.utils import timezone

from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.statistics import services

ROWS_NAMED = 500


@job(title="Count the figures of what has changed", every=timedelta(minutes=5), by_hand=True)
def refresh(run: Run) -> str:
    """What was touched since the last time; a run that was missed is made good by the next one."""
    done = services.refresh_touched(lambda stage: run.report(0, stage=stage))
    run.count(**done)
    words = [f"{number:,} {name[:-1] if number == 1 else name}" for name, number in done.items() if number]
    return f"Counted anew: {', '.join(words)}, and the platform." if words else "Nothing had changed but the platform."


@job(title="Count the learners of each month", every=timedelta(hours=1), by_hand=True)
def cohorts(run: Run) -> str:  # noqa: ARG001
    """Those months in which an enrollment was touched: what many learners do on one day concerns most of them."""
    services.refresh_cohorts()
    return "The learners of every month are counted."


@job(title="Count the payouts of instructors", every=crontab(minute="30", hour="1"), by_hand=True)
def payouts(run: Run) -> str:
    """Of the running month, and of those for which money or learning was entered since the last time."""
    months = services.refresh_payouts()
    run.count(months=months)
    return f"The payouts of {months:,} month{'s' * (months != 1)} are counted."


@job(title="Compare all figures with what they are made of", every=crontab(minute="40", hour="2"), by_hand=True)
def check(run: Run) -> str:
    """What differs is named in the log, and repaired."""
    found = services.check_figures(lambda stage: run.report(0, stage=stage))
    for drift in found[:ROWS_NAMED]:
        run.warn(str(drift))
    if len(found) > ROWS_NAMED:
        run.warn(f"And {len(found) - ROWS_NAMED:,} more.")
    run.count(wrong=len(found))
    if not found:
        return "All figures are what counting everything gives."
    return f"{len(found):,} record{'s' * (len(found) != 1)} had wrong figures; they are right again."


@job(title="Shorten the series of figures", every=crontab(minute="10", hour="4", day_of_week="0"), by_hand=True)
def prune(run: Run) -> str:
    """Of days long gone only the last of each month stays."""
    deleted = services.prune_series(timezone.now().astimezone(UTC).date())
    run.count(deleted=deleted)
    return f"{deleted:,} day{'s' * (deleted != 1)} of series deleted." if deleted else "No series is too long."
