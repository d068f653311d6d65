"""Counting what instructors get: those months in which money or learning was entered, or all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Min, Q

from apps.catalog.models import CourseInstructor
from apps.statistics.figures import PAYOUT
from apps.statistics.figures.defining import first_day, start_of
from apps.statistics.figures.payout import LONGEST, Earned
from apps.statistics.models import Payout
from apps.statistics.services.fresh import Held, held
from apps.statistics.statements import earned_in
from apps.statistics.touched import read_on, touched
from apps.subscriptions.models import Payment
from apps.subscriptions.periods import month_number

Shares = dict[int, dict[int, Decimal]]
"""By course and instructor the share in percent."""
Wrong = dict[str, tuple[Any, Any]]
"""By figure what was kept and what counting gives."""
WHOLE = Decimal(100)
COUNTED = ("learners", "lessons", "revenue_minor", "share_percent", "amount_minor")


def refresh_payouts(*, everything: bool = False) -> int:
    """Counts the months touched since the last time, and the running one; all, where they were never counted.

    Answers with the number of months.
    """
    with held(PAYOUT.key) as now:
        trails = read_on(now.record.trails, (PAYOUT,))
        whole = everything or now.record.as_of is None
        months = all_months(now) if whole else months_concerned(touched(PAYOUT, now.record.trails), now)
        for number in sorted(months):
            count_month(number, now)
        now.done(trails=trails)
    return len(months)


def all_months(now: Held) -> Collection[int]:
    """From the first in which something was paid to the running one."""
    first = Payment.objects.aggregate(first=Min("paid_at"))["first"]
    return range(month_number(first) if first else this_month(now), this_month(now) + 1)


def months_concerned(numbers: Iterable[int], now: Held) -> Collection[int]:
    """What was paid in a month may concern those that follow; none is counted before it has begun."""
    running = this_month(now)
    return {running} | {each for number in numbers for each in range(number, min(number + LONGEST, running + 1))}


def this_month(now: Held) -> int:
    return month_number(now.day)


def wrong_payouts() -> dict[str, Wrong]:
    """Counts all months and names what differs; months that are to be counted anyway are left to the next run."""
    found: dict[str, Wrong] = {}
    with held(PAYOUT.key) as now:
        later = months_concerned(touched(PAYOUT, now.record.trails), now)
        for number in sorted({*all_months(now)} - {*later}):
            found |= count_month(number, now)
    return found


def count_month(number: int, now: Held) -> dict[str, Wrong]:
    """Writes the payouts of one month; what nobody earned any more goes. Answers with what became different."""
    month = first_day(number)
    kept = {whose(row): row for row in Payout.objects.filter(month=month)}
    earned = earned_in(number)
    shares = shares_at(number, {one.course for one in earned})
    if number < this_month(now):
        shares |= by_course((row.course_id, row.instructor_id, row.share_percent) for row in kept.values())
    rows = {whose(row): row for one in earned for row in payouts_of(one, shares.get(one.course, {}))}
    for row in rows.values():
        row.month, row.as_of = month, now.moment
    Payout.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["month", "course", "instructor", "currency"],
        update_fields=["as_of", *COUNTED],
        batch_size=1_000,
    )
    Payout.objects.filter(pk__in=[kept[key].pk for key in kept.keys() - rows.keys()]).delete()
    return {
        f"of course no. {key[0]} to person no. {key[1]} in {month:%B %Y} ({key[2]})": wrong
        for key in sorted(kept.keys() | rows.keys())
        if (wrong := differences(kept.get(key), rows.get(key)))
    }


def whose(row: Payout) -> tuple[int, int, str]:
    return row.course_id, row.instructor_id, row.currency


def differences(kept: Payout | None, counted: Payout | None) -> Wrong:
    pairs = {name: (getattr(kept, name, None), getattr(counted, name, None)) for name in COUNTED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def shares_at(number: int, courses: Collection[int]) -> Shares:
    """Who has which share of these courses in the month with this number, as it is known now."""
    entitled = CourseInstructor.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=first_day(number)),
        is_active=True,
        revenue_share_percent__gt=0,
        joined_at__lt=start_of(number + 1),
    )
    rows = entitled.values_list("course", "user", "revenue_share_percent")
    return by_course(row for row in rows if row[0] in courses)


def by_course(shares: Iterable[tuple[int, int, Decimal]]) -> Shares:
    found: Shares = defaultdict(dict)
    for course, instructor, share in shares:
        found[course][instructor] = share
    return dict(found)


def payouts_of(earned: Earned, shares: dict[int, Decimal]) -> list[Payout]:
    whole = max(WHOLE, sum(shares.values(), Decimal(0)))
    return [
        Payout(
            course_id=earned.course,
            instructor_id=user,
            currency=earned.currency,
            learners=earned.learners,
            lessons=earned.lessons,
            revenue_minor=earned.minor,
            share_percent=share,
            amount_minor=int(earned.minor * share / whole),
        )
        for user, share in shares.items()
    ]
