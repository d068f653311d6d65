"""The ledger of money: what is entered stays, each reference once; refunds above a sum take two people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from apps.subscriptions import services
from apps.subscriptions.models import Movement, Payment, Plan, RefundRequest, Subscription
from apps.subscriptions.queries import left_of, totals
from apps.subscriptions.states import RefundState, SubscriptionStatus
from tests.recipes import subscriptions
from tests.support.people import give_role, person

Started = Callable[..., Subscription]


@pytest.fixture
def second(manager: User) -> User:
    """Another manager."""
    return give_role(person("second"), "manager")


@pytest.fixture
def paid(started: Started, manager: User, clock: time_machine.Traveller) -> Payment:
    """150.00 EUR for a year."""
    yearly = subscriptions.plan.make(name="Yearly", price=Decimal("150.00"), period_months=12)
    return services.record_payment(started(yearly), 15000, provider="stripe", reference="ch_1", by=manager)


@pytest.mark.parametrize("model", [Payment, Movement])
def test_the_database_refuses_to_change_or_delete_an_entry(model: type[Any], paid: Payment) -> None:
    entry = model.objects.latest("pk")
    before = model.objects.filter(pk=entry.pk).values().get()

    deeds: tuple[Callable[[], object], ...] = (
        lambda: model.objects.filter(pk=entry.pk).update(currency="USD"),
        lambda: model.objects.filter(pk=entry.pk)._raw_delete(model.objects.db),
        entry.save,
        entry.delete,
    )
    for deed in deeds:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            deed()

    assert model.objects.filter(pk=entry.pk).values().get() == before


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "payment", "amount_minor": -1},
        {"kind": "payment", "amount_minor": 0},
        {"kind": "failed", "amount_minor": 5},
        {"kind": "refund", "amount_minor": -5},
        {"kind": "counter", "amount_minor": 5},
    ],
)
def test_the_sign_of_an_entry_follows_from_its_kind(facts: dict[str, Any], paid: Payment) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        subscriptions.payment.make(subscription=paid.subscription, **facts)

    assert Payment.objects.get() == paid


def test_a_reference_is_entered_once_and_everything_wrong_is_refused(paid: Payment, manager: User) -> None:
    subscription = paid.subscription
    refused: list[tuple[str, Callable[[], object]]] = [
        (
            "stripe ch_1 stands in the ledger already",
            lambda: services.record_payment(subscription, 15000, provider=" stripe", reference="ch_1 ", by=manager),
        ),
        (
            "stands in the ledger already",
            lambda: services.record_failed_payment(subscription, provider="stripe", reference="ch_1", by=manager),
        ),
        (
            "more than nothing",
            lambda: services.record_payment(subscription, 0, provider="stripe", reference="ch_2", by=manager),
        ),
        (
            "is paid in EUR, not in USD",
            lambda: services.record_payment(
                subscription, 1, provider="stripe", reference="ch_2", by=manager, currency="USD"
            ),
        ),
        (
            "lies in the future",
            lambda: services.record_payment(
                subscription,
                1,
                provider="stripe",
                reference="ch_2",
                by=manager,
                paid_at=datetime(2030, 1, 1, tzinfo=UTC),
            ),
        ),
        (
            "cannot be blank",
            lambda: services.record_payment(subscription, 1, provider="stripe", reference=" ", by=manager),
        ),
    ]
    before = Subscription.objects.filter(pk=subscription.pk).values().get()

    for words, deed in refused:
        with pytest.raises(ValidationError, match=words), transaction.atomic():
            deed()

    assert Payment.objects.get() == paid
    assert Subscription.objects.filter(pk=subscription.pk).values().get() == before


def test_a_counter_entry_takes_back_what_was_recorded_wrongly(paid: Payment, manager: User) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        services.correct_payment(paid, by=manager, reason=" ")

    entry = services.correct_payment(paid, by=manager, reason="Belongs to somebody else.")

    subscription = Subscription.objects.get()
    assert (entry.amount_minor, entry.reference, entry.against, entry.kind) == (-15000, "ch_1/counter", paid, "counter")
    assert (left_of(paid), subscription.due_minor) == (0, 15000)
    assert totals(Payment.objects.all()) == [("EUR", 2, 0)]
    with pytest.raises(RuleBroken, match="Nothing is left of stripe ch_1"):
        services.correct_payment(paid, by=manager, reason="Again.")
    with pytest.raises(RuleBroken, match="is a counter-entry; only payments are taken back"):
        services.correct_payment(entry, by=manager, reason="Again.")
    assert Payment.objects.count() == 2


def test_one_person_gives_back_up_to_the_sum_and_does_not_split_it(paid: Payment, manager: User) -> None:
    first = services.refund_payment(paid, 10000, reference="re_1", by=manager, reason="Did not like it.")

    with pytest.raises(RuleBroken, match="More than 100.00 EUR of one payment needs a second person"):
        services.refund_payment(paid, 1, reference="re_2", by=manager, reason="A little more.")
    with pytest.raises(RuleBroken, match="stripe re_1 stands in the ledger already"):
        services.ask_for_refund(paid, 1, reference="re_1", by=manager, reason="Twice the same.")
    with pytest.raises(RuleBroken, match=r"At most 50.00 EUR of stripe ch_1 can be given back"):
        services.ask_for_refund(paid, 5001, reference="re_2", by=manager, reason="Too much.")
    with pytest.raises(RuleBroken, match="At most"):
        services.refund_payment(paid, 0, reference="re_2", by=manager, reason="Nothing.")
    with pytest.raises(RuleBroken, match="Say why"):
        services.refund_payment(paid, 1, reference="re_2", by=manager, reason="")

    assert (first.amount_minor, first.recorded_by, first.approved_by, left_of(paid)) == (-10000, manager, None, 5000)
    assert (Payment.objects.count(), RefundRequest.objects.count()) == (2, 0)
    newest = ChangeSet.objects.order_by("-pk")[0]
    assert (newest.reason, newest.counts) == ("Did not like it.", {"subscriptions.payment": {"created": 1}})


def test_above_the_sum_a_second_person_decides(paid: Payment, manager: User, second: User) -> None:
    asked = services.ask_for_refund(paid, 15000, reference="re_1", by=manager, reason="Charged twice.")
    with pytest.raises(RuleBroken, match="waits for an answer already"):
        services.ask_for_refund(paid, 15000, reference="re_2", by=manager, reason="Charged twice.")
    with pytest.raises(RuleBroken, match="You asked for this refund, so somebody else decides"):
        services.approve_refund(asked, by=manager)
    with pytest.raises(RuleBroken, match="Say why"):
        services.decline_refund(asked, by=second, reason="")
    before = Payment.objects.count()

    entry = services.approve_refund(asked, by=second)

    asked.refresh_from_db()
    assert before == 1
    assert (entry.amount_minor, entry.recorded_by, entry.approved_by) == (-15000, manager, second)
    assert (asked.state, asked.decided_by, entry.reason) == (RefundState.APPROVED, second, "Charged twice.")
    with pytest.raises(RuleBroken, match=f"was approved by {second} already"):
        services.decline_refund(asked, by=second, reason="Too late.")
    assert Subscription.objects.get().status == SubscriptionStatus.ACTIVE


def test_a_refund_that_was_overtaken_is_not_approved_and_one_may_be_declined(
    paid: Payment, manager: User, second: User
) -> None:
    asked = services.ask_for_refund(paid, 15000, reference="re_1", by=manager, reason="Charged twice.")
    services.refund_payment(paid, 2000, reference="re_0", by=second, reason="A part at once.")

    with pytest.raises(RuleBroken, match="At most 130.00 EUR"), transaction.atomic():
        services.approve_refund(asked, by=second)
    asked.refresh_from_db()
    waits = asked.state
    services.decline_refund(asked, by=second, reason="Ask again for the rest.")

    assert (waits, asked.state, Payment.objects.count()) == (RefundState.OPEN, RefundState.DECLINED, 2)
    assert asked.history.latest("history_id").history_change_reason == "Ask again for the rest."


def test_a_payment_too_much_is_kept_for_the_next_period(
    basic: Plan, started: Started, manager: User, clock: time_machine.Traveller
) -> None:
    subscription = started(basic)
    services.record_payment(subscription, 3000, provider="bank", reference="1", by=manager)
    credit = subscription.due_minor
    clock.move_to(datetime(2026, 5, 1, 9, tzinfo=UTC))
    list(services.run_due_changes())

    subscription.refresh_from_db()
    assert (credit, subscription.due_minor) == (-1000, 1000)


def test_a_payment_is_for_the_months_of_its_period_and_a_refund_for_those_that_are_left(
    paid: Payment, manager: User, clock: time_machine.Traveller
) -> None:
    clock.move_to(paid.paid_at + timedelta(days=92))

    given_back = services.refund_payment(paid, 500, reference="re_1", by=manager, reason="Not what they wanted.")
    against = services.correct_payment(paid, by=manager, reason="It was somebody else's.")

    assert (paid.months, given_back.months, against.months) == (12, 9, 9)


def test_what_is_given_back_after_its_last_month_counts_in_one(paid: Payment, manager: User) -> None:
    assert paid.months_left(paid.paid_at + timedelta(days=800)) == 1
    assert paid.months_left(paid.paid_at - timedelta(days=40)) == 12
