"""Who takes which course, and what they have done in it."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.audit.models import TrackedModel, tracked
from apps.catalog.models import Course, Lesson
from apps.enrollments.states import EnrollmentStatus
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel


class Enrollment(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """One learner in one course; its status changes through services only."""

    Status = EnrollmentStatus

    class Source(models.TextChoices):
        SELF = "self", "The learner"
        STAFF = "staff", "Staff"
        IMPORT = "import", "Import"
        API = "api", "API"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrollments", verbose_name="learner"
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=20, choices=EnrollmentStatus, default=EnrollmentStatus.ACTIVE, editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.STAFF, editable=False)
    enrolled_at = models.DateTimeField("enrolled", default=timezone.now, db_index=True)
    completed_at = models.DateTimeField("completed", null=True, blank=True, editable=False)
    access_ends_at = models.DateTimeField("access ends", null=True, blank=True, help_text="Empty means no end.")
    progress_percent = models.PositiveSmallIntegerField("progress (%)", default=0, validators=[MaxValueValidator(100)])
    last_accessed_at = models.DateTimeField("last opened", null=True, blank=True)
    transferred_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="transferred_to"
    )

    history = tracked()

    natural_key_fields = ("user__email", "course__code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["-enrolled_at", "-pk"]
        # A list chooses its page, and counts, in one of these: they hold what tells whose rows are whose.
        indexes = [
            models.Index(fields=["status", "access_ends_at"]),
            models.Index(fields=["status", "course", "archived_at"], name="enrollments_by_status"),
            models.Index(
                fields=["course", "-enrolled_at", "-id", "status", "archived_at"], name="enrollments_of_course"
            ),
            models.Index(
                fields=["-enrolled_at", "-id", "course", "status", "archived_at"],
                condition=Q(archived_at=None),
                name="enrollments_newest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "course"], name="one_enrollment_per_learner_and_course"),
            models.CheckConstraint(condition=Q(progress_percent__lte=100), name="enrollment_progress_0_to_100"),
        ]
        permissions = [
            ("import_enrollment", "Can import enrollments"),
            ("export_enrollment", "Can export enrollments"),
            ("archive_enrollment", "Can archive and restore enrollments"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_name} in {self.course}"

    @property
    def learner_name(self) -> str:
        """The learner's name without the address, which not everybody may see."""
        return self.user.get_full_name() or f"Learner {self.user_id}"


class LessonProgress(NaturalKeyModel, TimestampedModel, TrackedModel):
    """How far a learner is in one lesson."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="lesson_progress")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="progress")
    is_completed = models.BooleanField("completed", default=False)
    completed_at = models.DateTimeField("completed on", null=True, blank=True)
    seconds_spent = models.PositiveIntegerField("time spent (seconds)", default=0)
    last_position_seconds = models.PositiveIntegerField(default=0)
    progress_percent = models.PositiveSmallIntegerField("progress (%)", default=0, validators=[MaxValueValidator(100)])
    last_accessed_at = models.DateTimeField("last opened", null=True, blank=True)

    history = tracked()

    natural_key_fields = ("enrollment__user__email", "enrollment__course__code", "lesson__code")

    class Meta:
        verbose_name_plural = "lesson progress"
        ordering = ["enrollment_id", "lesson_id"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson"], name="one_progress_per_enrollment_and_lesson"),
            models.CheckConstraint(condition=Q(progress_percent__lte=100), name="lesson_progress_0_to_100"),
        ]
        permissions = [
            ("import_lessonprogress", "Can import lesson progress"),
            ("export_lessonprogress", "Can export lesson progress"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment}: {self.lesson}"

    @property
    def minutes_spent(self) -> int:
        return round(self.seconds_spent / 60)
