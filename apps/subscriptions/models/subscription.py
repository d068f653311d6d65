"""Who subscribes to what, and what is scheduled for it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.audit.models import TrackedModel, tracked
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.subscriptions.models.plan import Plan, valid_currency
from apps.subscriptions.states import AT_PERIOD_END, RUNNING, ChangeKind, ChangeState, SubscriptionStatus


class Subscription(NaturalKeyModel, TimestampedModel, TrackedModel):
    """One person's subscription, from its first period to its end; it changes through services only.

    Money is in hundredths of the currency. The price is that of the running period, whatever its plan costs by now.
    """

    Status = SubscriptionStatus

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="subscription", verbose_name="subscriber"
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="subscriptions")
    status = models.CharField(
        max_length=20, choices=SubscriptionStatus, default=SubscriptionStatus.PENDING, editable=False
    )
    is_auto_renew = models.BooleanField("renews by itself", default=False)
    started_at = models.DateTimeField("started", null=True, blank=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    paused_at = models.DateTimeField("paused", null=True, blank=True)
    period_starts_at = models.DateTimeField("period began", null=True, blank=True)
    period_ends_at = models.DateTimeField("period ends", null=True, blank=True, db_index=True)
    anchor_day = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="The day of the month on which its periods end, where the month has it."
    )
    grace_ends_at = models.DateTimeField("grace ends", null=True, blank=True)
    price_minor = models.PositiveBigIntegerField("price (hundredths)", default=0)
    due_minor = models.BigIntegerField("to be paid (hundredths)", default=0, help_text="Below zero it is a credit.")
    monthly_minor = models.PositiveBigIntegerField("counts monthly (hundredths)", default=0, editable=False)
    currency = models.CharField(max_length=3, default="USD", validators=[valid_currency])

    history = tracked()

    natural_key_fields = ("user__email",)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["status", "period_ends_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=sorted(RUNNING)) | Q(period_starts_at__lt=models.F("period_ends_at")),
                name="running_subscription_has_a_period",
            ),
            models.CheckConstraint(
                condition=~Q(status="past_due") | Q(grace_ends_at__isnull=False), name="past_due_has_a_grace"
            ),
            models.CheckConstraint(
                condition=~Q(status="paused") | Q(paused_at__isnull=False), name="paused_since_a_moment"
            ),
            models.CheckConstraint(condition=Q(anchor_day__range=(1, 31)), name="anchor_is_a_day_of_a_month"),
        ]
        permissions = [
            ("manage_subscription", "Can start, change, pause and extend subscriptions"),
            ("cancel_subscription", "Can cancel and end subscriptions"),
            ("export_subscription", "Can export subscriptions"),
            ("import_subscription", "Can import subscriptions that began elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_name}: {self.plan}"

    @property
    def subscriber_name(self) -> str:
        """The name without the address, which not everybody may see."""
        return self.user.get_full_name() or f"Person {self.user_id}"

    @property
    def renews(self) -> bool:
        """Whether another period follows by itself; what is free does not end for want of a payment."""
        return self.is_auto_renew or self.price_minor == 0

    def opens_at(self, now: datetime) -> bool:
        """Whether what the plan opens is open at this moment, also where a due change has not been made yet."""
        if self.status == SubscriptionStatus.PAST_DUE:
            return self.grace_ends_at is not None and now < self.grace_ends_at
        if self.status == SubscriptionStatus.ACTIVE and self.renews:
            return True
        return self.status in RUNNING and self.period_ends_at is not None and now < self.period_ends_at


class ScheduledChange(TimestampedModel, TrackedModel):
    """Something that will happen to a subscription at a moment (UTC): done exactly once, or taken back before."""

    Kind = ChangeKind
    State = ChangeState

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="scheduled_changes")
    kind = models.CharField("what", max_length=20, choices=ChangeKind)
    effective_at = models.DateTimeField("when")
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="+", help_text="The plan it changes to."
    )
    state = models.CharField(max_length=20, choices=ChangeState, default=ChangeState.OPEN, editable=False)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField("done or taken back", null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    history = tracked()

    class Meta:
        ordering = ["effective_at", "pk"]
        indexes = [models.Index(fields=["state", "effective_at", "id"], name="changes_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(state__in=("open", "held"), kind__in=sorted(AT_PERIOD_END)),
                name="one_change_at_the_end_of_a_period",
            ),
            models.UniqueConstraint(
                fields=["subscription", "kind"],
                condition=Q(state__in=("open", "held")),
                name="one_open_change_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="change_plan", plan__isnull=False) | (~Q(kind="change_plan") & Q(plan=None)),
                name="change_of_plan_names_the_plan",
            ),
        ]

    def __str__(self) -> str:
        what = f"Change to {self.plan}" if self.plan else self.get_kind_display()
        return f"{what}: {self.subscription}"
