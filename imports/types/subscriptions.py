"""Who subscribes to what: those that began elsewhere come in as they are; of those there are a file moves the end only.

Everything else about a subscription is about its period and its money, and has an action on its page.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.records.rules import RuleBroken
from apps.subscriptions.models import Movement, Plan, ScheduledChange, Subscription
from apps.subscriptions.periods import day_of
from apps.subscriptions.services import end_subscription
from apps.subscriptions.services.changing import enter_status, monthly
from apps.subscriptions.services.settling import follow_up, level_movements
from apps.subscriptions.states import RUNNING, SubscriptionStatus
from imports.codes import RowCode
from imports.types.base import CLEAR, Chunk, Draft, ImportKind, Written
from imports.types.columns import Choice, Hundredths, Moment, Reference, Text, YesNo

Status = SubscriptionStatus
FOLLOWS = ("first_name", "last_name", "monthly_revenue")
"""What a new subscription gets by itself, whatever a file says."""
BY_FILE = {
    (Status.ACTIVE, Status.CANCELLED),
    (Status.CANCELLED, Status.ACTIVE),
    *((before, Status.EXPIRED) for before in Status),
}
BEGUN = frozenset({*RUNNING, Status.PAUSED})
MOMENTS = ("started_at", "period_starts_at", "period_ends_at", "grace_ends_at", "paused_at", "ended_at")
BELONGS_TO = {"grace_ends_at": Status.PAST_DUE, "paused_at": Status.PAUSED, "ended_at": Status.EXPIRED}
FACTS = ("status", "price_minor", "monthly_minor", "plan__period_months", "period_ends_at", *BELONGS_TO)


class Subscriptions(ImportKind):
    key = "subscriptions"
    heading = "Subscriptions"
    key_columns = ("subscriber_email",)
    label_column = "subscriber_email"
    models_below = (ScheduledChange,)
    ledgers = (Movement,)

    subscriber_email = Reference(
        "user",
        by="email",
        verb="view",
        label="Subscriber",
        required_on_create=True,
        aliases=("email", "student_email", "learner_email", "user_email"),
        example="sam@example.org",
    )
    first_name = Text("user__first_name", label="First name")
    last_name = Text("user__last_name", label="Last name")
    plan_code = Reference(
        "plan", by="code", verb="view", required_on_create=True, aliases=("plan",), example="premium-m"
    )
    status = Choice(
        right="cancel",
        example="active",
        help="Of a subscription that is here, a file says only that it ends with its period, goes on, or has ended.",
    )
    is_auto_renew = YesNo(aliases=("renews",), example="yes")
    started_at = Moment(aliases=("started_on",))
    period_starts_at = Moment(example="2026-03-01 09:00")
    period_ends_at = Moment(example="2026-04-01 09:00")
    grace_ends_at = Moment()
    paused_at = Moment()
    ended_at = Moment()
    price = Hundredths(
        "price_minor",
        label="Price of the period",
        right="manage",
        help="Left blank, it is that of the plan today.",
        example="19.90",
    )
    to_be_paid = Hundredths("due_minor", label="To be paid", right="manage", help="Below zero it is a credit.")
    monthly_revenue = Hundredths("monthly_minor", label="Counts monthly")
    currency = Text(help="Left blank, it is that of the plan.", example="EUR")

    class Meta:
        model = Subscription

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG002
        return FACTS

    def check(self, chunk: Chunk) -> None:
        new = [draft for draft in chunk.sound if draft.is_new]
        plans = Plan.objects.in_bulk({draft.values["plan_id"] for draft in new})
        for draft in chunk.sound:
            if not draft.is_new:
                self._check_old(draft)
            elif not draft.faults:
                self._check_new(draft, plans[draft.values["plan_id"]])

    def _check_new(self, draft: Draft, plan: Plan) -> None:
        for name in FOLLOWS:
            draft.changes.pop(name, None)
            draft.values.pop(self.column(name).attname, None)
        values, now = draft.values, timezone.now()
        status = Status(values.setdefault("status", Status.PENDING))
        values["price_minor"] = plan.price_minor if values.get("price_minor") is None else values["price_minor"]
        values["currency"] = values.get("currency") or plan.currency
        if values["currency"] != plan.currency:
            self._refuse(draft, "currency", f"{plan} is paid in {plan.currency}.")
        if values["price_minor"] < 0:
            self._refuse(draft, "price", "A price is not below zero.")
        self._check_moments(draft, status)
        if status == Status.EXPIRED:
            values["ended_at"] = values.get("ended_at") or now
        if status in BEGUN:
            self._check_period(draft, status, now)
        if draft.faults:
            return
        if status in BEGUN:
            values["started_at"] = values.get("started_at") or values["period_starts_at"]
        facts = {name: values[name] for name in ("status", "price_minor", "plan_id")}
        values["monthly_minor"] = monthly(Subscription(plan=plan, **facts))

    def _check_moments(self, draft: Draft, status: Status) -> None:
        """A moment of another state does not belong to this one."""
        values = draft.values
        for name, of in BELONGS_TO.items():
            if values.get(name) is not None and status != of:
                self._refuse(draft, name, f"Only what is {of.label.lower()} has this. Leave the cell blank.")
        if status == Status.PENDING and (values.get("period_starts_at") or values.get("period_ends_at")):
            self._refuse(draft, "period_starts_at", "What is pending has no period yet. Fill the state as well.")

    def _check_period(self, draft: Draft, status: Status, now: datetime) -> None:
        """What has begun has a period that runs, or ran when it was paused."""
        begins, ends = draft.values.get("period_starts_at"), draft.values.get("period_ends_at")
        for name, moment in (("period_starts_at", begins), ("period_ends_at", ends)):
            if moment is None:
                self._refuse(draft, name, "Say when the period begins and when it ends; without one nothing runs.")
        if begins is None or ends is None:
            return
        since = draft.values.get("paused_at") if status == Status.PAUSED else now
        if status == Status.PAUSED and (since is None or since > now):
            self._refuse(draft, "paused_at", "Say since when it is paused.")
            return
        if not begins < ends:
            self._refuse(draft, "period_ends_at", "The period would end before it begins. Correct one of the two.")
        elif begins > now:
            self._refuse(draft, "period_starts_at", "The period has not begun yet. Bring it in once it has.")
        elif status == Status.PAST_DUE and ((grace := draft.values.get("grace_ends_at")) is None or grace <= now):
            self._refuse(draft, "grace_ends_at", "Say until when the grace lasts, or bring it in expired.")
        elif status != Status.PAST_DUE and since is not None and ends <= since:
            text = "This period has ended. Bring in the period that runs, or bring it in expired."
            self._refuse(draft, "period_ends_at", text)

    def _check_old(self, draft: Draft) -> None:
        """Only the state moves, and only towards its end or back; the periods and the money have actions."""
        for name in draft.changes.keys() - {"status"}:
            text = f"{self.label_of(name)} is not changed by a file. The page of the subscription has the actions."
            self._refuse(draft, name, text)
        if "status" not in draft.changes or draft.faults:
            return
        before, wanted = Status(draft.current["status"]), Status(draft.values["status"])
        subscription = Subscription(status=before, price_minor=draft.current["price_minor"])
        subscription.plan = Plan(period_months=draft.current["plan__period_months"])
        ends_at, now = draft.current["period_ends_at"], timezone.now()
        try:
            enter_status(subscription, wanted)
        except RuleBroken as broken:
            self._refuse(draft, "status", broken.sentence)
            return
        if (before, wanted) not in BY_FILE:
            text = f"A file does not make it {wanted.label.lower()}: that is about its period. Its page has the action."
            self._refuse(draft, "status", text)
        elif wanted != Status.EXPIRED and (ends_at is None or ends_at <= now):
            self._refuse(draft, "status", "The period has ended, and what is due is done in a moment. Try again then.")
        elif wanted == Status.EXPIRED:
            draft.values |= {"ended_at": now, "grace_ends_at": None, "paused_at": None}
        if (after := monthly(subscription)) != draft.current["monthly_minor"]:
            draft.values["monthly_minor"] = after
        draft.extra["monthly_before"] = draft.current["monthly_minor"]

    def _refuse(self, draft: Draft, name: str, text: str) -> None:
        given = draft.given.get(name, "")
        draft.fault(RowCode.R_RULE, text, self.column(name), "" if given is CLEAR else given)

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:  # noqa: ARG002
        """Periods are reckoned from the day on which the running one ends."""
        for values in created:
            for name in MOMENTS:
                if isinstance(values.get(name), str):
                    values[name] = datetime.fromisoformat(values[name])
            if (ends_at := values.get("period_ends_at")) is not None:
                values["anchor_day"] = day_of(ends_at)

    def after_writing(self, written: Sequence[Written], user: Any) -> None:  # noqa: ARG002
        before: Mapping[int, int] = {row.pk: row.extra["monthly_before"] for row in written if not row.created}
        rows = Subscription.objects.select_related("plan", "user").filter(pk__in=[row.pk for row in written])
        follow_up(list(rows.order_by("pk")), before)

    def take_away(self, ids: Sequence[int], by: Any) -> Sequence[int]:
        """What counted in the figures is ended, so that they stay true; the rest is deleted."""
        counted = Subscription.objects.select_related("plan", "user").filter(pk__in=ids, movements__isnull=False)
        ended = {subscription.pk for subscription in counted.distinct() if _end(subscription, by)}
        return [pk for pk in ids if pk not in ended]

    def after_undo(self, ids: Sequence[int]) -> None:
        level_movements(ids)


def _end(subscription: Subscription, by: Any) -> bool:
    end_subscription(subscription, by=by, reason="The import that brought it in was taken back.")
    return True
