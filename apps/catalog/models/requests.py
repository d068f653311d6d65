"""Requests for a right: what somebody was refused, what they asked for, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.audit.models import TrackedModel, tracked
from apps.catalog.models.course import Course
from apps.records.models import TimestampedModel


class AccessRequest(TimestampedModel, TrackedModel):
    """One person asks for one right on one course; or, without a right, for a page no right on a course opens."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="access_requests", verbose_name="asked by"
    )
    course = models.ForeignKey(Course, models.CASCADE, null=True, blank=True, related_name="access_requests")
    right = models.CharField(max_length=40, blank=True, help_text="Blank where no right on a course would help.")
    wish = models.CharField("asks to", max_length=300, help_text="What they wanted to do, for example: publish it.")
    page = models.CharField(max_length=500, help_text="The address that was refused.")
    note = models.TextField(blank=True, max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("decided", null=True, blank=True)
    decision_reason = models.TextField("reason", blank=True)

    history = tracked()

    class Meta:
        verbose_name = "request"
        verbose_name_plural = "requests"
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["state", "-created_at"]), models.Index(fields=["requester", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["requester", "course", "right"],
                condition=Q(state="open") & ~Q(right=""),
                name="one_open_request_for_a_right",
            ),
            models.UniqueConstraint(
                fields=["requester", "wish"], condition=Q(state="open", right=""), name="one_open_request_for_a_page"
            ),
            models.CheckConstraint(condition=Q(right="") | Q(course__isnull=False), name="a_right_is_on_a_course"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="a_decided_request_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requester} asks to {self.wish}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
