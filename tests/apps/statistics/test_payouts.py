"""Payouts: what subscribers paid for a month goes to the courses they learned in, and from there by shares."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.enrollments.models import Enrollment
from apps.statistics.figures.payout import paid_for
from apps.statistics.models import Payout
from apps.statistics.services import check_figures, refresh_payouts
from apps.subscriptions.models import Payment
from apps.subscriptions.periods import month_number
from tests.recipes import catalog, enrollments, subscriptions
from tests.support.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_in_flight", "in_april")]
JANUARY, MARCH, APRIL = (datetime(2026, month, 10, tzinfo=UTC) for month in (1, 3, 4))


@pytest.fixture
def in_april() -> Any:
    with time_machine.travel(APRIL, tick=False):
        yield


@pytest.fixture
def course() -> Any:
    """One that nobody teaches yet."""
    return catalog.course.make(code="A")


@pytest.fixture
def other_course() -> Any:
    return catalog.course.make(code="B")


def taught(course: Course, *shares: int) -> list[User]:
    """Instructors of the course with these shares, there since last year."""
    people = [person(f"teacher{User.objects.count()}", User.Role.INSTRUCTOR) for _ in shares]
    for user, share in zip(people, shares, strict=True):
        facts = {"revenue_share_percent": share, "joined_at": JANUARY - timedelta(days=200)}
        CourseInstructor.objects.create(course=course, user=user, **facts)
    return people


def subscriber(minor: int, *, paid_at: datetime = MARCH, months: int = 1, currency: str = "EUR") -> User:
    user = person(f"learner{User.objects.count()}", User.Role.STUDENT)
    plan = subscriptions.plan.make(period_months=months, currency=currency)
    subscription = subscriptions.subscription.make(user=user, plan=plan, currency=currency)
    subscriptions.payment.make(
        subscription=subscription, amount_minor=minor, paid_at=paid_at, months=months, currency=currency
    )
    return user


def learned(user: User, course: Course, lessons: int, at: datetime = MARCH) -> None:
    """The user completed so many more lessons of the course."""
    enrollment, _ = Enrollment.objects.get_or_create(user=user, course=course)
    for _ in range(lessons):
        lesson: Lesson = catalog.lesson.make(module__course=course)
        enrollments.lesson_progress.make(enrollment=enrollment, lesson=lesson, is_completed=True, completed_at=at)


def amounts(**where: Any) -> list[tuple[str, int]]:
    rows = Payout.objects.filter(**where).order_by("month", "pk")
    return [(f"{row.month:%Y-%m}", row.amount_minor) for row in rows]


def test_what_a_subscriber_paid_is_divided_by_lessons_and_then_by_shares(course: Course, other_course: Course) -> None:
    lead, colleague = taught(course, 70, 20)
    (alone,) = taught(other_course, 50)
    user = subscriber(2_000)
    learned(user, course, 3)
    learned(user, other_course, 1)

    refresh_payouts()

    assert amounts(instructor=lead) == [("2026-03", 1_050)]
    assert amounts(instructor=colleague) == [("2026-03", 300)]
    assert amounts(instructor=alone) == [("2026-03", 250)]
    row = Payout.objects.get(instructor=lead)
    assert (row.learners, row.lessons, row.revenue_minor, row.share_percent) == (1, 3, 1_500, Decimal(70))


def test_what_is_paid_for_a_year_counts_a_twelfth_a_month_and_only_where_something_was_learned(course: Course) -> None:
    (lead,) = taught(course, 100)
    user = subscriber(12_005, paid_at=JANUARY, months=12)
    learned(user, course, 1, JANUARY)
    learned(user, course, 1, MARCH)

    refresh_payouts()

    assert amounts(instructor=lead) == [("2026-01", 1_000), ("2026-03", 1_001)]


def test_a_refund_is_taken_off_the_months_that_are_left(course: Course) -> None:
    (lead,) = taught(course, 100)
    user = subscriber(12_000, paid_at=JANUARY, months=12)
    paid = Payment.objects.get()
    subscriptions.payment.make(
        subscription=paid.subscription,
        kind="refund",
        against=paid,
        amount_minor=-5_000,
        paid_at=MARCH,
        months=paid.months_left(MARCH),
    )
    for at in (JANUARY, MARCH, APRIL):
        learned(user, course, 1, at)

    refresh_payouts()

    assert amounts(instructor=lead) == [("2026-01", 1_000), ("2026-03", 500), ("2026-04", 500)]


def test_whoever_completed_nothing_or_paid_nothing_pays_for_no_course(course: Course) -> None:
    taught(course, 100)
    subscriber(2_000)
    learned(person("guest", User.Role.STUDENT), course, 4)

    refresh_payouts()

    assert not Payout.objects.exists()


def test_currencies_are_kept_apart(course: Course) -> None:
    (lead,) = taught(course, 50)
    for currency in ("EUR", "USD"):
        learned(subscriber(1_000, currency=currency), course, 1)

    refresh_payouts()

    rows = Payout.objects.filter(instructor=lead).order_by("currency")
    assert [(row.currency, row.amount_minor) for row in rows] == [("EUR", 500), ("USD", 500)]


def test_shares_above_a_hundred_together_are_taken_in_relation_to_each_other(course: Course) -> None:
    first, second = taught(course, 100, 60)
    learned(subscriber(1_600), course, 1)

    refresh_payouts()

    assert amounts(instructor=first) == [("2026-03", 1_000)]
    assert amounts(instructor=second) == [("2026-03", 600)]


@pytest.mark.parametrize(
    "facts",
    [
        {"is_active": False},
        {"revenue_share_percent": 0},
        {"expires_on": date(2026, 2, 28)},
        {"joined_at": datetime(2026, 4, 1, tzinfo=UTC)},
    ],
    ids=["has left", "has no share", "rights ended before", "came later"],
)
def test_whoever_did_not_teach_it_then_gets_nothing(course: Course, facts: dict[str, Any]) -> None:
    taught(course, 100)
    CourseInstructor.objects.filter(revenue_share_percent=100).update(**facts)
    learned(subscriber(2_000), course, 1)

    refresh_payouts()

    assert not Payout.objects.exists()


def test_a_month_that_is_over_keeps_its_shares_when_money_for_it_comes_late(course: Course) -> None:
    lead, colleague = taught(course, 80, 10)
    user = subscriber(1_000)
    learned(user, course, 1)
    learned(user, course, 1, APRIL)
    subscriptions.payment.make(subscription=user.subscription, amount_minor=1_000, paid_at=APRIL)
    refresh_payouts()
    row = CourseInstructor.objects.get(user=lead)
    row.revenue_share_percent = Decimal(10)
    row.save()
    subscriptions.payment.make(subscription=user.subscription, amount_minor=500, paid_at=MARCH)

    refresh_payouts()

    assert amounts(instructor=lead) == [("2026-03", 1_200), ("2026-04", 100)]
    assert amounts(instructor=colleague) == [("2026-03", 150), ("2026-04", 100)]


def test_a_month_in_which_nothing_was_entered_is_not_counted_again(course: Course) -> None:
    taught(course, 100)
    user = subscriber(1_000)
    learned(user, course, 1)
    refresh_payouts()
    Payout.objects.update(amount_minor=7)
    learned(user, course, 1, APRIL)

    months = refresh_payouts()

    assert months == 1
    assert amounts(month=date(2026, 3, 1)) == [("2026-03", 7)]


def test_what_was_taken_back_leaves_no_payout(course: Course) -> None:
    taught(course, 100)
    user = subscriber(1_000)
    learned(user, course, 1)
    refresh_payouts()
    paid = Payment.objects.get()
    subscriptions.payment.make(
        subscription=paid.subscription, kind="counter", against=paid, amount_minor=-1_000, paid_at=MARCH
    )

    refresh_payouts()

    assert not Payout.objects.exists()


def test_what_bypassed_the_history_is_found_by_the_nightly_check_and_repaired(course: Course) -> None:
    (lead,) = taught(course, 100)
    learned(subscriber(1_000), course, 1)
    refresh_payouts()
    Payout.objects.update(amount_minor=7)

    found = [str(drift) for drift in check_figures() if drift.kind == "payout"]

    assert found == [
        f"payout of course no. {course.pk} to person no. {lead.pk} in March 2026 (EUR): amount minor was 7, is 1000."
    ]
    assert amounts(instructor=lead) == [("2026-03", 1_000)]


def test_what_was_entered_since_is_no_drift(course: Course) -> None:
    taught(course, 100)
    refresh_payouts()
    learned(subscriber(1_000), course, 1)

    assert [drift for drift in check_figures() if drift.kind == "payout"] == []
    assert not Payout.objects.exists()
    refresh_payouts()
    assert Payout.objects.exists()


@given(
    payments=st.lists(
        st.tuples(st.integers(1, 10**9), st.sampled_from([1, 3, 12]), st.integers(-11, 3)), min_size=1, max_size=6
    )
)
def test_the_parts_of_all_months_add_up_to_what_was_paid(payments: list[tuple[int, int, int]]) -> None:
    subscription = subscriptions.subscription.make()
    with_months = [(minor, months, month_number(APRIL) + offset) for minor, months, offset in payments]
    Payment.objects.bulk_create(
        Payment(
            subscription=subscription,
            provider="bank",
            reference=f"{Payment.objects.count()}/{place}",
            amount_minor=minor,
            months=months,
            currency="EUR",
            paid_at=datetime((number - 1) // 12, (number - 1) % 12 + 1, 17, tzinfo=UTC),
        )
        for place, (minor, months, number) in enumerate(with_months)
    )

    numbers = range(month_number(APRIL) - 12, month_number(APRIL) + 16)
    parts = sum(row["minor"] for number in numbers for row in paid_for(number))

    assert parts == Payment.objects.aggregate(sum=Sum("amount_minor"))["sum"]
