"""Subscriptions that began elsewhere come in as they are; of those there are a file moves the end, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.subscriptions.models import Movement, Plan, Subscription
from apps.subscriptions.services import start_subscription
from imports.models import ImportJob
from imports.services import undo_now, undo_preview
from tests.recipes import accounts, subscriptions
from tests.support.importing import applied, planned

pytestmark = pytest.mark.django_db

HEAD = (
    "subscriber_email,plan_code,status,is_auto_renew,period_starts_at,period_ends_at,"
    "grace_ends_at,paused_at,ended_at,price,to_be_paid,currency\n"
)
STATE = "subscriber_email,status\n"
NOW = timezone.now()
THEN, SOON, LATER = (f"{NOW + timedelta(days=days):%Y-%m-%d %H:%M}" for days in (-3, 4, 27))


@pytest.fixture
def plan(db: None) -> Plan:
    made: Plan = subscriptions.plan.make(code="premium-m")
    return made


@pytest.fixture
def people(db: None) -> list[User]:
    return [accounts.person.make(email=f"s{number}@example.org") for number in range(6)]


@pytest.fixture
def begun(plan: Plan, people: list[User], administrator: User) -> Subscription:
    return start_subscription(people[0], plan, by=administrator, is_auto_renew=True, begins_now=True)


def problems(job: ImportJob) -> list[tuple[str, str]]:
    rows = job.rows.exclude(messages=[]).order_by("number").values_list("messages", flat=True)
    return [(message["code"], message["column"]) for messages in rows for message in messages]


def scheduled(subscription: Subscription) -> list[tuple[str, str]]:
    waiting = subscription.scheduled_changes.filter(state__in=("open", "held")).order_by("kind")
    return list(waiting.values_list("kind", "state"))


def test_new_ones_come_in_any_state_with_what_their_state_means(
    plan: Plan, people: list[User], administrator: User
) -> None:
    file = HEAD + (
        f"s0@example.org,premium-m,active,yes,{THEN},{LATER},,,,15.00,-2.50,EUR\n"
        f"s1@example.org,premium-m,cancelled,,{THEN},{LATER},,,,,,\n"
        f"s2@example.org,premium-m,past_due,yes,{THEN},{LATER},{SOON},,,,20,\n"
        f"s3@example.org,premium-m,paused,,{THEN},{LATER},,{THEN},,,,\n"
        "s4@example.org,premium-m,expired,,,,,,2025-05-01 09:00,,,\n"
        "s5@example.org,premium-m,,,,,,,,,20,\n"
    )

    job = applied("subscriptions", file, administrator)

    made = [Subscription.objects.get(user=person) for person in people]
    assert problems(job) == []
    assert [scheduled(one) for one in made] == [
        [("renew", "open")],
        [("cancel", "open")],
        [("end_grace", "open"), ("renew", "open")],
        [("end", "held")],
        [],
        [],
    ]
    assert (made[0].price_minor, made[0].due_minor, made[0].monthly_minor) == (1500, -250, 1500)
    assert made[0].period_ends_at is not None
    assert (made[0].anchor_day, made[0].started_at) == (made[0].period_ends_at.day, made[0].period_starts_at)
    assert (made[1].price_minor, made[4].status, made[5].status) == (2000, "expired", "pending")
    assert list(Movement.objects.order_by("subscription_id").values_list("kind", "delta_minor")) == [
        ("new", 1500),
        ("new", 2000),
        ("new", 2000),
    ]


def test_taking_it_back_deletes_them_and_ends_what_counted_in_the_figures(
    plan: Plan, people: list[User], administrator: User
) -> None:
    file = HEAD + f"s0@example.org,premium-m,active,,{THEN},{LATER},,,,,,\ns1@example.org,premium-m,,,,,,,,,,\n"
    job = applied("subscriptions", file, administrator)

    undo_now(job, by=administrator)

    ended = Subscription.objects.get()
    assert job.status == "undone"
    assert (ended.user, ended.status, ended.monthly_minor, scheduled(ended)) == (people[0], "expired", 0, [])
    assert list(ended.movements.values_list("kind", "delta_minor")) == [("new", 2000), ("churned", -2000)]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("active,,,,,,,,,", "period_starts_at"),
        ("active,,{LATER},{THEN},,,,,,", "period_ends_at"),
        ("active,,2025-01-01 09:00,{THEN},,,,,,", "period_ends_at"),
        ("active,,{SOON},{LATER},,,,,,", "period_starts_at"),
        ("active,,{THEN},{LATER},{SOON},,,,,", "grace_ends_at"),
        ("past_due,,{THEN},{LATER},,,,,,", "grace_ends_at"),
        ("paused,,{THEN},{LATER},,,,,,", "paused_at"),
        ("pending,,{THEN},{LATER},,,,,,", "period_starts_at"),
        (",,,,,,,,,USD", "currency"),
        (",,,,,,,-1,,", "price"),
        (",,,,,,,12.345,,", "price"),
    ],
)
def test_what_no_subscription_can_be_is_refused(
    plan: Plan, people: list[User], administrator: User, cells: str, column: str
) -> None:
    job = planned(
        "subscriptions",
        HEAD + f"s0@example.org,premium-m,{cells}\n".format(THEN=THEN, SOON=SOON, LATER=LATER),
        administrator,
    )

    assert {found for _, found in problems(job)} >= {column}
    assert not Subscription.objects.exists()
    assert job.counts["create"] == 0


def test_a_file_lets_one_end_with_its_period_and_takes_that_back_and_ends_it(
    begun: Subscription, administrator: User
) -> None:
    applied("subscriptions", STATE + "s0@example.org,cancelled\n", administrator)
    cancelled = scheduled(begun)
    applied("subscriptions", STATE + "s0@example.org,active\n", administrator)
    going_on = scheduled(begun)

    job = applied("subscriptions", STATE + "s0@example.org,expired\n", administrator)

    begun.refresh_from_db()
    assert (cancelled, going_on, scheduled(begun)) == ([("cancel", "open")], [("renew", "open")], [])
    assert (begun.status, begun.monthly_minor, begun.ended_at is not None) == ("expired", 0, True)
    assert set(job.rows.get().changes) == {"status", "ended_at", "monthly_revenue"}

    undo_now(job, by=administrator)

    begun.refresh_from_db()
    assert (begun.status, begun.monthly_minor, begun.ended_at) == ("active", 2000, None)
    assert scheduled(begun) == [("renew", "open")]
    assert sum(begun.movements.values_list("delta_minor", flat=True)) == 2000


@pytest.mark.parametrize("status", ["paused", "past_due", "pending"])
def test_what_is_about_the_period_has_actions_and_no_cells(
    begun: Subscription, administrator: User, status: str
) -> None:
    before = Subscription.objects.values().get()

    job = planned("subscriptions", f"{STATE}s0@example.org,{status}\n", administrator)

    assert problems(job) == [("R_RULE", "status")]
    assert Subscription.objects.values().get() == before


def test_an_ended_one_begins_again_by_its_action_only(begun: Subscription, administrator: User) -> None:
    applied("subscriptions", STATE + "s0@example.org,expired\n", administrator)

    job = planned("subscriptions", STATE + "s0@example.org,active\n", administrator)

    assert problems(job) == [("R_RULE", "status")]


@pytest.mark.parametrize(
    "cell", ["is_auto_renew,no", "period_ends_at,2031-01-01 09:00", "to_be_paid,5", "plan_code,other"]
)
def test_facts_of_one_that_is_there_are_not_typed_over(begun: Subscription, administrator: User, cell: str) -> None:
    subscriptions.plan.make(code="other")
    column, value = cell.split(",")

    job = planned("subscriptions", f"subscriber_email,{column}\ns0@example.org,{value}\n", administrator)

    assert problems(job) == [("R_RULE", column)]


def test_one_that_was_paid_for_since_stays_when_its_import_is_taken_back(
    plan: Plan, people: list[User], administrator: User
) -> None:
    job = applied("subscriptions", HEAD + "s0@example.org,premium-m,,,,,,,,,20,\n", administrator)
    subscriptions.payment.make(subscription=Subscription.objects.get())

    preview = undo_preview(job, by=administrator)
    undo_now(job, by=administrator)

    assert [left["why"] for left in preview["left"]] == ["It is in use by 1 payment."]
    assert (job.status, Subscription.objects.count()) == ("partly_undone", 1)


def test_money_and_states_take_rights_of_their_own(plan: Plan, people: list[User], support: User) -> None:
    names = ("import_subscription", "view_user")
    support.groups.get().permissions.add(*Permission.objects.filter(codename__in=names))
    file = HEAD + f"s0@example.org,premium-m,active,,{THEN},{LATER},,,,5,5,\ns1@example.org,premium-m,,,,,,,,,,\n"

    job = planned("subscriptions", file, support)

    assert problems(job) == [("R_DENIED", "status"), ("R_DENIED", "price"), ("R_DENIED", "to_be_paid")]
    assert job.counts["create"] == 1


def test_writing_many_takes_no_more_queries_than_writing_a_few(plan: Plan, administrator: User) -> None:
    def queries(first: int, number: int) -> int:
        people = [accounts.person.make(email=f"m{at}@example.org") for at in range(first, first + number)]
        rows = "".join(f"{one.email},premium-m,active,,{THEN},{LATER},,,,,,\n" for one in people)
        with CaptureQueriesContext(connection) as captured:
            job: Any = applied("subscriptions", HEAD + rows, administrator)
        assert job.applied_counts["create"] == number
        return len(captured)

    assert abs(queries(0, 2) - queries(10, 30)) <= 10  # its reports depend on the time it takes
