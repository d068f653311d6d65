"""What is due is done exactly once: after downtime, by several workers, and never by a dry run."""

import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.jobs.models import JobRun
from apps.subscriptions import services
from apps.subscriptions.models import Plan, ScheduledChange, Subscription
from apps.subscriptions.states import ChangeKind, ChangeState, SubscriptionStatus
from apps.subscriptions.tasks import run_scheduled_changes
from tests.recipes import accounts, subscriptions
from tests.support.moments import at_the_same_time

Clock = time_machine.Traveller
Started = Callable[..., Subscription]
Status = SubscriptionStatus


def ends(subscription: Subscription) -> list[str]:
    """The ends of all its periods so far, from its history."""
    moments = subscription.history.order_by("history_id").values_list("period_ends_at", flat=True)
    return [f"{moment:%d.%m.}" for moment in dict.fromkeys(moments) if moment]


def test_months_of_downtime_lose_no_renewal_and_double_none(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    clock.move_to(datetime(2026, 1, 31, 9, tzinfo=UTC))
    subscription = started(basic)
    clock.move_to(datetime(2026, 5, 2, 9, tzinfo=UTC))

    run = run_scheduled_changes.now(by=manager)
    again = run_scheduled_changes.now(by=manager)

    subscription.refresh_from_db()
    assert (run.state, run.outcome, again.outcome) == (
        JobRun.State.SUCCEEDED,
        "3 changes done.",
        "Nothing was due.",
    )
    assert ends(subscription) == ["28.02.", "31.03.", "30.04.", "31.05."]
    assert subscription.due_minor == 4 * 2000
    assert Counter(subscription.scheduled_changes.values_list("state", flat=True)) == {"done": 3, "open": 1}
    assert subscription.movements.count() == 1


def test_a_renewal_keeps_its_time_in_utc_when_the_clocks_change(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    clock.move_to(datetime(2026, 3, 1, 2, 30, tzinfo=berlin))
    subscription = started(basic)

    clock.move_to(datetime(2026, 4, 1, 2, 30, tzinfo=berlin))
    too_early = list(services.run_due_changes())
    clock.move_to(datetime(2026, 4, 1, 3, 30, tzinfo=berlin))
    on_time = list(services.run_due_changes())

    subscription.refresh_from_db()
    assert on_time[0][0].effective_at == datetime(2026, 4, 1, 1, 30, tzinfo=UTC)
    assert (too_early, subscription.period_ends_at) == ([], datetime(2026, 5, 1, 1, 30, tzinfo=UTC))


def test_unpaid_is_borne_for_the_grace_and_then_ends_also_when_nobody_looked_in_time(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    services.record_failed_payment(subscription, provider="stripe", reference="f1", by=None)
    services.record_failed_payment(subscription, provider="stripe", reference="f2", by=None)
    past_due = (subscription.status, subscription.grace_ends_at, subscription.opens_at(datetime.now(UTC)))
    clock.move_to(datetime(2026, 5, 20, 9, tzinfo=UTC))

    done = [(change.kind, change.outcome) for change, _ in services.run_due_changes()]

    subscription.refresh_from_db()
    assert past_due == (Status.PAST_DUE, datetime(2026, 4, 8, 9, tzinfo=UTC), True)
    assert done == [(ChangeKind.END_GRACE, "The subscription has ended; what was learned is kept.")]
    assert (subscription.status, subscription.ended_at) == (Status.EXPIRED, datetime(2026, 4, 8, 9, tzinfo=UTC))
    assert subscription.scheduled_changes.get(kind=ChangeKind.RENEW).state == ChangeState.WITHDRAWN


def test_paid_within_the_grace_it_runs_on(basic: Plan, started: Started, manager: User, clock: Clock) -> None:
    subscription = started(basic)
    services.record_failed_payment(subscription, provider="stripe", reference="f1", by=None)

    services.record_payment(subscription, 2000, provider="stripe", reference="c1", by=None)
    clock.move_to(datetime(2026, 4, 20, 9, tzinfo=UTC))

    assert list(services.run_due_changes()) == []
    assert (subscription.status, subscription.due_minor, subscription.grace_ends_at) == (Status.ACTIVE, 0, None)


def test_what_is_not_paid_by_the_end_of_its_period_is_not_renewed(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    clock.move_to(datetime(2026, 4, 29, 9, tzinfo=UTC))
    services.record_failed_payment(subscription, provider="stripe", reference="f1", by=None)
    clock.move_to(datetime(2026, 5, 2, 9, tzinfo=UTC))

    list(services.run_due_changes())

    subscription.refresh_from_db()
    assert (subscription.status, subscription.due_minor) == (Status.EXPIRED, 2000)


def test_a_change_that_is_not_possible_any_more_is_closed_with_the_reason(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    wrong = subscriptions.scheduled_change.make(
        subscription=subscription, kind=ChangeKind.RESUME, effective_at=datetime(2026, 4, 1, 9, tzinfo=UTC)
    )
    before = Subscription.objects.filter(pk=subscription.pk).values().get()

    run = run_scheduled_changes.now(by=manager)

    wrong.refresh_from_db()
    assert run.outcome == "0 changes done. 1 was not possible."
    assert wrong.state == ChangeState.REFUSED
    assert wrong.outcome == "This subscription has no period to go on with."
    assert Subscription.objects.filter(pk=subscription.pk).values().get() == before


def test_a_dry_run_says_in_sentences_what_would_be_done_and_changes_nothing(
    basic: Plan, premium: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(premium)
    services.change_plan_at_period_end(subscription, basic, by=manager)
    everything = [list(model.objects.order_by("pk").values()) for model in (Subscription, ScheduledChange, ChangeSet)]
    said, done = io.StringIO(), io.StringIO()

    call_command("subscriptions", "run-due", "--dry-run", "--at", "2026-06-02T00:00", stdout=said)
    nothing = [list(model.objects.order_by("pk").values()) for model in (Subscription, ScheduledChange, ChangeSet)]
    with pytest.raises(CommandError, match="Look ahead with --dry-run"):
        call_command("subscriptions", "run-due", "--at", "2026-06-02T00:00")
    with pytest.raises(CommandError, match="Write the moment like"):
        call_command("subscriptions", "run-due", "--dry-run", "--at", "soon")
    clock.move_to(datetime(2026, 6, 2, tzinfo=UTC))
    call_command("subscriptions", "run-due", stdout=done)

    name = subscription.subscriber_name
    assert said.getvalue().splitlines() == [
        f"1 May 2026, 09:00 UTC: Change to Basic: {name}: Basic. Basic until 1 June 2026.",
        f"1 June 2026, 09:00 UTC: Renew: {name}: Basic. Basic until 1 July 2026.",
        "2 changes would be done.",
    ]
    assert nothing == everything
    assert done.getvalue().replace("done", "would be done") == said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_each_change_once(administrator: User) -> None:
    plan = subscriptions.plan.make()
    now = datetime.now(UTC)
    for _ in range(12):
        renewed = subscriptions.subscription.make(
            plan=plan,
            user=accounts.person.make(),
            is_auto_renew=True,
            period_starts_at=now - timedelta(days=40),
            period_ends_at=now - timedelta(days=3),
            anchor_day=(now - timedelta(days=3)).day,
        )
        subscriptions.scheduled_change.make(subscription=renewed, effective_at=renewed.period_ends_at)

    done = at_the_same_time(*[lambda: [change.pk for change, _ in services.run_due_changes()]] * 2)

    counted = Counter(key for keys in done for key in keys)
    assert len(counted) == 12
    assert set(counted.values()) == {1}
    assert set(Subscription.objects.values_list("due_minor", flat=True)) == {2000}
    assert ScheduledChange.objects.filter(state=ChangeState.OPEN).count() == 12


def as_it_should_be(anchor: datetime, until: datetime) -> int:
    """How many monthly periods have ended by then, counted in another way: month by month from the anchor."""
    count, year, month = 0, anchor.year, anchor.month
    while True:
        month += 1
        year, month = (year + 1, 1) if month == 13 else (year, month)
        day = anchor.day
        while True:
            try:
                end = anchor.replace(year=year, month=month, day=day)
                break
            except ValueError:
                day -= 1
        if end > until:
            return count
        count += 1


@pytest.mark.django_db
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begins=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    looks=st.lists(st.integers(1, 24 * 45), min_size=1, max_size=5),
)
def test_however_often_and_late_somebody_looks_every_period_is_renewed_once(
    begins: datetime, looks: list[int], manager: User
) -> None:
    begins = begins.replace(microsecond=0)
    with time_machine.travel(begins, tick=False) as clock:
        plan = subscriptions.plan.make()
        subscription = services.start_subscription(
            accounts.person.make(), plan, by=manager, is_auto_renew=True, begins_now=True
        )
        now = begins
        for hours in looks:
            now += timedelta(hours=hours)
            clock.move_to(now)
            list(services.run_due_changes())

    subscription.refresh_from_db()
    renewed = as_it_should_be(begins, now)
    changes: Any = subscription.scheduled_changes
    assert changes.filter(state=ChangeState.DONE).count() == renewed
    assert subscription.due_minor == plan.price_minor * (renewed + 1)
    assert changes.get(state=ChangeState.OPEN).effective_at == subscription.period_ends_at
    assert subscription.period_ends_at is not None
    assert subscription.period_ends_at > now
