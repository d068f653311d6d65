"""The ledger of money, to be taken out and never brought in: entries are made by actions, each reference once."""

from apps.subscriptions.models import Payment
from imports.types.base import ImportKind
from imports.types.columns import Choice, Hundredths, KeyPart, LongText, Moment, Text


class Payments(ImportKind):
    key = "payments"
    heading = "Payments"
    key_columns = ("provider", "reference")
    label_column = "reference"

    provider = Text()
    reference = Text()
    subscriber_email = KeyPart("subscription__user__email", label="Subscriber")
    kind = Choice(label="What")
    amount = Hundredths("amount_minor", label="Amount")
    currency = Text()
    paid_at = Moment(label="When")
    method = Text()
    takes_back = KeyPart("against__reference", label="Takes back")
    reason = LongText()
    recorded_at = Moment()

    class Meta:
        model = Payment
