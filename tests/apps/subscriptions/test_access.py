"""What a subscription opens: premium lessons, as long as it runs; what was learned is kept when it ends."""

from collections.abc import Callable
from datetime import UTC, datetime

import time_machine
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Lesson
from apps.enrollments.models import LessonProgress
from apps.subscriptions import services
from apps.subscriptions.models import Plan, Subscription
from apps.subscriptions.queries import subscription_of, why_premium_is_closed
from tests.recipes import catalog, enrollments

Started = Callable[..., Subscription]


def why(user: User) -> str:
    return why_premium_is_closed(subscription_of(user))


def test_premium_is_open_as_long_as_a_premium_subscription_runs(
    basic: Plan, premium: Plan, started: Started, student: User, manager: User, clock: time_machine.Traveller
) -> None:
    without = why(student)
    subscription = started(basic, begins_now=False)
    low = why(student)
    services.activate_subscription(subscription, by=manager, reason="Paid in cash.")
    services.upgrade_subscription(subscription, premium, by=manager, shown_due_minor=1000)
    opened = why(student)
    services.pause_subscription(subscription, by=manager, reason="Abroad.")
    paused = why(student)
    services.resume_subscription(subscription, by=manager)
    services.cancel_at_period_end(subscription, by=manager, reason="Asked.")
    cancelled = why(student)
    clock.move_to(datetime(2026, 5, 1, 9, tzinfo=UTC))

    assert without == "They have no subscription."
    assert low == "The plan Basic does not open premium lessons."
    assert opened == cancelled == ""
    assert paused == "The subscription to Premium is paused."
    assert why(student) == "The subscription to Premium has ended."
    assert subscription_of(student).status == "cancelled"  # type: ignore[union-attr] # nobody has come to it yet


def test_what_renews_stays_open_while_its_renewal_is_late_and_grace_ends_on_its_moment(
    premium: Plan, started: Started, student: User, manager: User, clock: time_machine.Traveller
) -> None:
    subscription = started(premium)
    clock.move_to(datetime(2026, 5, 9, 9, tzinfo=UTC))
    late = why(student)
    list(services.run_due_changes())
    services.record_failed_payment(subscription, provider="stripe", reference="f", by=None)
    in_grace = why(student)
    clock.move_to(datetime(2026, 5, 16, 9, tzinfo=UTC))

    assert late == in_grace == ""
    assert why(student) == "The subscription to Premium was not paid in time."


def test_the_page_of_an_enrollment_says_why_premium_lessons_are_closed_and_keeps_what_was_learned(
    premium: Plan,
    started: Started,
    student: User,
    manager: User,
    as_manager: Client,
    clock: time_machine.Traveller,
) -> None:
    lesson = catalog.lesson.make(access_level=Lesson.AccessLevel.PREMIUM)
    taken = enrollments.enrollment.make(user=student, course=lesson.course)
    enrollments.lesson_progress.make(enrollment=taken, lesson=lesson, is_completed=True)
    address = f"/admin/enrollments/enrollment/{taken.pk}/change/?tab=progress"
    before = list(LessonProgress.objects.values())
    subscription = started(premium)

    opened = as_manager.get(address).content.decode()
    services.end_subscription(subscription, by=manager, reason="Asked.")
    closed = as_manager.get(address).content.decode()

    assert "The premium lessons are closed" not in opened
    assert "The premium lessons are closed: The subscription to Premium has ended. What was learned is kept." in closed
    assert "1 of 1 lessons completed" in closed
    assert list(LessonProgress.objects.values()) == before
