"""Courses and the people who teach them."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from apps.audit.models import TrackedModel, tracked
from apps.catalog.codes import unique_slug
from apps.catalog.languages import LANGUAGES
from apps.catalog.states import CourseStatus
from apps.records.keys import CODE_PATTERN
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel

valid_code = RegexValidator(
    CODE_PATTERN, "Use letters A to Z, digits, dots, hyphens and underscores; begin with a letter or a digit."
)


class Course(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """What learners enroll in. Its code is what people type; its status changes through services only."""

    class Level(models.TextChoices):
        ALL_LEVELS = "all_levels", "All levels"
        BEGINNER = "beginner", "Beginner"
        INTERMEDIATE = "intermediate", "Intermediate"
        ADVANCED = "advanced", "Advanced"

    Status = CourseStatus

    code = models.CharField(max_length=60, validators=[valid_code], help_text="What people type, for example PY-101.")
    slug = models.SlugField(max_length=200, unique=True, blank=True, help_text="Left blank, it is made from the title.")
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=255, blank=True, help_text="One line that stands below the title.")
    description = models.TextField(blank=True)
    category = models.ForeignKey("catalog.Category", models.PROTECT, related_name="courses", null=True, blank=True)
    status = models.CharField(max_length=20, choices=CourseStatus, default=CourseStatus.DRAFT, editable=False)
    published_at = models.DateTimeField("published", null=True, blank=True, editable=False)
    starts_on = models.DateField(null=True, blank=True)
    level = models.CharField(max_length=20, choices=Level, default=Level.ALL_LEVELS)
    language = models.CharField(max_length=10, choices=LANGUAGES, default="en")
    price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Empty means there is no price yet; 0 means free.",
    )
    discount_price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Not above the price.",
    )
    discount_ends_at = models.DateTimeField("discount ends", null=True, blank=True)
    currency = models.CharField(
        max_length=3,
        default="USD",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", "Use three capital letters, for example USD.")],
    )
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    thumbnail = models.FileField(upload_to="thumbnails", null=True, blank=True)
    has_certificate = models.BooleanField("awards a certificate", default=False)
    is_featured = models.BooleanField("featured", default=False)
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="Empty means no limit.")
    requirements = models.JSONField(default=list, blank=True)
    skills = models.JSONField(default=list, blank=True)
    learning_objectives = models.JSONField(default=list, blank=True)
    target_audience = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    meta_keywords = models.CharField("keywords for search engines", max_length=255, blank=True)
    meta_description = models.TextField("description for search engines", blank=True)
    sort_order = models.PositiveIntegerField(default=0, help_text="Place in the public catalog; lower comes first.")
    version = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        default=Decimal("1.0"),
        editable=False,
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    parent_version = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="later_versions"
    )
    enrolled_count = models.PositiveIntegerField("learners", default=0, editable=False)
    last_enrolled_at = models.DateTimeField("last enrollment", null=True, blank=True, editable=False)

    history = tracked(excluded_fields=["enrolled_count", "last_enrolled_at"])

    natural_key_fields = ("code",)

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "is_featured"]),
            models.Index(fields=["-created_at", "-id"]),
            models.Index(fields=["title"]),
            models.Index(fields=["-updated_at", "-id"]),
            models.Index(fields=["category", "status"]),
        ]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="course_code_without_case"),
            models.CheckConstraint(condition=Q(price__gte=0) | Q(price=None), name="course_price_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_price=None) | Q(discount_price__gte=0), name="course_discount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(discount_price=None) | Q(price=None) | Q(discount_price__lte=F("price")),
                name="course_discount_not_above_price",
            ),
            models.CheckConstraint(condition=Q(version__gt=0), name="course_version_positive"),
        ]
        permissions = [
            ("import_course", "Can import courses"),
            ("export_course", "Can export courses"),
            ("archive_course", "Can archive and restore courses"),
            ("set_price_course", "Can set prices"),
            ("set_instructor_course", "Can choose instructors"),
            ("edit_content", "Can edit content"),
            ("publish_course", "Can publish and unpublish"),
            ("manage_students", "Can manage learners"),
            ("view_analytics", "Can view figures"),
            ("import_content", "Can import"),
            ("export_data", "Can export"),
            ("grant_access", "Can grant rights"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = unique_slug(self.title, Course.with_archived.exclude(pk=self.pk))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.price is not None and self.discount_price is not None and self.discount_price > self.price:
            raise ValidationError({"discount_price": "The discounted price is above the price. Lower it or clear it."})


class CourseInstructor(NaturalKeyModel, TimestampedModel, TrackedModel):
    """Somebody who teaches a course; saving it through its service sets the grants that follow from it."""

    class Role(models.TextChoices):
        PRIMARY = "primary", "Primary instructor"
        CO_INSTRUCTOR = "co_instructor", "Co-instructor"
        ASSISTANT = "assistant", "Assistant"
        GUEST = "guest", "Guest"

    course = models.ForeignKey(Course, models.CASCADE, related_name="instructors")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="taught_courses", verbose_name="instructor"
    )
    role = models.CharField(max_length=30, choices=Role, default=Role.PRIMARY)
    is_active = models.BooleanField("active", default=True)
    is_lead = models.BooleanField("lead", default=False)
    can_edit_content = models.BooleanField(default=True)
    can_manage_students = models.BooleanField(default=True)
    can_view_analytics = models.BooleanField(default=True)
    revenue_share_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    joined_at = models.DateTimeField("joined", default=timezone.now)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day of these rights; empty means no end.")

    history = tracked()

    natural_key_fields = ("course__code", "user__email")

    class Meta:
        ordering = ["-is_lead", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="one_row_per_course_and_instructor"),
            models.UniqueConstraint(fields=["course"], condition=Q(is_lead=True), name="one_lead_per_course"),
            models.CheckConstraint(
                condition=Q(revenue_share_percent__gte=0, revenue_share_percent__lte=100), name="revenue_share_0_to_100"
            ),
        ]
        permissions = [
            ("import_courseinstructor", "Can import instructors of courses"),
            ("export_courseinstructor", "Can export instructors of courses"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()}"
