"""The screens of subscriptions and money: what they show, do and refuse, and how much they ask of the database."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.subscriptions import services
from apps.subscriptions.figures import revenue_by_month
from apps.subscriptions.models import Payment, Plan, RefundRequest, Subscription
from apps.subscriptions.states import RefundState, SubscriptionStatus
from tests.apps.catalog.screens import MOST_QUERIES, text
from tests.recipes import accounts, subscriptions
from tests.support.people import give_role, person

Started = Callable[..., Subscription]
Clock = time_machine.Traveller
SUBSCRIPTIONS, PAYMENTS = "/admin/subscriptions/subscription/", "/admin/subscriptions/payment/"
CHANGES, REFUNDS = "/admin/subscriptions/scheduledchange/", "/admin/subscriptions/refundrequest/"


def told(answer: Any) -> str:
    """What was said last."""
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_lists_cost_the_same_for_one_and_for_many(
    basic: Plan, premium: Plan, manager: User, as_manager: Client, clock: Clock
) -> None:
    def one_more() -> None:
        made = services.start_subscription(accounts.person.make(), basic, by=manager, begins_now=True)
        services.change_plan_at_period_end(made, premium, by=manager)
        paid = services.record_payment(made, 2000, provider="bank", reference=str(made.pk), by=manager)
        services.ask_for_refund(paid, 2000, reference=f"re{made.pk}", by=manager, reason="Asked.")

    lists = (SUBSCRIPTIONS, PAYMENTS, CHANGES, REFUNDS, "/admin/subscriptions/plan/", "/admin/revenue/")
    one_more()
    for address in lists:
        as_manager.get(address)
    before = {address: queries(as_manager, address) for address in lists}
    for _ in range(6):
        one_more()

    after = {address: queries(as_manager, address) for address in lists}

    assert after == before
    assert max(after.values()) <= MOST_QUERIES


def test_a_manager_reads_what_follows_and_what_was_paid_and_support_reads_no_amount(
    basic: Plan,
    premium: Plan,
    started: Started,
    manager: User,
    as_manager: Client,
    as_support: Client,
    clock: Clock,
) -> None:
    subscription = started(basic)
    services.record_payment(subscription, 1234, provider="bank", reference="ba-1", by=manager)
    services.cancel_at_period_end(subscription, by=manager, reason="Too dear.")
    page = f"{SUBSCRIPTIONS}{subscription.pk}/change/"
    addresses = (
        SUBSCRIPTIONS,
        page,
        f"{page}?tab=payments",
        f"{page}?tab=history",
        f"{SUBSCRIPTIONS}{subscription.pk}/history/",
        PAYMENTS,
        f"{PAYMENTS}{subscription.payments.get().pk}/change/",
        CHANGES,
        "/admin/subscriptions/plan/",
        f"/admin/subscriptions/plan/{basic.pk}/change/",
    )

    seen = [text(as_manager.get(address)) for address in addresses]
    by_support = [text(as_support.get(address)) for address in addresses]

    assert "Robin Student" in seen[0]
    assert "Ends on 1 May 2026" in seen[0]
    assert "7.66 EUR" in seen[0]
    assert "Too dear." in seen[1]
    assert "12.34 EUR" in seen[2]
    assert "All entries come to <strong>12.34 EUR</strong>" in " ".join(seen[5].split())
    for amount in ("12.34", "7.66", "20.00", "1234", "766", "2000"):
        standing_alone = re.compile(rf"\b{re.escape(amount)}\b")  # in a token there may be any digits
        assert [number for number, words in enumerate(by_support) if standing_alone.search(words)] == []
    assert "ba-1" in by_support[5]
    assert as_manager.get(f"{SUBSCRIPTIONS}?owes=yes").context["cl"].result_count == 1
    assert as_support.get(f"{SUBSCRIPTIONS}?owes=yes").status_code == 400
    assert as_support.get(f"{PAYMENTS}?amount_minor__gt=5").status_code == 400


def test_the_totals_are_those_of_the_list_as_it_is_narrowed(
    basic: Plan, started: Started, manager: User, as_manager: Client, clock: Clock
) -> None:
    paid = services.record_payment(started(basic), 2000, provider="bank", reference="b", by=manager)
    services.refund_payment(paid, 500, reference="r", by=manager, reason="Sorry.")
    services.record_failed_payment(Subscription.objects.get(), provider="bank", reference="f", by=manager)
    dollars = subscriptions.subscription.make(currency="USD")
    services.record_payment(dollars, 700, provider="stripe", reference="s", by=manager)

    everything, refunds = as_manager.get(PAYMENTS), as_manager.get(f"{PAYMENTS}?kind__exact=refund")

    assert everything.context["cl"].totals == ["15.00 EUR", "7.00 USD"]
    assert refunds.context["cl"].totals == ["-5.00 EUR"]
    assert "These entries come to <strong>-5.00 EUR</strong>" in " ".join(text(refunds).split())


def test_the_dialog_shows_what_each_upgrade_costs_and_only_that_is_agreed_to(
    basic: Plan, premium: Plan, started: Started, manager: User, signed_in: Callable[[User], Client], clock: Clock
) -> None:
    subscription = started(basic)
    address = f"{SUBSCRIPTIONS}{subscription.pk}/upgrade/"
    clock.move_to(datetime(2026, 4, 4, 9, tzinfo=UTC))

    shown = signed_in(manager).get(address, headers={"HX-Request": "true"}).content.decode()
    clock.move_to(datetime(2026, 4, 5, 9, tzinfo=UTC))
    stale = signed_in(manager).post(
        address, {"offer": f"{premium.pk}:1200", "reason": "Asked."}, headers={"HX-Request": "true"}
    )
    unchanged = Subscription.objects.get().plan
    clock.move_to(datetime(2026, 4, 4, 10, tzinfo=UTC))
    again = signed_in(manager).post(address, {"offer": f"{premium.pk}:1267", "reason": "Asked."})

    assert "27 of 30 days unused: 18.00 EUR credited, 12.00 EUR due today." in shown
    assert f'value="{premium.pk}:1200"' in shown
    assert "The amounts have changed since they were shown." in stale.content.decode()
    assert unchanged == basic
    assert told(again) == (
        "Robin Student: Premium from today. 26 of 30 days unused: 17.33 EUR credited, 12.67 EUR due today. "
        "20.00 EUR is still to be paid from before."
    )


def test_many_are_extended_at_once_and_each_that_was_not_is_named(
    basic: Plan, manager: User, as_manager: Client, clock: Clock
) -> None:
    made = [services.start_subscription(accounts.person.make(), basic, by=manager, begins_now=True) for _ in range(3)]
    services.end_subscription(made[0], by=manager, reason="Asked.")
    chosen = {"action": "extend", "_selected_action": [row.pk for row in made], "_confirmed": "yes"}

    without = as_manager.post(SUBSCRIPTIONS, {**chosen, "days": 10})
    nothing = set(Subscription.objects.exclude(pk=made[0].pk).values_list("period_ends_at", flat=True))
    done = as_manager.post(SUBSCRIPTIONS, {**chosen, "days": 10, "reason": "The outage."}, follow=True)

    assert "This field is required" in text(without)
    assert nothing == {datetime(2026, 5, 1, 9, tzinfo=UTC)}
    assert set(Subscription.objects.exclude(pk=made[0].pk).values_list("period_ends_at", flat=True)) == {
        datetime(2026, 5, 11, 9, tzinfo=UTC)
    }
    assert "2 subscriptions extended." in text(done)
    assert "This subscription is expired, so it cannot be extended." in text(done)
    assert ChangeSet.objects.latest("pk").reason == "The outage."


def test_a_large_refund_waits_for_a_colleague_who_is_not_the_one_who_asked(
    started: Started, manager: User, as_manager: Client, signed_in: Callable[[User], Client], clock: Clock
) -> None:
    paid = services.record_payment(
        started(subscriptions.plan.make(price=300)), 30000, provider="bank", reference="b", by=manager
    )
    colleague = signed_in(give_role(person("second"), "manager"))
    asked = {"amount": "300.00", "reference": "re_1", "reason": "Charged twice."}

    first = as_manager.post(f"{PAYMENTS}{paid.pk}/refund/", asked)
    twice = as_manager.post(f"{PAYMENTS}{paid.pk}/refund/", asked)
    refund = RefundRequest.objects.get()
    own = as_manager.post(f"{REFUNDS}{refund.pk}/approve/")
    overview = text(colleague.get("/admin/"))
    approved = colleague.post(f"{REFUNDS}{refund.pk}/approve/")

    refund.refresh_from_db()
    assert told(first) == "A second person decides on the refund of 300.00 EUR. Nothing is given back yet."
    assert told(twice) == "A refund of this payment waits for an answer already."
    assert own.status_code == 403
    assert "1 refund to decide on" in overview
    assert "refund to decide on" not in text(as_manager.get("/admin/"))
    assert told(approved) == "Refund of bank b is approved and entered."
    assert (refund.state, Payment.objects.get(kind="refund").amount_minor) == (RefundState.APPROVED, -30000)


def test_a_small_refund_and_a_counter_entry_are_entered_at_once(
    basic: Plan, started: Started, manager: User, as_manager: Client, clock: Clock
) -> None:
    paid = services.record_payment(started(basic), 2000, provider="bank", reference="b", by=manager)
    address = f"{PAYMENTS}{paid.pk}/"

    refunded = as_manager.post(f"{address}refund/", {"amount": "5", "reference": "re_1", "reason": "Sorry."})
    corrected = as_manager.post(f"{address}correct/", {"reason": "Somebody else's."})
    again = as_manager.post(f"{address}correct/", {"reason": "Somebody else's."})

    assert told(refunded) == "5.00 EUR of bank b given back."
    assert told(corrected) == "An entry against bank b stands in the ledger."
    assert told(again) == "Nothing is left of bank b: all of it was taken back."
    assert list(Payment.objects.order_by("pk").values_list("amount_minor", flat=True)) == [2000, -500, -1500]


def test_payments_and_failures_are_entered_by_whoever_has_the_right(
    basic: Plan, started: Started, as_administrator: Client, as_manager: Client, clock: Clock
) -> None:
    subscription = started(basic)
    failed = {"provider": "stripe", "reference": "f1", "note": "The card has expired."}

    by_manager = as_manager.post(f"{SUBSCRIPTIONS}{subscription.pk}/record-failed/", failed)
    as_administrator.post(f"{SUBSCRIPTIONS}{subscription.pk}/record-failed/", failed)
    subscription.refresh_from_db()
    past_due = subscription.status
    paid = as_administrator.post(
        f"{SUBSCRIPTIONS}{subscription.pk}/record-payment/",
        {"amount": "20.00", "provider": "stripe", "reference": "c1"},
    )

    subscription.refresh_from_db()
    assert by_manager.status_code == 403
    assert past_due == SubscriptionStatus.PAST_DUE
    assert told(paid) == "20.00 EUR entered. Robin Student: Basic is active."
    assert subscription.status == SubscriptionStatus.ACTIVE


def test_somebody_is_taken_on_by_address_on_a_plan_that_is_offered(
    basic: Plan, student: User, as_manager: Client, clock: Clock
) -> None:
    old = subscriptions.plan.make(name="Old", is_offered=False)
    address = f"{SUBSCRIPTIONS}add/"

    nobody = as_manager.post(address, {"subscriber_email": "nobody@example.org", "plan": basic.pk})
    gone = as_manager.post(address, {"subscriber_email": student.email, "plan": old.pk})
    none = Subscription.objects.count()
    as_manager.post(address, {"subscriber_email": " Student@example.org", "plan": basic.pk, "is_auto_renew": "on"})
    twice = as_manager.post(address, {"subscriber_email": student.email, "plan": basic.pk})

    made = Subscription.objects.get()
    assert "Nobody has this address." in text(nobody)
    assert "Select a valid choice" in text(gone)
    assert none == 0
    assert (made.user, made.status, made.is_auto_renew) == (student, SubscriptionStatus.PENDING, True)
    assert "has a subscription already" in text(twice)


def test_the_page_of_a_person_shows_their_subscription(
    basic: Plan, started: Started, student: User, as_support: Client, clock: Clock
) -> None:
    started(basic)

    shown = text(as_support.get(f"/admin/accounts/user/{student.pk}/change/?tab=subscription"))

    assert "Renews on 1 May 2026" in shown


def test_the_figures_by_month_are_sums_of_what_happened_by_one_query(
    basic: Plan,
    premium: Plan,
    started: Started,
    manager: User,
    administrator: User,
    signed_in: Callable[[User], Client],
    clock: Clock,
    django_assert_num_queries: Any,
) -> None:
    stays = started(basic)
    leaves = services.start_subscription(administrator, premium, by=manager, begins_now=True)
    clock.move_to(datetime(2026, 5, 3, 9, tzinfo=UTC))
    list(services.run_due_changes())
    services.upgrade_subscription(
        Subscription.objects.get(pk=stays.pk), premium, by=manager, shown_due_minor=3000 - 1871
    )
    clock.move_to(datetime(2026, 7, 2, 9, tzinfo=UTC))
    services.reactivate_subscription(Subscription.objects.get(pk=leaves.pk), basic, by=manager)
    list(services.run_due_changes())

    with django_assert_num_queries(1):
        months = revenue_by_month(datetime.now(UTC))["EUR"]
    page = text(signed_in(manager).get("/admin/revenue/"))

    assert [(month.begins.month, month.opening, month.closing, month.subscribers) for month in months] == [
        (7, 3000, 5000, 2),
        (6, 3000, 3000, 1),
        (5, 5000, 3000, 1),
        (4, 0, 5000, 2),
    ]
    assert (months[2].sums, months[2].churn_percent) == ({"churned": -3000, "expansion": 1000}, 60.0)
    assert (months[0].sums, months[3].churn_percent) == ({"reactivated": 2000}, None)
    assert "50.00 EUR</span> a month" in page
    assert "Somebody pays nothing any more" in page
    assert "-30.00 EUR" in page


def test_before_anybody_pays_the_figures_say_so(as_manager: Client, as_support: Client) -> None:
    assert "Nobody pays for a subscription yet" in text(as_manager.get("/admin/revenue/"))
    assert as_support.get("/admin/revenue/").status_code == 403
