"""What the review desk remembers: who decided what and may still take it back, and what somebody left for later."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.reviews.models.bulk import BulkDecision
from apps.reviews.models.review import Review
from apps.reviews.states import DECIDED, ReviewState


class ReviewDecision(models.Model):
    """One decision or flag of one person. The history tells what was changed; this tells what is still to be done.

    The decider may take it back for a while; its author is told once that time is over.
    """

    class Outcome(models.TextChoices):
        APPROVED = ReviewState.APPROVED.value, "Approved"
        REJECTED = ReviewState.REJECTED.value, "Rejected"
        FLAGGED = ReviewState.FLAGGED.value, "Flagged"

    review = models.ForeignKey(Review, models.CASCADE, related_name="decisions")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=10, choices=Outcome)
    decided_at = models.DateTimeField("decided", default=timezone.now)
    taken_back_at = models.DateTimeField("taken back", null=True)
    told_at = models.DateTimeField("author told", null=True)
    bulk = models.ForeignKey(BulkDecision, models.SET_NULL, null=True, related_name="decisions", db_index=False)
    # How the review waited before, for whoever takes it back.
    state_before = models.CharField(max_length=10, choices=ReviewState)
    flagged_by_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    flagged_to_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    waited_since = models.DateTimeField()
    was_reported_anew = models.BooleanField(default=False)

    class Meta:
        verbose_name = "decision"
        verbose_name_plural = "decisions"
        ordering = ["-decided_at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["bulk", "id"], condition=Q(bulk__isnull=False), name="decisions_of_a_bulk"),
            models.Index(fields=["moderator", "-decided_at", "-id"], name="decisions_of_a_person"),
            models.Index(fields=["decided_at", "moderator", "taken_back_at", "outcome"], name="decisions_of_a_day"),
            models.Index(
                fields=["decided_at", "id"],
                condition=Q(told_at=None, taken_back_at=None, outcome__in=sorted(DECIDED)),
                name="decisions_to_be_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} by {self.moderator}"


class ReviewSkip(models.Model):
    """Somebody left a review for later; until then the desk offers it to others only."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="skips")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    skipped_at = models.DateTimeField("skipped", default=timezone.now)

    class Meta:
        verbose_name = "skipped review"
        verbose_name_plural = "skipped reviews"
        ordering = ["-skipped_at", "-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "review"], name="one_skip_per_person_and_review")]

    def __str__(self) -> str:
        return f"{self.user} skipped {self.review}"
