"""What of subscriptions and payments is about a person; an erasure leaves the money, and takes names out of reasons."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere, left_out
from apps.accounts.erasing import replace_words
from apps.subscriptions.models import Movement, Payment, RefundRequest, ScheduledChange, Subscription

about_people(
    Personal(model=Subscription),
    Personal(model=ScheduledChange, path="subscription__user"),
    Personal(model=Payment, path="subscription__user"),
    Personal(model=RefundRequest, path="payment__subscription__user"),
    Personal(model=Movement, path="subscription__user"),
)
left_out |= {
    "subscriptions.scheduledchange.scheduled_by": "It says who scheduled it: a fact about the subscriber.",
    "subscriptions.payment.recorded_by": "It says who recorded it: a fact about the subscriber.",
    "subscriptions.payment.approved_by": "It says who approved it: a fact about the subscriber.",
    "subscriptions.refundrequest.asked_by": "It says who asked for it: a fact about the subscriber.",
    "subscriptions.refundrequest.decided_by": "It says who decided: a fact about the subscriber.",
}


def forget_in_reasons(person: Any, was: Identity) -> int:  # noqa: ARG001
    models: tuple[Any, ...] = (
        Payment,
        Payment.history.model,
        ScheduledChange,
        ScheduledChange.history.model,
        RefundRequest,
        RefundRequest.history.model,
    )
    return sum(replace_words(model.objects.all(), ("reason",), was) for model in models)


erase_elsewhere.append(forget_in_reasons)
