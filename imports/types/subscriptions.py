"""Who subscribes to what and until when, to be taken out and never brought in: its actions change a subscription."""

from apps.subscriptions.models import Subscription
from imports.types.base import ImportKind
from imports.types.columns import Choice, Hundredths, Moment, Reference, Text, YesNo


class Subscriptions(ImportKind):
    key = "subscriptions"
    heading = "Subscriptions"
    key_columns = ("subscriber_email",)
    label_column = "subscriber_email"

    subscriber_email = Reference("user", by="email", verb="view", label="Subscriber")
    first_name = Text("user__first_name", label="First name")
    last_name = Text("user__last_name", label="Last name")
    plan_code = Reference("plan", by="code")
    status = Choice()
    is_auto_renew = YesNo()
    started_at = Moment()
    period_starts_at = Moment()
    period_ends_at = Moment()
    grace_ends_at = Moment()
    paused_at = Moment()
    ended_at = Moment()
    price = Hundredths("price_minor", label="Price of the period")
    to_be_paid = Hundredths("due_minor", label="To be paid")
    monthly_revenue = Hundredths("monthly_minor", label="Counts monthly")
    currency = Text()

    class Meta:
        model = Subscription
