"""The nightly check: counts everything, compares it with what is kept, and repairs what differs.

What was touched while it ran differs for a good reason, and is counted by the next run: only the rest is drift.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.statistics.counters import COUNTERS
from apps.statistics.figures import COHORT, COURSE, INSTRUCTOR, LEARNER, PAYOUT, Kind
from apps.statistics.services.cohorts import refresh_cohorts, wrong_cohorts
from apps.statistics.services.fresh import Held, held
from apps.statistics.services.payouts import wrong_payouts
from apps.statistics.services.platform import count_platform
from apps.statistics.services.refreshing import instructors_of, refresh_touched, silent
from apps.statistics.statements import all_parts, count_anew, differing, keep_day, parts_of
from apps.statistics.touched import touched

MOST_AT_ONCE = 10_000
GONE = {"figures": ("there", "gone, as there is no such subject")}


@dataclass(frozen=True)
class Drift:
    """A record whose figures were not what counting gives: (kept, counted) by the name of the figure."""

    kind: str
    subject: str
    wrong: dict[str, tuple[Any, Any]]

    def __str__(self) -> str:
        parts = [f"{name.replace('_', ' ')} was {before}, is {now}" for name, (before, now) in self.wrong.items()]
        return f"{self.kind} {self.subject}: {', '.join(parts)}."


def check_figures(report: Callable[[str], object] = silent) -> list[Drift]:
    """First counts what was touched, then compares everything. Whatever it names is repaired."""
    refresh_touched(report)
    report("Comparing courses and instructors")
    with held(COURSE.key) as now:
        found = _repair(COURSE, set(), now)
        later = instructors_of(touched(COURSE, now.record.trails))
        found += _repair(INSTRUCTOR, later, now)
    report("Comparing learners")
    with held(LEARNER.key) as now:
        found += _repair(LEARNER, set(), now)
    report("Comparing learners by month")
    refresh_cohorts()
    found += [Drift(COHORT.key, month, wrong) for month, wrong in wrong_cohorts().items()]
    report("Comparing payouts")
    found += [Drift(PAYOUT.key, whose, wrong) for whose, wrong in wrong_payouts().items()]
    report("Comparing counters")
    for counters in COUNTERS:
        repaired = counters.repair()
        names = names_of(counters.kind, repaired)
        found += [Drift(counters.kind.key, f"{names[pk]} in lists", wrong) for pk, wrong in repaired.items()]
    count_platform()
    return found


def _repair(kind: Kind, later: set[int], now: Held) -> list[Drift]:
    wrong: dict[int, dict[str, tuple[Any, Any]]] = {}
    for part in all_parts(kind):
        wrong |= dict(differing(kind, part, most=MOST_AT_ONCE))
    kept = kind.model._base_manager.exclude(**{f"{kind.subject}__in": kind.subjects().values("pk")})
    wrong |= dict.fromkeys(kept.values_list(kind.subject, flat=True), GONE)
    later |= touched(kind, now.record.trails)
    drifted = {pk: values for pk, values in wrong.items() if pk not in later}
    for part in parts_of(drifted):
        count_anew(kind, part, now.moment)
        if kind.series:
            keep_day(kind, part, now.day)
    names = names_of(kind, drifted)
    return [Drift(kind.key, names.get(pk, str(pk)), values) for pk, values in drifted.items()]


def names_of(kind: Kind, keys: Any) -> dict[int, str]:
    """What people call these subjects: a course by its code, a person by their number, which is no secret."""
    if kind is not COURSE:
        return {pk: f"no. {pk}" for pk in keys}
    found: dict[int, str] = {}
    for part in parts_of(keys):
        found |= dict(kind.subjects().filter(part.q("pk")).values_list("pk", "code"))
    return found
