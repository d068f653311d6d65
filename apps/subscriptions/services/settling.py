"""What follows from many entries and subscriptions at once, whoever brought them in or takes them back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.audit import recording
from apps.audit.set_based import record_history
from apps.subscriptions.models import Movement, Payment, ScheduledChange, Subscription
from apps.subscriptions.services.changing import (
    count_movement,
    movement_of,
    schedule,
    schedule_end_of_period,
    withdraw_all,
)
from apps.subscriptions.services.paying import counts_towards_due, go_on
from apps.subscriptions.states import RUNNING, ChangeKind, ChangeState, SubscriptionStatus

Kind, Status = Payment.Kind, SubscriptionStatus
AWAITING_MONEY = (Status.PENDING, Status.PAST_DUE)


def settle(paid: Mapping[int, int]) -> None:
    """Takes these sums, by the id of the subscription, off what is to be paid; paid in full, it begins or runs on.

    Inside an open change set.
    """
    now, rest = timezone.now(), []
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan", "user").order_by("pk")
    for subscription in rows.filter(pk__in=[pk for pk, minor in paid.items() if minor]):
        subscription.due_minor -= paid[subscription.pk]
        subscription.updated_at = now
        if subscription.status in AWAITING_MONEY and subscription.due_minor <= 0 < paid[subscription.pk]:
            go_on(subscription, now)
            count_movement(subscription, now)
            subscription.save()
        else:
            rest.append(subscription)
    Subscription.objects.bulk_update(rest, ["due_minor", "updated_at"])
    record_history(Subscription, [subscription.pk for subscription in rest], "~")


def settle_entries(ids: Collection[int]) -> None:
    """The same for new entries of the ledger. Refunds and attempts that failed change nothing about what is owed."""
    paid: Counter[int] = Counter()
    entries = Payment.objects.filter(pk__in=ids, kind__in=(Kind.PAYMENT, Kind.COUNTER)).annotate(
        first_paid_at=Coalesce("against__paid_at", "paid_at"), made_at=F("subscription__created_at")
    )
    for entry in entries.values_list("subscription_id", "amount_minor", "first_paid_at", "made_at"):
        if counts_towards_due(entry[2], entry[3]):
            paid[entry[0]] += entry[1]
    settle(paid)


def take_back_entries(ids: Collection[int], *, by: Any, reason: str) -> None:
    """Enters the opposite of each of these entries, against the same payment. Inside an open change set."""
    entries = list(Payment.objects.filter(pk__in=ids).exclude(kind=Kind.FAILED).order_by("pk"))
    opposites = Payment.objects.bulk_create(_opposite(entry, by=by, reason=reason) for entry in entries)
    record_history(Payment, [opposite.pk for opposite in opposites], "+")
    record_history(Payment, [entry.pk for entry in entries], "~", reason=reason)
    settle_entries(
        [
            opposite.pk
            for entry, opposite in zip(entries, opposites, strict=True)
            if entry.kind in (Kind.PAYMENT, Kind.COUNTER)
        ]
    )


def _opposite(entry: Payment, *, by: Any, reason: str) -> Payment:
    return Payment(
        subscription_id=entry.subscription_id,
        kind=Kind.COUNTER,
        provider=entry.provider,
        reference=f"{entry.reference[:75]}/counter-{entry.pk}",
        method=entry.method,
        amount_minor=-entry.amount_minor,
        currency=entry.currency,
        months=entry.months_left(timezone.now()),
        against_id=entry.against_id or entry.pk,
        reason=reason[:500],
        recorded_by=by,
    )


def follow_up(subscriptions: Sequence[Subscription], monthly_before: Mapping[int, int]) -> None:
    """Schedules what the state of each of these means, and counts its movement; inside an open change set.

    `monthly_before` is what each brought in before, for those that were there.
    """
    now, waiting, moved = timezone.now(), [], []
    for subscription in subscriptions:
        before = monthly_before.get(subscription.pk)
        if before is None:
            waiting += _first_changes(subscription)
        else:
            _schedule_anew(subscription)
        if (before or 0) != subscription.monthly_minor:
            at = subscription.started_at if before is None else now
            moved.append(
                movement_of(
                    subscription, before or 0, subscription.monthly_minor, min(at or now, now), is_first=before is None
                )
            )
    ScheduledChange.objects.bulk_create(waiting)
    record_history(ScheduledChange, [change.pk for change in waiting], "+")
    _enter_movements(moved)


def _first_changes(subscription: Subscription) -> list[ScheduledChange]:
    """What would be scheduled, had it come into its state here."""
    if subscription.status not in {*RUNNING, Status.PAUSED}:
        return []
    kind = ChangeKind.RENEW if subscription.renews else ChangeKind.END
    if subscription.status == Status.CANCELLED:
        kind = ChangeKind.CANCEL
    state = ChangeState.HELD if subscription.status == Status.PAUSED else ChangeState.OPEN
    found = [(kind, subscription.period_ends_at, state)]
    if subscription.status == Status.PAST_DUE:
        found.append((ChangeKind.END_GRACE, subscription.grace_ends_at, ChangeState.OPEN))
    return [
        ScheduledChange(subscription=subscription, kind=kind, effective_at=at, state=state)
        for kind, at, state in found
        if at is not None
    ]


def _schedule_anew(subscription: Subscription) -> None:
    if subscription.status == Status.CANCELLED:
        schedule(subscription, ChangeKind.CANCEL, subscription.period_ends_at)
    elif subscription.status == Status.ACTIVE:
        schedule_end_of_period(subscription)
    else:
        withdraw_all(subscription, "The subscription was ended.")


def level_movements(ids: Collection[int]) -> None:
    """Enters what the movements of these subscriptions lack to what they bring in now, after they were set back."""
    rows = Subscription.objects.filter(pk__in=ids, movements__isnull=False).annotate(
        counted=Sum("movements__delta_minor")
    )
    now = timezone.now()
    _enter_movements(
        [
            movement_of(row, row.counted, row.monthly_minor, now, is_first=False)
            for row in rows
            if row.counted != row.monthly_minor
        ]
    )


def _enter_movements(moved: Sequence[Movement]) -> None:
    Movement.objects.bulk_create(moved)
    if moved:
        recording.count("subscriptions.movement", "+", len(moved))
