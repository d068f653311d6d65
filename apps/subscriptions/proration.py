"""What an upgrade costs today: the unused days of the running period are credited, the new period begins now."""

from dataclasses import dataclass
from datetime import datetime

from apps.subscriptions.models import Plan, Subscription
from apps.subscriptions.money import in_words, share_of
from apps.subscriptions.periods import day_of, days_in, period_end, unused_days


@dataclass(frozen=True, slots=True)
class Quote:
    """What changing to a plan at this moment means in days and money (hundredths of the currency)."""

    plan: Plan
    unused: int
    days: int
    credit_minor: int
    price_minor: int
    owed_minor: int
    ends_at: datetime

    @property
    def due_minor(self) -> int:
        """Below zero where the credit is more than the first period costs; the rest counts towards the next one."""
        return self.price_minor - self.credit_minor

    def __str__(self) -> str:
        currency = self.plan.currency
        credited = f"{self.unused} of {self.days} days unused: {in_words(self.credit_minor, currency)} credited"
        if self.due_minor < 0:
            rest = in_words(-self.due_minor, currency)
            return f"{credited}, nothing due today, {rest} kept for the next period."
        owed = f" {in_words(self.owed_minor, currency)} is still to be paid from before." if self.owed_minor > 0 else ""
        return f"{credited}, {in_words(self.due_minor, currency)} due today.{owed}"


def quote(subscription: Subscription, plan: Plan, now: datetime) -> Quote:
    """Reads nothing but these two. What was given for free (an extension) makes each day of the period cheaper."""
    starts, ends = subscription.period_starts_at, subscription.period_ends_at
    days = days_in(starts, ends) if starts and ends else 1
    unused = min(days, unused_days(ends, now)) if ends else 0
    return Quote(
        plan,
        unused,
        days,
        share_of(subscription.price_minor, unused, days),
        plan.price_minor,
        subscription.due_minor,
        period_end(now, plan.period_months, day_of(now)),
    )
