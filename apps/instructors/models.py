"""Who teaches here, or asks to: what they say of themselves, and how they stand."""

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.audit.models import TrackedModel, tracked
from apps.instructors.states import InstructorStatus, Tier
from apps.records.addresses import public_https_url
from apps.records.models import NaturalKeyModel, TimestampedModel

MOST_YEARS = 80


class InstructorProfile(NaturalKeyModel, TimestampedModel, TrackedModel):
    """One person as an instructor, from the application on. Its text is a fact; how they stand changes by services."""

    Status = InstructorStatus
    Tier = Tier

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="instructor_profile", verbose_name="person"
    )
    display_name = models.CharField(
        max_length=100, blank=True, help_text="The name learners see; empty means the name of the account."
    )
    title = models.CharField(
        max_length=150, blank=True, help_text="For example Senior Software Engineer, PhD in Computer Science."
    )
    organization = models.CharField(max_length=200, blank=True)
    years_experience = models.PositiveIntegerField(
        "experience (years)", default=0, validators=[MaxValueValidator(MOST_YEARS)]
    )
    bio = models.TextField(
        "biography", max_length=2000, blank=True, help_text="Professional background, at most 2,000 characters."
    )
    website = models.URLField(max_length=200, blank=True, validators=[public_https_url])
    linkedin_profile = models.URLField("LinkedIn", max_length=200, blank=True, validators=[public_https_url])
    twitter_handle = models.CharField(
        "Twitter",
        max_length=50,
        blank=True,
        validators=[RegexValidator(r"^@?[A-Za-z0-9_]+\Z", "Use letters, digits and underscores, for example @ada.")],
    )
    is_public = models.BooleanField("shown to learners", default=True)
    status = models.CharField(max_length=30, choices=InstructorStatus, default=InstructorStatus.PENDING, editable=False)
    tier = models.CharField(max_length=30, choices=Tier, default=Tier.BRONZE, editable=False)
    applied_at = models.DateTimeField("applied", default=timezone.now, editable=False)
    approved_at = models.DateTimeField("approved", null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    rejection_reason = models.TextField(max_length=500, blank=True, editable=False)
    suspension_reason = models.TextField(max_length=500, blank=True, editable=False)
    is_verified = models.BooleanField(
        "verified", default=False, editable=False, help_text="Identity and credentials were checked."
    )
    verified_at = models.DateTimeField("verified on", null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    history = tracked()

    natural_key_fields = ("user__email",)

    class Meta:
        verbose_name = "instructor"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "is_verified"]),
            models.Index(fields=["tier", "-created_at"]),
            models.Index(fields=["status", "tier"]),
            models.Index(fields=["status", "applied_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(years_experience__gte=0, years_experience__lte=MOST_YEARS), name="valid_experience_years"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("approved", "suspended")) | Q(approved_at__isnull=False),
                name="approved_instructor_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(Q(status="suspended"), ~Q(suspension_reason=""))
                | Q(~Q(status="suspended"), Q(suspension_reason="")),
                name="suspended_instructor_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_verified=True, verified_at__isnull=False)
                | Q(is_verified=False, verified_at__isnull=True),
                name="verified_instructor_since_a_moment",
            ),
        ]
        permissions = [
            ("decide_instructorprofile", "Can approve and reject applications of instructors"),
            ("suspend_instructorprofile", "Can suspend and reinstate instructors"),
            ("verify_instructorprofile", "Can verify instructors and set their tier"),
        ]

    def __str__(self) -> str:
        return self.display_name or str(self.user)
