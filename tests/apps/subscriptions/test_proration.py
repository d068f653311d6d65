"""What an upgrade costs: exact to the hundredth, said in words, and only ever what was shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.accounts.models import User
from apps.records.rules import RuleBroken
from apps.subscriptions import services
from apps.subscriptions.models import Movement, Plan, Subscription
from apps.subscriptions.money import from_minor, in_words, share_of, to_minor
from apps.subscriptions.periods import days_in, period_end
from apps.subscriptions.proration import quote
from apps.subscriptions.queries import change_at_period_end, upgrades_of

START = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("price", "months", "new_price", "days_later", "sentence"),
    [
        (2000, 1, 3000, 3, "27 of 30 days unused: 18.00 EUR credited, 12.00 EUR due today."),
        (2000, 1, 3000, 0, "30 of 30 days unused: 20.00 EUR credited, 10.00 EUR due today."),
        (2000, 1, 3000, 0.01, "29 of 30 days unused: 19.33 EUR credited, 10.67 EUR due today."),
        (2000, 1, 3000, 29.5, "0 of 30 days unused: 0.00 EUR credited, 30.00 EUR due today."),
        (2000, 1, 3000, 45, "0 of 30 days unused: 0.00 EUR credited, 30.00 EUR due today."),
        (999, 1, 1999, 23, "7 of 30 days unused: 2.33 EUR credited, 17.66 EUR due today."),
        (1, 1, 3000, 15, "15 of 30 days unused: 0.01 EUR credited, 29.99 EUR due today."),
        (0, 1, 3000, 15, "15 of 30 days unused: 0.00 EUR credited, 30.00 EUR due today."),
        (
            12000,
            12,
            1500,
            65,
            "300 of 365 days unused: 98.63 EUR credited, nothing due today, 83.63 EUR kept for the next period.",
        ),
        (
            123456789,
            3,
            999999,
            30,
            "61 of 91 days unused: 827,567.49 EUR credited, nothing due today, "
            "817,567.50 EUR kept for the next period.",
        ),
    ],
)
def test_unused_days_are_credited_to_the_hundredth(
    price: int, months: int, new_price: int, days_later: float, sentence: str
) -> None:
    subscription = Subscription(
        price_minor=price, period_starts_at=START, period_ends_at=period_end(START, months, START.day)
    )
    plan = Plan(price=from_minor(new_price), currency="EUR", period_months=1)

    found = quote(subscription, plan, START + timedelta(days=days_later))

    assert str(found) == sentence
    assert found.credit_minor + found.due_minor == new_price


def test_days_given_for_free_make_each_day_cheaper_and_what_is_owed_is_named() -> None:
    subscription = Subscription(
        price_minor=2000, due_minor=2000, period_starts_at=START, period_ends_at=START + timedelta(days=40)
    )
    plan = Plan(price=Decimal("30.00"), currency="EUR", period_months=1)

    found = quote(subscription, plan, START + timedelta(days=20))

    assert str(found) == (
        "20 of 40 days unused: 10.00 EUR credited, 20.00 EUR due today. 20.00 EUR is still to be paid from before."
    )


def test_money_is_kept_in_hundredths_and_never_rounded_in_silence() -> None:
    assert (to_minor(Decimal("49.90")), from_minor(4990), in_words(-120400, "EUR")) == (
        4990,
        Decimal("49.90"),
        "-1,204.00 EUR",
    )
    assert [share_of(100, 1, 3), share_of(200, 1, 3), share_of(1, 1, 2), share_of(5, 1, 2)] == [33, 67, 1, 3]
    with pytest.raises(ValueError, match="more than two decimals"):
        to_minor(Decimal("0.005"))


@pytest.mark.parametrize(
    ("starts", "months", "anchor", "ends"),
    [
        ("2026-01-31T09:00", 1, 31, "2026-02-28T09:00"),
        ("2026-02-28T09:00", 1, 31, "2026-03-31T09:00"),
        ("2028-01-31T09:00", 1, 31, "2028-02-29T09:00"),
        ("2028-02-29T09:00", 12, 29, "2029-02-28T09:00"),
        ("2026-11-30T09:00", 3, 30, "2027-02-28T09:00"),
        ("2026-12-31T23:59", 1, 31, "2027-01-31T23:59"),
        ("2026-03-28T01:30", 1, 28, "2026-04-28T01:30"),
        ("2026-10-25T00:30", 1, 25, "2026-11-25T00:30"),
    ],
)
def test_periods_end_on_their_day_or_the_last_of_the_month_whatever_the_clocks_do(
    starts: str, months: int, anchor: int, ends: str
) -> None:
    start = datetime.fromisoformat(starts).replace(tzinfo=UTC)

    assert period_end(start, months, anchor) == datetime.fromisoformat(ends).replace(tzinfo=UTC)
    assert days_in(start, start + timedelta(days=2, seconds=1)) == 3


def test_an_upgrade_begins_a_period_now_and_owes_what_was_shown(
    basic: Plan,
    premium: Plan,
    started: Callable[..., Subscription],
    manager: User,
    clock: time_machine.Traveller,
) -> None:
    subscription = started(basic)
    services.record_payment(subscription, 2000, provider="bank", reference="1", by=manager)
    clock.move_to(datetime(2026, 4, 4, 9, tzinfo=UTC))

    agreed = services.upgrade_subscription(subscription, premium, by=manager, shown_due_minor=1200)

    change = change_at_period_end(subscription)
    subscription.refresh_from_db()
    assert str(agreed) == "27 of 30 days unused: 18.00 EUR credited, 12.00 EUR due today."
    assert (subscription.plan, subscription.price_minor, subscription.due_minor) == (premium, 3000, 1200)
    assert (subscription.period_starts_at, subscription.period_ends_at) == (
        datetime(2026, 4, 4, 9, tzinfo=UTC),
        datetime(2026, 5, 4, 9, tzinfo=UTC),
    )
    assert change is not None
    assert change.effective_at == subscription.period_ends_at
    assert [(row.kind, row.delta_minor) for row in subscription.movements.order_by("pk")] == [
        (Movement.Kind.NEW, 2000),
        (Movement.Kind.EXPANSION, 1000),
    ]


def test_an_upgrade_is_refused_when_it_costs_something_else_than_was_shown(
    basic: Plan,
    premium: Plan,
    started: Callable[..., Subscription],
    manager: User,
    clock: time_machine.Traveller,
) -> None:
    subscription = started(basic)
    clock.move_to(datetime(2026, 4, 5, 9, tzinfo=UTC))

    with pytest.raises(RuleBroken, match="changed since they were shown. Now: 26 of 30 days unused: 17.33 EUR"):
        services.upgrade_subscription(subscription, premium, by=manager, shown_due_minor=1200)

    subscription.refresh_from_db()
    assert (subscription.plan, subscription.due_minor, subscription.history.count()) == (basic, 2000, 2)


def test_upgrades_are_the_offered_plans_above_in_the_same_currency(
    basic: Plan, premium: Plan, started: Callable[..., Subscription]
) -> None:
    Plan.objects.create(code="old", name="Old", tier=Plan.Tier.PREMIUM, price=90, currency="EUR", is_offered=False)
    Plan.objects.create(code="usd", name="Dollars", tier=Plan.Tier.PREMIUM, price=90, currency="USD")
    Plan.objects.create(code="free", name="Free", price=0, currency="EUR")

    assert upgrades_of(started(basic)) == [premium]


def test_the_period_of_a_plan_that_somebody_has_stays_and_its_price_holds_for_new_periods(
    basic: Plan, started: Callable[..., Subscription], clock: time_machine.Traveller
) -> None:
    subscription = started(basic)
    basic.price, basic.period_months = Decimal("25.00"), 12

    with pytest.raises(Exception, match="Somebody has this plan, so this stays"):
        basic.full_clean()
    basic.period_months = 1
    basic.full_clean()
    basic.save()
    subscription.refresh_from_db()
    before = subscription.price_minor
    clock.move_to(datetime(2026, 5, 1, 9, tzinfo=UTC))
    list(services.run_due_changes())

    subscription.refresh_from_db()
    assert (before, subscription.price_minor, subscription.monthly_minor) == (2000, 2500, 2500)
