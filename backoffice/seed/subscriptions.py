"""Who subscribes to the demo platform: more than a year of periods, payments and changes of mind."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.subscriptions.models import Movement, Payment, Plan, RefundRequest, ScheduledChange, Subscription
from apps.subscriptions.periods import day_of, period_end
from apps.subscriptions.services.changing import monthly, movement_kind
from apps.subscriptions.states import ChangeKind, ChangeState, SubscriptionStatus
from backoffice.seed.people import People
from backoffice.seed.writing import World, write_all

SUBSCRIBERS = 300
DAYS = 430
Status = SubscriptionStatus
# Code, name, tier, price, months, what it opens, currency, how many of a hundred choose it.
PLANS = (
    ("free", "Free", Plan.Tier.REGISTERED, "0.00", 1, Plan.Opens.REGISTERED, "USD", 16),
    ("basic-m", "Basic monthly", Plan.Tier.BASIC, "9.00", 1, Plan.Opens.REGISTERED, "USD", 24),
    ("basic-y", "Basic yearly", Plan.Tier.BASIC, "90.00", 12, Plan.Opens.REGISTERED, "USD", 8),
    ("premium-m", "Premium monthly", Plan.Tier.PREMIUM, "19.00", 1, Plan.Opens.PREMIUM, "USD", 26),
    ("premium-y", "Premium yearly", Plan.Tier.PREMIUM, "190.00", 12, Plan.Opens.PREMIUM, "USD", 12),
    ("premium-eu-m", "Premium monthly (euro)", Plan.Tier.PREMIUM, "18.00", 1, Plan.Opens.PREMIUM, "EUR", 9),
    ("premium-eu-y", "Premium yearly (euro)", Plan.Tier.PREMIUM, "180.00", 12, Plan.Opens.PREMIUM, "EUR", 5),
    ("team-2024", "Team 2024", Plan.Tier.PREMIUM, "49.00", 3, Plan.Opens.PREMIUM, "USD", 0),
)
LEFT = ("Too expensive.", "Has finished the course they came for.", "No time at the moment.", "Asked by mail.")
PAUSED = ("On parental leave.", "Abroad until spring.", "Asked for a break.")
REFUNDED = ("Was charged twice.", "Cancelled on the day of the renewal.", "Could not sign in for a week.")
FAILED = ("The card has expired.", "Insufficient funds.", "Declined by the bank.")


@dataclass
class Life:
    """One subscription with everything that happened to it, not written yet."""

    subscription: Subscription
    changes: list[ScheduledChange] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)

    def move(self, at: datetime) -> None:
        """The movement that follows from how it stands now."""
        row = self.subscription
        before, after = row.monthly_minor, monthly(row)
        if before != after:
            kind = movement_kind(before, after, is_first=not self.movements)
            facts = {"occurred_at": at, "recorded_at": at, "delta_minor": after - before, "currency": row.currency}
            self.movements.append(Movement(subscription=row, kind=kind, **facts))
        row.monthly_minor = after

    def begin(self, plan: Plan, at: datetime) -> None:
        row = self.subscription
        row.plan, row.currency, row.price_minor = plan, plan.currency, plan.price_minor
        row.status, row.period_starts_at = Status.ACTIVE, at
        row.period_ends_at = period_end(at, plan.period_months, row.anchor_day)
        self.move(at)

    def close(self, kind: str, at: datetime, outcome: str, **facts: Any) -> None:
        done = {"state": ChangeState.DONE, "closed_at": at + timedelta(minutes=4), "outcome": outcome}
        self.changes.append(self.change(kind, at, **{**done, **facts}))

    def wait(self, kind: str, at: datetime | None, **facts: Any) -> None:
        self.changes.append(self.change(kind, at, **facts))

    def change(self, kind: str, at: Any, **facts: Any) -> ScheduledChange:
        began = self.subscription.period_starts_at or self.subscription.created_at
        return ScheduledChange(
            subscription=self.subscription, kind=kind, effective_at=at, **{"created_at": began, **facts}
        )


def make_subscriptions(world: World, people: People) -> None:
    """Plans, and people on them in every state there is."""
    dice = world.dice("subscriptions")
    plans = [
        Plan(
            code=code,
            name=name,
            tier=tier,
            price=Decimal(price),
            period_months=months,
            opens=opens,
            currency=currency,
            is_offered=share > 0,
            created_at=world.now - timedelta(days=DAYS + 30),
        )
        for code, name, tier, price, months, opens, currency, share in PLANS
    ]
    write_all(plans)
    since = world.now - timedelta(days=20)
    able = [one for one in people.learners if one.status == User.Status.ACTIVE and one.created_at < since]
    chosen = dice.sample(able, min(len(able), world.many(SUBSCRIBERS)))
    ends = endings(dice)
    lives = [lived(world, dice, learner, plans, next(ends), people) for learner in chosen]
    lives.sort(key=lambda life: life.subscription.created_at)
    write_all([life.subscription for life in lives])
    write_all([change for life in lives for change in life.changes], touched="closed_at")
    write_all([entry for life in lives for entry in life.payments])
    Movement.objects.bulk_create(move for life in lives for move in life.movements)
    give_back(world, dice, people)


def endings(dice: random.Random) -> Iterator[str]:
    """How each stands today: the first few in each state there is, so that a small platform has them all."""
    yield from ("active", "cancelled", "past_due", "paused", "pending", "expired", "change_plan", "active")
    while True:
        kinds = ("active", "cancelled", "past_due", "paused", "pending", "change_plan")
        yield dice.choices(kinds, (82, 6, 3, 3, 2, 4))[0]


def lived(world: World, dice: random.Random, learner: User, plans: list[Plan], ending: str, people: People) -> Life:
    """From the first period to today."""
    shares = {code: share for code, *_, share in PLANS}
    offered = [plan for plan in plans if plan.price or ending in ("active", "pending")]
    plan = dice.choices(offered, [shares[plan.code] for plan in offered])[0]
    newest = (world.now - learner.created_at).total_seconds() / 86_400
    days_ago = (0.2, 2) if ending == "pending" else (12, min(DAYS, newest))
    begins = world.moment(dice, days_ago=days_ago)
    row = Subscription(user=learner, plan=plan, currency=plan.currency, is_auto_renew=True, created_at=begins)
    row.price_minor, row.anchor_day = plan.price_minor, day_of(begins)
    life = Life(row)
    if ending == "pending":
        row.due_minor = plan.price_minor
        return life if plan.price else pay_nothing(life, begins)
    row.started_at = begins
    life.begin(plan, begins)
    pay(life, dice, begins)
    while row.period_ends_at and row.period_ends_at <= world.now:
        if not go_on(life, dice, plans, row.period_ends_at, ending):
            return life
    stand_today(world, life, dice, plans, ending, people)
    return life


def pay_nothing(life: Life, at: datetime) -> Life:
    life.subscription.started_at = at
    life.begin(life.subscription.plan, at)
    life.wait(ChangeKind.RENEW, life.subscription.period_ends_at)
    return life


def go_on(life: Life, dice: random.Random, plans: list[Plan], at: datetime, ending: str) -> bool:
    """What happened at the end of a period; whether another one follows."""
    row, chance = life.subscription, dice.random()
    if ending == "expired" or (ending == "active" and row.price_minor and chance < 0.05):
        reason = dice.choice(LEFT)
        life.close(ChangeKind.CANCEL, at, "The subscription has ended; what was learned is kept.", reason=reason)
        row.status, row.ended_at = Status.EXPIRED, at
        life.move(at)
        return False
    others = [plan for plan in plans if plan.currency == row.currency and plan.is_offered and plan.price]
    plan = dice.choice(others) if row.price_minor and chance > 0.95 else row.plan
    kind = ChangeKind.RENEW if plan == row.plan else ChangeKind.CHANGE_PLAN
    target = None if kind == ChangeKind.RENEW else plan
    life.begin(plan, at)
    life.close(kind, at, f"{plan} until {row.period_ends_at:%-d %B %Y}.", plan=target)
    pay(life, dice, at)
    return True


def pay(life: Life, dice: random.Random, at: datetime) -> None:
    row = life.subscription
    if not row.price_minor:
        return
    provider, method = dice.choices((("stripe", "card"), ("paypal", "wallet"), ("bank", "transfer")), (7, 2, 1))[0]
    life.payments.append(
        Payment(
            subscription=row,
            provider=provider,
            method=method,
            reference=f"{provider[:2]}_{dice.getrandbits(64):016x}",
            amount_minor=row.price_minor,
            currency=row.currency,
            paid_at=at + timedelta(seconds=dice.randint(5, 900)),
            months=row.plan.period_months,
            recorded_at=at + timedelta(seconds=1_000),
        )
    )


def stand_today(world: World, life: Life, dice: random.Random, plans: list[Plan], ending: str, people: People) -> None:
    """The last period, which runs, waits or is about to end."""
    row, asked = life.subscription, {"scheduled_by": people.manager}
    since = max(row.period_starts_at or world.now, world.now - timedelta(days=5))
    if ending == "cancelled":
        row.status = Status.CANCELLED
        life.wait(ChangeKind.CANCEL, row.period_ends_at, reason=dice.choice(LEFT), created_at=since, **asked)
        return
    others = [plan for plan in plans if plan.currency == row.currency and plan.is_offered and plan != row.plan]
    if ending == "change_plan":
        life.wait(ChangeKind.CHANGE_PLAN, row.period_ends_at, plan=dice.choice(others), created_at=since, **asked)
        return
    held = {"state": ChangeState.HELD} if ending == "paused" else {}
    life.wait(ChangeKind.RENEW, row.period_ends_at, **held)
    if ending == "paused":
        row.status, row.paused_at = Status.PAUSED, since
        life.move(since)
        resumes = world.now + timedelta(days=dice.randint(10, 60))
        life.wait(ChangeKind.RESUME, resumes, reason=dice.choice(PAUSED), created_at=since, **asked)
    elif ending == "past_due":
        failed = world.now - timedelta(hours=dice.randint(5, 60))
        row.status, row.grace_ends_at = Status.PAST_DUE, failed + timedelta(days=7)
        row.due_minor = row.price_minor
        life.wait(ChangeKind.END_GRACE, row.grace_ends_at, created_at=failed)
        facts = {"kind": Payment.Kind.FAILED, "amount_minor": 0, "reason": dice.choice(FAILED), "method": "card"}
        reference = f"st_{dice.getrandbits(64):016x}"
        life.payments[-1:] = [
            Payment(
                subscription=row,
                provider="stripe",
                reference=reference,
                currency=row.currency,
                paid_at=failed,
                recorded_at=failed,
                **facts,
            )
        ]


def give_back(world: World, dice: random.Random, people: People) -> None:
    """Some payments were refunded; the refund of a large one waits for a second person."""
    paid = list(Payment.objects.filter(kind=Payment.Kind.PAYMENT).order_by("pk"))
    large = [entry for entry in paid if entry.amount_minor > 10_000]
    for entry in dice.sample(paid, min(len(paid), world.many(8))):
        at = min(world.now, entry.paid_at + timedelta(days=dice.randint(1, 9)))
        Payment.objects.create(
            subscription_id=entry.subscription_id,
            kind=Payment.Kind.REFUND,
            provider=entry.provider,
            method=entry.method,
            reference=f"re_{dice.getrandbits(64):016x}",
            amount_minor=-min(entry.amount_minor, 10_000),
            currency=entry.currency,
            paid_at=at,
            months=entry.months_left(at),
            recorded_at=at,
            against=entry,
            reason=dice.choice(REFUNDED),
            recorded_by=people.manager,
        )
        large = [one for one in large if one != entry]
    asked = [
        RefundRequest(
            payment=entry,
            amount_minor=entry.amount_minor,
            reference=f"re_{dice.getrandbits(64):016x}",
            reason=dice.choice(REFUNDED),
            asked_by=people.administrator if number else people.manager,
            created_at=world.now - timedelta(hours=5 + number),
        )
        for number, entry in enumerate(large[-2:])
    ]
    write_all(asked)
