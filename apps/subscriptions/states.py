"""The states of a subscription, of what is scheduled for it and of a refund, and the ways from one to another."""

from django.db import models


class SubscriptionStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    PAST_DUE = "past_due", "Past due"
    CANCELLED = "cancelled", "Ends with the period"
    EXPIRED = "expired", "Expired"


TRANSITIONS: dict[str, frozenset[str]] = {
    SubscriptionStatus.PENDING: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.EXPIRED}),
    SubscriptionStatus.ACTIVE: frozenset(
        {
            SubscriptionStatus.PAUSED,
            SubscriptionStatus.PAST_DUE,
            SubscriptionStatus.CANCELLED,
            SubscriptionStatus.EXPIRED,
        }
    ),
    SubscriptionStatus.PAUSED: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.EXPIRED}),
    SubscriptionStatus.PAST_DUE: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.EXPIRED}),
    SubscriptionStatus.CANCELLED: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.EXPIRED}),
    SubscriptionStatus.EXPIRED: frozenset({SubscriptionStatus.ACTIVE}),
}

# States in which a period runs: what the plan opens is open, and its price counts in the figures.
RUNNING = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.CANCELLED})


class ChangeKind(models.TextChoices):
    RENEW = "renew", "Renew"
    END = "end", "End"
    CANCEL = "cancel", "Cancel"
    CHANGE_PLAN = "change_plan", "Change the plan"
    END_GRACE = "end_grace", "End of grace"
    RESUME = "resume", "Resume"


# What can happen when a period ends; a subscription has at most one of these before it.
AT_PERIOD_END = frozenset({ChangeKind.RENEW, ChangeKind.END, ChangeKind.CANCEL, ChangeKind.CHANGE_PLAN})
# What somebody scheduled and may take back; the rest follows from the state.
TAKEN_BACK = frozenset({ChangeKind.CANCEL, ChangeKind.CHANGE_PLAN, ChangeKind.RESUME})


class ChangeState(models.TextChoices):
    OPEN = "open", "Scheduled"
    HELD = "held", "On hold"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Taken back"
    REFUSED = "refused", "Not possible"


class RefundState(models.TextChoices):
    OPEN = "open", "Waits for a second person"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


def transition_allowed(before: str, after: str) -> bool:
    """Whether a subscription in the first state may enter the second; staying where it is always may."""
    return before == after or after in TRANSITIONS[before]
