"""What was paid and what it means for the figures, never changed afterwards; and refunds a second person decides on."""

from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from apps.audit.models import TrackedModel, append_only, tracked
from apps.audit.recording import current_request_id
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.subscriptions.models.plan import valid_currency
from apps.subscriptions.models.subscription import Subscription
from apps.subscriptions.money import from_minor
from apps.subscriptions.periods import month_number
from apps.subscriptions.states import RefundState


@append_only
class Payment(NaturalKeyModel, TrackedModel):
    """One entry of the ledger of money, in hundredths of its currency. What was wrong gets an entry against it.

    Its history says which operation entered it. A counter-entry above nothing takes back a refund.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", "Payment"
        REFUND = "refund", "Refund"
        COUNTER = "counter", "Counter-entry"
        FAILED = "failed", "Failed attempt"

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="payments")
    kind = models.CharField("what", max_length=10, choices=Kind, default=Kind.PAYMENT)
    provider = models.CharField(max_length=50)
    reference = models.CharField(max_length=100)
    method = models.CharField(max_length=50, blank=True)
    amount_minor = models.BigIntegerField("amount (hundredths)")
    currency = models.CharField(max_length=3, default="USD", validators=[valid_currency])
    paid_at = models.DateTimeField("when", default=timezone.now, db_index=True)
    months = models.PositiveSmallIntegerField(
        "months it pays for",
        default=1,
        editable=False,
        validators=[MinValueValidator(1)],
        help_text="From the one in which it was paid; what takes it back is taken off those that are left.",
    )
    against = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="entries_against", verbose_name="takes back"
    )
    reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField("recorded", default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    request_id = models.CharField("request id", max_length=64, blank=True, default=current_request_id)

    history = tracked()

    natural_key_fields = ("provider", "reference")

    class Meta:
        ordering = ["-paid_at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["-paid_at", "-id"], name="payments_newest"),
            models.Index(Lower("reference"), name="payments_by_reference"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="one_entry_per_provider_and_reference"),
            models.CheckConstraint(
                condition=Q(kind="payment", amount_minor__gt=0, against=None)
                | Q(kind="refund", amount_minor__lt=0, against__isnull=False)
                | (Q(kind="counter", against__isnull=False) & ~Q(amount_minor=0))
                | Q(kind="failed", amount_minor=0, against=None),
                name="payment_sign_follows_from_its_kind",
            ),
            models.CheckConstraint(condition=Q(months__gte=1), name="payment_pays_for_a_month"),
        ]
        permissions = [
            ("record_payment", "Can record payments and failed attempts"),
            ("refund_payment", "Can refund payments and decide on refunds of others"),
            ("export_payment", "Can export payments"),
            ("import_payment", "Can import payments"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"

    @property
    def amount(self) -> Decimal:
        return from_minor(self.amount_minor)

    def months_left(self, moment: datetime) -> int:
        """Of the months it pays for those that are not over, the running one among them; at least one."""
        passed = month_number(moment.astimezone(UTC)) - month_number(self.paid_at.astimezone(UTC))
        return min(self.months, max(1, self.months - passed))


class RefundRequest(TimestampedModel, TrackedModel):
    """A refund above the sum one person may decide on alone; another one approves or declines it."""

    State = RefundState

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refund_requests")
    amount_minor = models.PositiveBigIntegerField("amount (hundredths)")
    reference = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.OPEN, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("decided", null=True, blank=True)

    history = tracked()

    class Meta:
        verbose_name = "refund"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state="open"), name="one_open_refund_request_per_payment"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_request_of_something"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")), name="refund_needs_a_second_person"
            ),
        ]

    def __str__(self) -> str:
        return f"Refund of {self.payment}"


@append_only
class Movement(models.Model):
    """By how much the monthly revenue of one subscription changed at a moment; the figures by month are sums of it."""

    class Kind(models.TextChoices):
        NEW = "new", "New"
        EXPANSION = "expansion", "Expansion"
        CONTRACTION = "contraction", "Contraction"
        CHURNED = "churned", "Churned"
        REACTIVATED = "reactivated", "Reactivated"

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind)
    occurred_at = models.DateTimeField(db_index=True)
    delta_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["occurred_at", "pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["currency", "occurred_at", "kind", "delta_minor"], name="movements_summed")]
        constraints = [models.CheckConstraint(condition=~Q(delta_minor=0), name="movement_moves_something")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subscription}"
