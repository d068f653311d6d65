"""What people can subscribe to."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.audit.models import TrackedModel, tracked
from apps.catalog.models import Lesson
from apps.catalog.models.course import valid_code
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.subscriptions.money import share_of, to_minor

valid_currency = RegexValidator(r"^[A-Z]{3}\Z", "Use three capital letters, for example USD.")


class Plan(NaturalKeyModel, TimestampedModel, TrackedModel):
    """A tier at a price for a period. A new price holds for periods that begin from then on."""

    class Tier(models.TextChoices):
        REGISTERED = "registered", "Registered"
        BASIC = "basic", "Basic"
        PREMIUM = "premium", "Premium"

    class Period(models.IntegerChoices):
        MONTH = 1, "Month"
        QUARTER = 3, "Quarter"
        YEAR = 12, "Year"

    class Opens(models.TextChoices):
        REGISTERED = Lesson.AccessLevel.REGISTERED.value, "Lessons for registered people"
        PREMIUM = Lesson.AccessLevel.PREMIUM.value, "All lessons, premium ones included"

    code = models.CharField(
        max_length=60, validators=[valid_code], help_text="What people type, for example premium-m."
    )
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    tier = models.CharField(max_length=20, choices=Tier, default=Tier.REGISTERED)
    price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text="For one period; 0 means free. It holds for periods that begin from now on.",
    )
    currency = models.CharField(max_length=3, default="USD", validators=[valid_currency])
    period_months = models.PositiveSmallIntegerField("period", choices=Period, default=Period.MONTH)
    opens = models.CharField(max_length=20, choices=Opens, default=Opens.REGISTERED)
    is_offered = models.BooleanField(
        "offered", default=True, help_text="Whether somebody can begin it. Whoever has it keeps it."
    )

    history = tracked()

    natural_key_fields = ("code",)

    class Meta:
        ordering = ["currency", "price", "code"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="plan_code_without_case"),
            models.CheckConstraint(condition=Q(price__gte=0), name="plan_price_not_negative"),
            models.CheckConstraint(condition=Q(period_months__in=(1, 3, 12)), name="plan_period_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        before = Plan.objects.filter(pk=self.pk, subscriptions__isnull=False).first()
        for name in ("period_months", "currency"):
            if before is not None and getattr(before, name) != getattr(self, name):
                raise ValidationError({name: "Somebody has this plan, so this stays. Make another plan instead."})

    @property
    def price_minor(self) -> int:
        return to_minor(Decimal(self.price))

    @property
    def monthly_minor(self) -> int:
        return share_of(self.price_minor, 1, self.period_months)

    @property
    def rank(self) -> tuple[int, int]:
        """What is compared to tell an upgrade from a downgrade: the tier, then what a month costs."""
        return list(self.Tier).index(self.Tier(self.tier)), self.monthly_minor
