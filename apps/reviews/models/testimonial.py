"""Testimonials: what a learner said in an approved review, shown where the platform speaks of itself."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from apps.audit.models import TrackedModel, tracked
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.reviews.models.review import Review
from apps.reviews.states import ReviewState


class Testimonial(NaturalKeyModel, TimestampedModel, TrackedModel):
    """A part of a review in the learner's own words, shown with their consent while the review is approved."""

    class Credit(models.TextChoices):
        FULL_NAME = "full_name", "Full name"
        FIRST_NAME = "first_name", "First name"
        NOBODY = "nobody", "A learner"

    review = models.OneToOneField(Review, models.PROTECT, related_name="testimonial")
    quote = models.TextField(max_length=600, help_text="A part of the review, word for word.")
    credit = models.CharField("shown as", max_length=12, choices=Credit, default=Credit.FIRST_NAME)
    role = models.CharField(max_length=100, blank=True, help_text="Who they are, for example: Data analyst.")
    has_consent = models.BooleanField(
        "the learner agreed", default=False, help_text="To these words being shown under this name."
    )
    order = models.PositiveIntegerField(default=0, help_text="Smaller numbers come first.")
    is_active = models.BooleanField("shown", default=False, editable=False)

    history = tracked()
    natural_key_fields: ClassVar[tuple[str, ...]] = ("review__user__email", "review__course__code")

    class Meta:
        ordering = ["order", "-created_at", "-pk"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(has_consent=True), name="testimonial_shown_with_consent"
            )
        ]

    def __str__(self) -> str:
        return f"Testimonial of {self.review}"

    @property
    def credit_line(self) -> str:
        """Whose words they are, as they are shown."""
        name = {
            self.Credit.FULL_NAME: self.review.user.get_full_name(),
            self.Credit.FIRST_NAME: self.review.user.first_name,
        }.get(self.Credit(self.credit), "")
        return ", ".join(filter(None, (name or "A learner", self.role)))

    def clean(self) -> None:
        super().clean()
        if self.review_id is None:
            return
        wrong: dict[str, Any] = {}
        if self.review.state != ReviewState.APPROVED or self.review.is_archived:
            wrong["review"] = "Only an approved review makes a testimonial."
        if not (words := " ".join(self.quote.split())) or words not in " ".join(self.review.text.split()):
            wrong["quote"] = "The quote must be a part of the review, word for word."
        if self.is_active and not self.has_consent:
            wrong["has_consent"] = "It is shown. Withdraw it first, then take the consent back."
        if wrong:
            raise ValidationError(wrong)
