"""An announcement: its words, whom of the learners of its course it is for, and when it goes out."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.announcements.states import AnnouncementState
from apps.audit.models import TrackedModel, tracked
from apps.catalog.models import Course
from apps.enrollments.states import EnrollmentStatus
from apps.notifications.models import Notification
from apps.records.models import TimestampedModel


def active_learners() -> list[str]:
    return [EnrollmentStatus.ACTIVE.value]


class Announcement(TimestampedModel, TrackedModel):
    """Changed while it is a draft; what became of it afterwards is counted from the notifications it made."""

    State = AnnouncementState

    course = models.ForeignKey(Course, models.PROTECT, related_name="announcements")
    title = models.CharField(max_length=150)
    text = models.TextField(max_length=5000)
    priority = models.CharField(max_length=10, choices=Notification.Priority, default=Notification.Priority.NORMAL)
    action_link = models.URLField(
        "link",
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"], message="A link begins with https://.")],
        help_text="Where the learner goes from here; it begins with https://.",
    )
    audience = models.JSONField(
        "learners who are", default=active_learners, help_text="Their states; active ones unless you choose others."
    )
    progress_from = models.PositiveSmallIntegerField(
        "progress from (%)", default=0, validators=[MaxValueValidator(100)]
    )
    progress_to = models.PositiveSmallIntegerField("progress to (%)", default=100, validators=[MaxValueValidator(100)])
    send_at = models.DateTimeField("goes out", null=True, blank=True, help_text="Empty means as soon as you send it.")
    expires_at = models.DateTimeField(
        "counts until", null=True, blank=True, help_text="Afterwards nobody is told it any more. Empty means no end."
    )
    state = models.CharField(max_length=10, choices=AnnouncementState, default=AnnouncementState.DRAFT, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField("sent", null=True, blank=True, editable=False)
    told_count = models.PositiveIntegerField("told", default=0, editable=False)
    run = models.ForeignKey("jobs.JobRun", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")

    history = tracked()

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view", "add", "change")
        permissions = [("send_announcement", "Can send and withdraw announcements")]
        indexes = [
            models.Index(fields=["course", "-created_at", "-id"], name="announcements_of_course"),
            models.Index(fields=["state", "send_at"], name="announcements_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress_from__lte=F("progress_to"), progress_to__lte=100),
                name="announcement_progress_is_a_range",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(send_at=None) | Q(expires_at__gt=F("send_at")),
                name="announcement_expires_after_it_goes_out",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        if not self.audience or set(self.audience) - set(EnrollmentStatus.values):
            errors["audience"] = "Choose at least one state."
        if (self.progress_from or 0) > (100 if self.progress_to is None else self.progress_to):
            errors["progress_to"] = "The range ends before it begins."
        if self.expires_at and self.expires_at <= (self.send_at or timezone.now()):
            errors["expires_at"] = "It would count no more when it goes out. Choose a later moment."
        if errors:
            raise ValidationError(errors)

    @property
    def source(self) -> str:
        """What each notification it makes names: nobody is told it twice."""
        return f"announcements.announcement:{self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == AnnouncementState.DRAFT
