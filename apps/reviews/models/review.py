"""Reviews of courses by the people who took them, and reports of reviews by those who read them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.audit.models import TrackedModel, append_only, tracked
from apps.catalog.models import Course
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel
from apps.reviews.states import WAITING, RejectionReason, ReviewState

WORST, BEST = 1, 5
BOOKKEEPING = [
    "helpful_count",
    "reported_count",
    "edited_at",
    "waits_since",
    "is_reported_anew",
    "claimed_by",
    "claimed_until",
    "text_digest",
]


class Review(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """What one person says about one course. Its words and stars are theirs: staff decide, or archive it."""

    State = ReviewState
    Reason = RejectionReason

    # What an index below begins with has none of its own: deciding on a review writes to all of them.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews",
        verbose_name="learner",
        editable=False,
        db_index=False,
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="reviews", editable=False, db_index=False)
    created_at = models.DateTimeField("created", default=timezone.now, editable=False)
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)
    rating = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(WORST), MaxValueValidator(BEST)], editable=False
    )
    title = models.CharField(max_length=255, blank=True, editable=False)
    text = models.TextField(validators=[MinLengthValidator(10)], editable=False)
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.PENDING, editable=False)
    rejection_reason = models.CharField(max_length=20, choices=RejectionReason, blank=True, editable=False)
    moderator_note = models.TextField(blank=True, max_length=2000, editable=False)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("decided", null=True, blank=True, editable=False)
    is_verified_purchase = models.BooleanField("by a learner of the course", default=False, editable=False)
    is_featured = models.BooleanField("featured", default=False, editable=False)
    helpful_count = models.PositiveIntegerField("found helpful", default=0, editable=False)
    reported_count = models.PositiveIntegerField("reports", default=0, editable=False)
    flagged_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    edited_at = models.DateTimeField("edited", null=True, editable=False)
    # How the desk keeps its queue: none of it is history.
    waits_since = models.DateTimeField(default=timezone.now, editable=False)
    is_reported_anew = models.BooleanField("reported since the last decision", default=False, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True, editable=False)
    text_digest = models.CharField(max_length=16, blank=True, editable=False)

    history = tracked(excluded_fields=BOOKKEEPING)

    natural_key_fields = ("user__email", "course__code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        # Each list is read from its index alone, in its order, and asks there which rows are in scope.
        indexes = [
            models.Index(fields=["archived_at", "-created_at", "-id", "course"], name="reviews_newest_first"),
            models.Index(fields=["-created_at", "-id"], name="reviews_with_archived"),
            models.Index(
                fields=["course", "-created_at", "-id", "state", "archived_at", "rating"], name="reviews_of_course"
            ),
            models.Index(fields=["state", "-created_at", "-id", "course", "archived_at"], name="reviews_by_state"),
            models.Index(fields=["rating", "-created_at", "-id", "course", "archived_at"], name="reviews_by_rating"),
            models.Index(
                fields=["archived_at", "-created_at", "-id", "course"],
                condition=Q(reported_count__gt=0),
                name="reviews_reported_newest_first",
            ),
            models.Index(
                fields=["state", "-is_reported_anew", "waits_since", "id", "course", "user", "archived_at"],
                condition=Q(state="pending", archived_at=None),
                name="reviews_of_the_desk",
            ),
            models.Index(
                fields=["flagged_to", "waits_since", "id"],
                condition=Q(state="flagged", archived_at=None),
                name="reviews_flagged_to",
            ),
            models.Index(
                fields=["state", "waits_since", "id"],
                condition=Q(state="flagged", archived_at=None),
                name="reviews_flagged",
            ),
            models.Index(fields=["claimed_by"], condition=Q(claimed_by__isnull=False), name="reviews_claimed"),
            models.Index(fields=["text_digest", "id"], name="reviews_with_the_same_words"),
            models.Index(fields=["user", "-created_at"], name="reviews_by_author"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "course"], name="one_review_per_person_and_course"),
            models.CheckConstraint(condition=Q(rating__gte=WORST, rating__lte=BEST), name="review_rating_1_to_5"),
            models.CheckConstraint(
                condition=~Q(state="rejected") & Q(rejection_reason="") | Q(state="rejected") & ~Q(rejection_reason=""),
                name="review_rejected_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_featured=False) | Q(state="approved"), name="review_featured_when_approved"
            ),
        ]
        permissions = [
            ("decide_review", "Can decide on reviews, archive and restore them"),
            ("export_review", "Can export reviews"),
            ("import_review", "Can import reviews that were written elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.author_name} on {self.course}"

    @property
    def author_name(self) -> str:
        """The learner's name without the address, which not everybody may see."""
        return self.user.get_full_name() or f"Learner {self.user_id}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


@append_only
class ReviewReport(models.Model):
    """Somebody's word that a review should not stand; said once for each person and review, and never taken back."""

    class Reason(models.TextChoices):
        SPAM = "spam", "Spam or advertising"
        OFFENSIVE = "offensive", "Insults or hate"
        PERSONAL = "personal", "Personal data"
        OFF_TOPIC = "off_topic", "Not about the course"
        UNTRUE = "untrue", "Not true"
        OTHER = "other", "Something else"

    review = models.ForeignKey(Review, models.PROTECT, related_name="reports")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="review_reports")
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.TextField(blank=True, max_length=2000)
    reported_at = models.DateTimeField("reported", default=timezone.now)

    class Meta:
        ordering = ["-reported_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["review", "reported_by"], name="one_report_per_person_and_review")
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, reported by {self.reported_by}"
