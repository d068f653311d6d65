"""Starting, pausing, cancelling, ending and coming back: what follows from each, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from apps.subscriptions import services
from apps.subscriptions.models import Movement, Plan, Subscription
from apps.subscriptions.queries import change_at_period_end
from apps.subscriptions.services.changing import enter_status
from apps.subscriptions.states import TRANSITIONS, ChangeKind, ChangeState, SubscriptionStatus, transition_allowed
from tests.apps.subscriptions.looking import facts, waiting
from tests.recipes import accounts, subscriptions

Status = SubscriptionStatus
Started = Callable[..., Subscription]
Clock = time_machine.Traveller


@pytest.mark.parametrize("before", SubscriptionStatus)
@pytest.mark.parametrize("after", SubscriptionStatus)
def test_a_state_is_entered_exactly_where_the_table_allows_it(before: str, after: str) -> None:
    subscription = Subscription(status=before)

    if after in TRANSITIONS[before]:
        enter_status(subscription, after)
        assert subscription.status == after
    else:
        with pytest.raises(RuleBroken, match=r"(already|cannot become .*)\."):
            enter_status(subscription, after)
        assert subscription.status == before
    assert transition_allowed(before, before)


def test_what_costs_something_waits_for_its_payment_and_then_runs_for_a_period(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic, begins_now=False)
    clock.move_to(datetime(2026, 4, 3, 12, tzinfo=UTC))
    first = (subscription.status, subscription.due_minor, waiting(subscription), subscription.movements.count())

    services.record_payment(subscription, 1500, provider="bank", reference="1", by=manager)
    half = (subscription.status, subscription.due_minor)
    services.record_payment(subscription, 500, provider="bank", reference="2", by=manager)

    assert first == (Status.PENDING, 2000, [], 0)
    assert half == (Status.PENDING, 500)
    assert (subscription.status, subscription.due_minor, subscription.monthly_minor) == (Status.ACTIVE, 0, 2000)
    assert subscription.started_at == datetime(2026, 4, 3, 12, tzinfo=UTC)
    assert waiting(subscription) == [(ChangeKind.RENEW, datetime(2026, 5, 3, 12, tzinfo=UTC))]
    assert [(row.kind, row.delta_minor) for row in subscription.movements.all()] == [(Movement.Kind.NEW, 2000)]


def test_a_free_plan_begins_at_once_and_what_does_not_renew_ends(
    started: Started, basic: Plan, manager: User, administrator: User
) -> None:
    free = subscriptions.plan.make(code="free", name="Free", tier=Plan.Tier.REGISTERED, price=0)

    for_free = services.start_subscription(administrator, free, by=manager)
    paid = started(basic, is_auto_renew=False)

    assert (for_free.status, for_free.due_minor, for_free.movements.count()) == (Status.ACTIVE, 0, 0)
    assert [kind for kind, _ in waiting(for_free)] == [ChangeKind.RENEW]
    assert [kind for kind, _ in waiting(paid)] == [ChangeKind.END]


def test_somebody_subscribes_once_to_what_is_offered_and_only_who_can_sign_in(
    basic: Plan, started: Started, student: User, manager: User
) -> None:
    gone = subscriptions.plan.make(is_offered=False, name="Old")
    with pytest.raises(RuleBroken, match="Old is not offered any more"):
        services.start_subscription(student, gone, by=manager)
    before = facts(started(basic))

    with pytest.raises(RuleBroken, match="has a subscription already. Change or reactivate that one"):
        services.start_subscription(student, basic, by=manager)
    student.status = User.Status.SUSPENDED
    student.save()
    with pytest.raises(RuleBroken, match="cannot sign in"):
        services.start_subscription(student, basic, by=manager)

    assert facts(Subscription.objects.get()) == before


def test_a_pause_stops_the_clock_and_what_was_scheduled_waits_as_well(
    basic: Plan, premium: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    services.change_plan_at_period_end(subscription, premium, by=manager)
    clock.move_to(datetime(2026, 4, 11, 9, tzinfo=UTC))

    services.pause_subscription(subscription, by=manager, reason="Abroad.")
    change = change_at_period_end(subscription)
    paused = (subscription.status, subscription.monthly_minor, change and change.state)
    clock.move_to(datetime(2026, 5, 20, 9, tzinfo=UTC))
    due_meanwhile = list(services.run_due_changes())
    services.resume_subscription(subscription, by=manager)

    assert paused == (Status.PAUSED, 0, ChangeState.HELD)
    assert due_meanwhile == []
    assert subscription.period_ends_at == datetime(2026, 5, 1, 9, tzinfo=UTC) + timedelta(days=39)
    assert waiting(subscription) == [(ChangeKind.CHANGE_PLAN, subscription.period_ends_at)]
    kinds = [row.kind for row in subscription.movements.order_by("pk")]
    assert kinds == [Movement.Kind.NEW, Movement.Kind.CHURNED, Movement.Kind.REACTIVATED]


def test_a_pause_with_an_end_resumes_by_itself_as_of_that_moment(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    services.pause_subscription(
        subscription, by=manager, reason="Abroad.", resumes_at=datetime(2026, 4, 8, 9, tzinfo=UTC)
    )
    clock.move_to(datetime(2026, 4, 15, 9, tzinfo=UTC))

    done = [(change.kind, is_done) for change, is_done in services.run_due_changes()]

    subscription.refresh_from_db()
    assert done == [(ChangeKind.RESUME, True)]
    assert (subscription.status, subscription.period_ends_at) == (Status.ACTIVE, datetime(2026, 5, 8, 9, tzinfo=UTC))
    assert waiting(subscription) == [(ChangeKind.RENEW, datetime(2026, 5, 8, 9, tzinfo=UTC))]


def test_cancelling_lets_the_period_run_out_and_can_be_taken_back(
    basic: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)

    change = services.cancel_at_period_end(subscription, by=manager, reason="Too expensive.")
    cancelled = (subscription.status, waiting(subscription), subscription.monthly_minor)
    services.take_back(change, by=manager)
    subscription.refresh_from_db()
    taken_back = (subscription.status, waiting(subscription))
    services.cancel_at_period_end(subscription, by=manager, reason="Too expensive after all.")
    clock.move_to(datetime(2026, 5, 1, 9, tzinfo=UTC))
    list(services.run_due_changes())
    subscription.refresh_from_db()

    end = datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert cancelled == (Status.CANCELLED, [(ChangeKind.CANCEL, end)], 2000)
    assert taken_back == (Status.ACTIVE, [(ChangeKind.RENEW, end)])
    assert change.outcome == "Taken back."
    assert (subscription.status, subscription.ended_at, waiting(subscription)) == (Status.EXPIRED, end, [])
    assert subscription.movements.latest("pk").kind == Movement.Kind.CHURNED


def test_somebody_who_left_comes_back_with_a_new_period(
    basic: Plan, premium: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    services.end_subscription(subscription, by=manager, reason="Asked by phone.")
    ended = (subscription.status, waiting(subscription), subscription.ended_at)
    clock.move_to(datetime(2026, 8, 31, 9, tzinfo=UTC))

    services.reactivate_subscription(subscription, premium, by=manager)

    assert ended == (Status.EXPIRED, [], datetime(2026, 4, 1, 9, tzinfo=UTC))
    assert (subscription.status, subscription.plan, subscription.ended_at) == (Status.ACTIVE, premium, None)
    assert waiting(subscription) == [(ChangeKind.RENEW, datetime(2026, 9, 30, 9, tzinfo=UTC))]
    assert subscription.due_minor == 2000 + 3000
    assert subscription.movements.latest("pk").kind == Movement.Kind.REACTIVATED
    assert ChangeSet.objects.order_by("-pk")[0].title.startswith("Reactivate: ")


def test_what_was_held_or_is_due_is_not_taken_back(
    basic: Plan, premium: Plan, started: Started, manager: User, clock: Clock
) -> None:
    subscription = started(basic)
    change = services.change_plan_at_period_end(subscription, premium, by=manager)
    services.pause_subscription(subscription, by=manager, reason="Abroad.")

    with pytest.raises(RuleBroken, match="The subscription is paused. Resume it first"):
        services.take_back(change, by=manager)
    services.resume_subscription(subscription, by=manager)
    clock.move_to(datetime(2026, 5, 1, 9, tzinfo=UTC))
    with pytest.raises(RuleBroken, match="is due and happens in a moment"):
        services.take_back(change, by=manager)

    change.refresh_from_db()
    assert change.state == ChangeState.OPEN


def test_extending_many_moves_their_ends_and_what_was_scheduled_with_a_version_of_each(
    basic: Plan, manager: User, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    made = [services.start_subscription(accounts.person.make(), basic, by=manager, begins_now=True) for _ in "abc"]
    services.end_subscription(made[2], by=manager, reason="Asked.")
    one = services.start_subscription(accounts.person.make(), basic, by=manager, begins_now=True)
    services.extend_subscription(one, 30, by=manager, reason="The outage of March.")

    with django_assert_max_num_queries(14):
        done, refused = services.extend_many([row.pk for row in made], 30, by=manager, reason="The outage of March.")

    for row in made:
        row.refresh_from_db()
    assert (done, len(refused)) == (2, 1)
    assert "is expired, so it cannot be extended." in refused[0]
    assert (
        made[0].period_ends_at == made[1].period_ends_at == one.period_ends_at == datetime(2026, 5, 31, 9, tzinfo=UTC)
    )
    assert made[0].anchor_day == one.anchor_day == 31
    assert waiting(made[0]) == waiting(one) == [(ChangeKind.END, datetime(2026, 5, 31, 9, tzinfo=UTC))]
    newest = made[0].history.latest("history_id")
    assert (newest.period_ends_at, newest.anchor_day) == (made[0].period_ends_at, 31)
    assert newest.history_change_reason == "The outage of March."
    assert newest.change_set.counts == {
        "subscriptions.subscription": {"changed": 2},
        "subscriptions.scheduledchange": {"changed": 2},
    }
