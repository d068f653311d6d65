"""Plans at two prices, and somebody who subscribes to the lower one; the clock stands at a known moment."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from apps.accounts.models import User
from apps.subscriptions.models import Plan, Subscription
from apps.subscriptions.services import start_subscription
from tests.recipes import subscriptions

START = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """`clock.move_to(...)` says what time it is."""
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def basic(clock: time_machine.Traveller, db: None) -> Plan:
    made: Plan = subscriptions.plan.make(
        code="basic-m", name="Basic", tier=Plan.Tier.BASIC, price=Decimal("20.00"), opens=Plan.Opens.REGISTERED
    )
    return made


@pytest.fixture
def premium(clock: time_machine.Traveller, db: None) -> Plan:
    made: Plan = subscriptions.plan.make(code="premium-m", name="Premium", price=Decimal("30.00"))
    return made


@pytest.fixture
def started(student: User, manager: User) -> Callable[..., Subscription]:
    """`started(basic)`: the student's subscription, begun now and renewing by itself."""

    def start(plan: Plan, *, is_auto_renew: bool = True, begins_now: bool = True) -> Subscription:
        return start_subscription(student, plan, by=manager, is_auto_renew=is_auto_renew, begins_now=begins_now)

    return start
