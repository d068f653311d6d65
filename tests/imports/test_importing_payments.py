"""The ledger takes new rows and rows against old ones; nothing in it is changed by a file, and nothing leaves it."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.subscriptions.models import Payment, Plan, Subscription
from apps.subscriptions.queries import left_of
from apps.subscriptions.services import ask_for_refund, correct_payment, record_payment, start_subscription
from imports.models import ImportJob
from imports.services import apply_now, undo_now, undo_preview
from tests.recipes import accounts, subscriptions
from tests.support.importing import applied, planned

pytestmark = pytest.mark.django_db

HEAD = "provider,reference,subscriber_email,kind,amount,currency,paid_at,takes_back,reason\n"


@pytest.fixture
def subscription(administrator: User) -> Subscription:
    """Pending: 20.00 EUR are to be paid."""
    lou = accounts.person.make(email="lou@example.org")
    return start_subscription(lou, subscriptions.plan.make(), by=administrator)


@pytest.fixture
def paid(subscription: Subscription, administrator: User) -> Payment:
    return record_payment(subscription, 2000, provider="bank", reference="ch-1", by=administrator)


def problems(job: ImportJob) -> list[tuple[str, str]]:
    rows = job.rows.exclude(messages=[]).order_by("number").values_list("messages", flat=True)
    return [(message["code"], message["column"]) for messages in rows for message in messages]


def entries() -> list[tuple[str, str, int]]:
    return list(Payment.objects.order_by("pk").values_list("reference", "kind", "amount_minor"))


def due(subscription: Subscription) -> tuple[str, int]:
    subscription.refresh_from_db()
    return subscription.status, subscription.due_minor


def test_new_rows_do_what_recording_them_does(subscription: Subscription, administrator: User) -> None:
    file = HEAD + "bank,ch-1,lou@example.org,,12.34,,,,\nbank,ch-2,lou@example.org,payment,10,EUR,,,\n"

    job = applied("payments", file, administrator)

    assert problems(job) == []
    assert entries() == [("ch-1", "payment", 1234), ("ch-2", "payment", 1000)]
    assert due(subscription) == ("active", -234)
    assert subscription.period_ends_at is not None
    assert Payment.objects.first().recorded_by == administrator  # type: ignore[union-attr]
    assert job.change_set is not None
    assert job.change_set.counts["subscriptions.payment"] == {"created": 2}
    assert "subscriptions.subscription" in job.change_set.counts


def test_the_same_file_again_changes_nothing_and_a_changed_row_is_refused(paid: Payment, administrator: User) -> None:
    same = planned("payments", HEAD + "bank,CH-1,lou@example.org,payment,20.00,EUR,,,\n", administrator)
    changed = planned("payments", HEAD + "bank,ch-1,lou@example.org,payment,21,EUR,,,Wrong.\n", administrator)

    assert same.counts["unchanged"] == 1
    assert problems(changed) == [("R_RULE", "amount"), ("R_RULE", "reason")]
    told = changed.rows.get().messages[0]
    assert "takes it back" in told["message"]
    assert told["value"] == "21.00"
    assert entries() == [("ch-1", "payment", 2000)]


def test_a_row_against_an_entry_is_how_one_corrects_it(
    paid: Payment, subscription: Subscription, administrator: User
) -> None:
    file = HEAD + (
        "bank,re-1,lou@example.org,refund,-3,,,ch-1,Half a week was down.\n"
        "bank,co-1,lou@example.org,counter,-17,,,ch-1,It was for somebody else.\n"
    )

    job = applied("payments", file, administrator)

    assert problems(job) == []
    assert left_of(paid) == 0
    assert due(subscription) == ("active", 1700)

    undo_now(job, by=administrator)

    assert job.status == "undone"
    assert left_of(paid) == 2000
    assert due(subscription) == ("active", 0)
    assert sorted(minor for _, _, minor in entries()) == [-1700, -300, 300, 1700, 2000]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("payment,,,,,", "amount"),
        ("payment,-1,,,,", "amount"),
        ("failed,1,,,,", "amount"),
        ("refund,1,,,ch-1,Asked.", "amount"),
        ("refund,-1,,,,Asked.", "takes_back"),
        ("payment,1,,,ch-1,", "takes_back"),
        ("refund,-1,,,ch-1,", "reason"),
        ("refund,-20.01,,,ch-1,Asked.", "amount"),
        ("counter,-1,,,nothing,Asked.", "takes_back"),
        ("payment,1,USD,,,", "currency"),
        ("payment,1,,2199-01-01 09:00,,", "paid_at"),
        ("payment,1.234,,,,", "amount"),
    ],
)
def test_what_no_entry_can_be_is_refused(paid: Payment, administrator: User, cells: str, column: str) -> None:
    job = planned("payments", f"{HEAD}bank,new,lou@example.org,{cells}\n", administrator)

    assert [found for _, found in problems(job)] == [column]
    assert entries() == [("ch-1", "payment", 2000)]


def test_rows_of_one_file_take_back_no_more_than_there_is(paid: Payment, administrator: User) -> None:
    rows = "".join(f"bank,re-{at},lou@example.org,refund,-15,,,ch-1,Asked.\n" for at in range(2))

    job = planned("payments", HEAD + rows, administrator)

    assert (job.counts["create"], problems(job)) == (1, [("R_RULE", "amount")])


def test_what_was_taken_back_since_the_plan_is_not_taken_back_twice(paid: Payment, administrator: User) -> None:
    job = planned("payments", f"{HEAD}bank,re,lou@example.org,refund,-15,,,ch-1,Asked.\n", administrator)
    correct_payment(paid, by=administrator, reason="Somebody else's.")

    apply_now(job, by=administrator)

    assert (job.status, job.counts["conflict"]) == ("failed", 1)
    assert "Make the plan again." in job.rows.get().messages[0]["message"]
    assert left_of(paid) == 0


def test_a_refund_a_second_person_has_to_agree_to_does_not_come_by_a_file(
    subscription: Subscription, administrator: User, settings: Any
) -> None:
    settings.SUBSCRIPTION_REFUND_ALONE = Decimal(5)
    record_payment(subscription, 2000, provider="bank", reference="ch-1", by=administrator)

    job = planned("payments", f"{HEAD}bank,re,lou@example.org,refund,-6,,,ch-1,Asked.\n", administrator)

    assert problems(job) == [("R_RULE", "amount")]
    assert "second person" in job.rows.get().messages[0]["message"]


def test_what_was_paid_before_its_subscription_was_entered_and_what_failed_is_noted_only(
    subscription: Subscription, administrator: User
) -> None:
    file = HEAD + ("bank,old,lou@example.org,,20,,2024-03-01 09:00,,\nbank,no,lou@example.org,failed,,,,,No money.\n")

    job = applied("payments", file, administrator)
    correct_payment(Payment.objects.get(reference="old"), by=administrator, reason="Not theirs.")

    assert problems(job) == [("W_RULE", "paid_at"), ("W_RULE", "kind")]
    assert due(subscription) == ("pending", 2000)


def test_an_undo_enters_the_opposite_of_each_row_and_deletes_none(
    subscription: Subscription, administrator: User
) -> None:
    file = HEAD + "bank,ch-1,lou@example.org,,5,,,,\nbank,ch-2,lou@example.org,failed,,,,,No money.\n"
    job = applied("payments", file, administrator)

    preview = undo_preview(job, by=administrator)
    undo_now(job, by=administrator)
    undo_now(job, by=administrator)

    assert preview["counts"] == {"undo": 1, "left": 1}
    assert [left["key"] for left in preview["left"]] == ["bank / ch-2"]
    assert job.status == "partly_undone"
    assert [(kind, minor) for _, kind, minor in entries()] == [("payment", 500), ("failed", 0), ("counter", -500)]
    assert due(subscription) == ("pending", 2000)
    counter = Payment.objects.get(kind="counter")
    assert (counter.against, counter.recorded_by) == (Payment.objects.get(reference="ch-1"), administrator)


def test_an_undo_leaves_what_was_taken_back_or_is_being_decided_on(
    subscription: Subscription, administrator: User
) -> None:
    rows = "".join(f"bank,ch-{at},lou@example.org,,5,,,,\n" for at in range(3))
    job = applied("payments", HEAD + rows, administrator)
    first, second, _third = Payment.objects.order_by("pk")
    correct_payment(first, by=administrator, reason="Not theirs.")
    ask_for_refund(second, 500, reference="re", by=administrator, reason="Asked.")

    undo_now(job, by=administrator)

    left = job.rows.filter(state="left").order_by("number")
    assert [row.messages[-1]["message"] for row in left] == [
        "Something of it was taken back since. Take back the rest on its page.",
        "A refund of it is being decided on.",
    ]
    assert due(subscription) == ("pending", 1500)


def test_what_takes_a_payment_back_needs_the_right_to_refund(paid: Payment, support: User) -> None:
    names = ("import_payment", "view_payment", "view_subscription", "view_user")
    support.groups.get().permissions.add(*Permission.objects.filter(codename__in=names))
    rows = "bank,re,lou@example.org,refund,-3,,,ch-1,Asked.\nbank,ch-2,lou@example.org,,5,,,,\n"

    job = planned("payments", HEAD + rows, support)

    assert problems(job) == [("R_DENIED", "takes_back")]
    assert job.counts["create"] == 1


def test_writing_many_takes_no_more_queries_than_writing_a_few(administrator: User) -> None:
    plan: Plan = subscriptions.plan.make()

    def queries(mark: str, number: int) -> int:
        made = [subscriptions.subscription.make(plan=plan) for _ in range(number)]
        rows = "".join(f"bank,{mark}-{one.pk},{one.user.email},,5,,,,\n" for one in made)
        with CaptureQueriesContext(connection) as captured:
            job = applied("payments", HEAD + rows, administrator)
        assert job.applied_counts["create"] == number
        return len(captured)

    assert abs(queries("few", 2) - queries("many", 30)) <= 10  # its reports depend on the time it takes


def test_a_row_is_for_as_many_months_as_one_that_is_recorded(administrator: User) -> None:
    yearly = subscriptions.plan.make(price=Decimal("150.00"), period_months=12)
    start_subscription(accounts.person.make(email="lou@example.org"), yearly, by=administrator)
    applied("payments", HEAD + "bank,ch-1,lou@example.org,,150,,2026-01-10,,\n", administrator)

    rows = "bank,re-1,lou@example.org,refund,-1,,2026-03-10,ch-1,Too much.\nbank,ch-2,lou@example.org,,1,,,,\n"
    applied("payments", HEAD + rows, administrator)

    assert dict(Payment.objects.values_list("reference", "months")) == {"ch-1": 12, "re-1": 10, "ch-2": 12}
