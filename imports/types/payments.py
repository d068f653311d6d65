"""The ledger of money: rows are added, none is ever changed, and what was wrong gets a row against it.

A row does what recording it by hand does. An undo enters the opposite of each row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from apps.subscriptions.models import Payment, RefundRequest, Subscription
from apps.subscriptions.money import in_words
from apps.subscriptions.services.paying import counts_towards_due
from apps.subscriptions.services.refunding import alone_minor, needs_second_person
from apps.subscriptions.services.settling import settle_entries, take_back_entries
from apps.subscriptions.states import RefundState
from imports.codes import RowCode, WarningCode
from imports.types.base import CLEAR, Chunk, Draft, ImportKind, Written
from imports.types.columns import Choice, Code, Hundredths, LongText, Moment, Reference, Text

Kind = Payment.Kind
AGAINST = (Kind.REFUND, Kind.COUNTER)
STANDS = "An entry of the ledger stays as it is. Add a row of the kind counter or refund that takes it back."
MOVED = "More of the payment was taken back after the plan was made. Make the plan again."
GONE_BACK = "The import that entered it was taken back."


class Payments(ImportKind):
    key = "payments"
    heading = "Payments"
    key_columns = ("provider", "reference")
    label_column = "reference"
    models_moved = (Subscription,)
    ledgers = (Payment, RefundRequest)

    provider = Code(required_on_create=True, example="bank")
    reference = Code(required_on_create=True, aliases=("payment_id",), example="2026-0042")
    subscriber_email = Reference(
        "subscription",
        by="user__email",
        verb="view",
        label="Subscriber",
        required_on_create=True,
        aliases=("email", "student_email", "learner_email", "user_email"),
        hint="They must have a subscription first.",
        example="sam@example.org",
    )
    kind = Choice(label="What", aliases=("type",), help="Left blank, it is a payment.", example="payment")
    amount = Hundredths(
        "amount_minor", label="Amount", help="Below zero for what takes a payment back.", example="19.90"
    )
    currency = Text(help="Left blank, it is that of the subscription.", example="EUR")
    paid_at = Moment(label="When", aliases=("paid_on",), example="2026-03-01 09:00")
    method = Text(example="transfer")
    takes_back = Reference(
        "against",
        by=("provider", "reference"),
        columns=("provider", "takes_back"),
        verb="view",
        right="refund",
        label="Takes back",
        help="The reference of the payment that a refund or a counter-entry takes back.",
        hint="The payment must stand in the ledger first.",
    )
    reason = LongText()
    recorded_at = Moment()

    class Meta:
        model = Payment

    def new_values(self, user: Any) -> dict[str, Any]:
        return {"recorded_by_id": user.pk}

    def check(self, chunk: Chunk) -> None:
        new = [draft for draft in chunk.sound if draft.is_new]
        for draft in chunk.sound:
            for name in () if draft.is_new else draft.changes:
                self._refuse(draft, name, STANDS)
        owners = {draft.values["subscription_id"] for draft in new}
        subscriptions = Subscription.objects.select_related("plan").in_bulk(owners)
        against = {pk for draft in new if (pk := draft.values.get("against_id")) is not None}
        ledger = Ledger.of(against, chunk.memory.setdefault("taken back by earlier rows", Counter()))
        for draft in new:
            subscription = subscriptions[draft.values["subscription_id"]]
            self._fill(draft, subscription)
            self._fill_months(draft, subscription, ledger)
            self._check_amount(draft)
            if draft.values["kind"] in AGAINST and not draft.faults:
                self._check_against(draft, ledger)
            if not draft.faults:
                self._say_what_follows(draft, subscription, ledger)

    def _fill(self, draft: Draft, subscription: Subscription) -> None:
        values, now = draft.values, timezone.now()
        draft.changes.pop("recorded_at", None)
        values.pop("recorded_at", None)
        values["kind"] = values.get("kind") or Kind.PAYMENT.value
        values["currency"] = values.get("currency") or subscription.currency
        values["paid_at"] = values.get("paid_at") or now
        if values["currency"] != subscription.currency:
            self._refuse(draft, "currency", f"This subscription is paid in {subscription.currency}.")
        if values["paid_at"] > now:
            self._refuse(draft, "paid_at", "This moment lies in the future. Enter what has happened.")

    def _fill_months(self, draft: Draft, subscription: Subscription, ledger: "Ledger") -> None:
        taken_back = ledger.payments.get(draft.values.get("against_id") or 0)
        months = taken_back.months_left(draft.values["paid_at"]) if taken_back else subscription.plan.period_months
        draft.values["months"] = months

    def _check_amount(self, draft: Draft) -> None:
        kind, amount = draft.values["kind"], draft.values.setdefault("amount_minor", 0)
        is_against = kind in AGAINST
        if kind == Kind.PAYMENT and amount <= 0:
            self._refuse(
                draft, "amount", "A payment is more than nothing; what takes one back is a refund or a counter."
            )
        if kind == Kind.FAILED and amount:
            self._refuse(draft, "amount", "An attempt that failed moved nothing. Leave the amount blank.")
        if is_against and amount >= 0:
            self._refuse(draft, "amount", "What takes a payment back has an amount below zero.")
        if is_against != ("takes_back" in draft.ids):
            text = (
                "Say which payment it takes back." if is_against else "Only a refund or a counter takes a payment back."
            )
            self._refuse(draft, "takes_back", text)
        elif is_against and draft.ids["takes_back"] is None:
            text = "The payment comes with this same file. Apply the file without this row, then bring it in again."
            self._refuse(draft, "takes_back", text)
        if is_against and not str(draft.values.get("reason") or "").strip():
            self._refuse(draft, "reason", "Say why: the reason is kept in the ledger.")

    def _check_against(self, draft: Draft, ledger: "Ledger") -> None:
        payment, values = ledger.payments[draft.values["against_id"]], draft.values
        minor = -values["amount_minor"]
        left = ledger.left(payment)
        if payment.subscription_id != values["subscription_id"]:
            self._refuse(draft, "takes_back", "This payment belongs to somebody else's subscription.")
        elif payment.kind != Kind.PAYMENT:
            self._refuse(draft, "takes_back", "Only payments are taken back, and this is none.")
        elif minor > left:
            text = f"At most {in_words(max(left, 0), payment.currency)} of {payment} can be taken back."
            self._refuse(draft, "amount", text)
        elif values["kind"] == Kind.REFUND and needs_second_person(payment, minor, left):
            alone = in_words(alone_minor(), payment.currency)
            text = f"More than {alone} of one payment needs a second person. Ask for the refund on its page instead."
            self._refuse(draft, "amount", text)
        else:
            ledger.taken[payment.pk] += minor

    def _say_what_follows(self, draft: Draft, subscription: Subscription, ledger: "Ledger") -> None:
        kind, paid_at = draft.values["kind"], draft.values["paid_at"]
        if kind in AGAINST:
            paid_at = ledger.payments[draft.values["against_id"]].paid_at
        if kind == Kind.FAILED:
            text = "It is noted only. Record it on the page of the subscription for the grace to begin."
            draft.warn(WarningCode.W_RULE, text, self.column("kind"), kind)
        elif kind != Kind.REFUND and not counts_towards_due(paid_at, subscription.created_at):
            text = "It was paid before the subscription was entered here, so that what is to be paid stays as it is."
            draft.warn(WarningCode.W_RULE, text, self.column("paid_at"), draft.given.get("paid_at", ""))

    def _refuse(self, draft: Draft, name: str, text: str) -> None:
        given = draft.given.get(name, "")
        draft.fault(RowCode.R_RULE, text, self.column(name), "" if given is CLEAR else given)

    def outdated(self, rows: Sequence[Any], user: Any) -> Mapping[int, str]:  # noqa: ARG002
        """Nobody takes back more than there is, whoever else has taken something back since the plan."""
        taking = [row for row in rows if row.is_new and row.values.get("against_id")]
        if not taking:
            return {}
        with transaction.atomic():
            owners = {row.values["subscription_id"] for row in taking}
            list(Subscription.objects.select_for_update().filter(pk__in=owners).order_by("pk").values_list("pk"))
            ledger = Ledger.of({row.values["against_id"] for row in taking}, Counter())
        found: dict[int, str] = {}
        for row in taking:
            payment, minor = ledger.payments[row.values["against_id"]], -row.values["amount_minor"]
            left = ledger.left(payment)
            is_too_much = row.values["kind"] == Kind.REFUND and needs_second_person(payment, minor, left)
            if minor > left or is_too_much:
                found[row.pk] = MOVED
            ledger.taken[payment.pk] += minor
        return found

    def after_writing(self, written: Sequence[Written], user: Any) -> None:  # noqa: ARG002
        settle_entries([row.pk for row in written])

    def stays(self, ids: Sequence[int], change_sets: Collection[int]) -> dict[int, str]:
        """What moved no money, what somebody has taken something back of since, and what is being decided on."""
        own = Payment.history.filter(change_set__in=change_sets).values("id")
        failed = Payment.objects.filter(pk__in=ids, kind=Kind.FAILED).values_list("pk", flat=True)
        taken: Any = Payment.objects.filter(against__in=ids).exclude(pk__in=own).values_list("against", flat=True)
        asked = RefundRequest.objects.filter(payment__in=ids, state=RefundState.OPEN).values_list("payment", flat=True)
        return {
            **dict.fromkeys(failed, "An attempt that failed moved no money, and stays in the ledger."),
            **dict.fromkeys(asked, "A refund of it is being decided on."),
            **dict.fromkeys(taken, "Something of it was taken back since. Take back the rest on its page."),
        }

    def take_away(self, ids: Sequence[int], by: Any) -> Sequence[int]:
        """Nothing leaves the ledger: an entry against each one does."""
        take_back_entries(ids, by=by, reason=GONE_BACK)
        return []


@dataclass(slots=True)
class Ledger:
    """What is left of some payments, rows that are not written yet counted in."""

    payments: dict[int, Payment]
    taken: Counter[int]
    """By the id of the payment: what rows that are not written yet take back of it."""
    written: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, ids: Iterable[int], taken: Counter[int]) -> "Ledger":
        entries = Payment.objects.filter(against__in=set(ids)).order_by().values_list("against")
        written = dict(entries.annotate(sum=Sum("amount_minor")))
        return cls(Payment.objects.in_bulk(ids), taken, written)

    def left(self, payment: Payment) -> int:
        return payment.amount_minor + self.written.get(payment.pk, 0) - self.taken[payment.pk]
