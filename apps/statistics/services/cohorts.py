"""Counting the learners of each month: those months in which something was touched, or all of them."""

from collections.abc import Collection

from apps.statistics.figures import COHORT
from apps.statistics.figures.cohort import Counted, count_cohorts
from apps.statistics.figures.defining import first_day
from apps.statistics.models import CohortStats
from apps.statistics.services.fresh import Held, held
from apps.statistics.touched import read_on, touched
from apps.subscriptions.periods import month_number


def refresh_cohorts(*, everything: bool = False) -> None:
    """The months of enrollments that were touched since the last time; all, where they were never counted."""
    with held(COHORT.key) as now:
        trails = read_on(now.record.trails, (COHORT,))
        whole = everything or now.record.as_of is None
        write_cohorts(None if whole else touched(COHORT, now.record.trails), now)
        now.done(trails=trails)


def write_cohorts(months: Collection[int] | None, now: Held) -> None:
    if months is not None and not months:
        return
    counted = count_cohorts(months)
    rows = [
        CohortStats(month=first_day(number), as_of=now.moment, learners=learners, opened=opened, completed=completed)
        for number, (learners, opened, completed) in counted.items()
    ]
    kept = CohortStats.objects.all()
    if months is not None:
        kept = kept.filter(month__in=[first_day(number) for number in months])
    kept.exclude(month__in=[row.month for row in rows]).delete()
    names = ["as_of", "learners", "opened", "completed"]
    CohortStats.objects.bulk_create(rows, update_conflicts=True, unique_fields=["month"], update_fields=names)


def wrong_cohorts() -> dict[str, dict[str, tuple[object, object]]]:
    """Compares all months and repairs what differs; what was touched meanwhile is counted by the next run."""
    with held(COHORT.key) as now:
        counted = count_cohorts()
        kept: dict[int, Counted] = {
            month_number(row.month): (row.learners, row.opened, row.completed) for row in CohortStats.objects.all()
        }
        nothing: Counted = (0, [], [])
        differing = {
            number: (kept.get(number, nothing), counted.get(number, nothing))
            for number in kept.keys() | counted.keys()
            if kept.get(number) != counted.get(number)
        }
        later = touched(COHORT, now.record.trails)
        drifted = {number: pair for number, pair in differing.items() if number not in later}
        write_cohorts(drifted.keys(), now)
    names = ("learners", "opened", "completed")
    return {
        f"{first_day(number):%B %Y}": {
            name: (was, now) for name, was, now in zip(names, *pair, strict=True) if was != now
        }
        for number, pair in sorted(drifted.items())
    }
