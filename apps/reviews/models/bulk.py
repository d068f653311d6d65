"""Decisions on many reviews at once: what was asked, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.reviews.models.review import Review
from apps.reviews.states import RejectionReason, ReviewState


class BulkDecision(models.Model):
    """One decision asked for many reviews. Those it holds for are its decisions, all others its refusals."""

    class Outcome(models.TextChoices):
        APPROVED = ReviewState.APPROVED.value, "Approve"
        REJECTED = ReviewState.REJECTED.value, "Reject"

    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="asked by")
    outcome = models.CharField("decision", max_length=10, choices=Outcome)
    because = models.CharField(max_length=20, choices=RejectionReason, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    asked_at = models.DateTimeField("asked", default=timezone.now)
    finished_at = models.DateTimeField("finished", null=True, blank=True)
    taken_back_at = models.DateTimeField("taken back", null=True, blank=True)
    asked_count = models.PositiveIntegerField("reviews", default=0)
    done_count = models.PositiveIntegerField("decided", default=0)
    refused_count = models.PositiveIntegerField("left alone", default=0)
    review_ids = models.JSONField(default=list, blank=True, help_text="What is left to do.")
    run = models.ForeignKey("jobs.JobRun", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "bulk decision"
        verbose_name_plural = "bulk decisions"
        ordering = ["-asked_at", "-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["requester", "-asked_at"], name="bulk_decisions_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="approved", because="") | Q(outcome="rejected") & ~Q(because=""),
                name="bulk_rejection_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.asked_count:,} review{'s' * (self.asked_count != 1)}"


class BulkRefusal(models.Model):
    """A review a bulk decision left alone, and why."""

    bulk = models.ForeignKey(BulkDecision, models.CASCADE, related_name="refusals")
    review = models.ForeignKey(Review, models.CASCADE, related_name="+")
    sentence = models.CharField("why", max_length=300)

    class Meta:
        verbose_name = "review left alone"
        verbose_name_plural = "reviews left alone"
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.review}: {self.sentence}"
