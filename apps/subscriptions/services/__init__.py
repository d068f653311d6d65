"""Everything that can happen to a subscription and to money; each function is one change set."""

from apps.subscriptions.services.due import due_in_words, run_due_changes
from apps.subscriptions.services.extending import extend_many, extend_subscription
from apps.subscriptions.services.lifecycle import (
    activate_subscription,
    end_subscription,
    pause_subscription,
    reactivate_subscription,
    resume_subscription,
    start_subscription,
)
from apps.subscriptions.services.paying import correct_payment, record_failed_payment, record_payment
from apps.subscriptions.services.planning import (
    cancel_at_period_end,
    change_plan_at_period_end,
    take_back,
    upgrade_subscription,
)
from apps.subscriptions.services.refunding import approve_refund, ask_for_refund, decline_refund, refund_payment

__all__ = [
    "activate_subscription",
    "approve_refund",
    "ask_for_refund",
    "cancel_at_period_end",
    "change_plan_at_period_end",
    "correct_payment",
    "decline_refund",
    "due_in_words",
    "end_subscription",
    "extend_many",
    "extend_subscription",
    "pause_subscription",
    "reactivate_subscription",
    "record_failed_payment",
    "record_payment",
    "refund_payment",
    "resume_subscription",
    "run_due_changes",
    "start_subscription",
    "take_back",
    "upgrade_subscription",
]
