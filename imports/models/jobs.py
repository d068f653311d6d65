"""One uploaded file on its way, its plan row by row, and the cells somebody wrote anew."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.jobs.models import JobRun
from imports.models.feeds import Feed


def upload_path(job: "ImportJob", filename: str) -> str:  # noqa: ARG001
    """A name the server makes; the uploader's own name is only ever shown."""
    return f"imports/{timezone.now():%Y/%m}/{job.sha256[:32]}-{job.token}.{job.format}"


class ImportJob(models.Model):
    """One uploaded file on its way: uploaded, mapped, planned, applied, undone."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "Waiting for its mapping"
        PLANNING = "planning", "Being planned"
        PLANNED = "planned", "Planned"
        REFUSED = "refused", "Refused"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        PARTLY_APPLIED = "partly_applied", "Partly applied"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        PARTLY_UNDONE = "partly_undone", "Partly undone"
        EXPIRED = "expired", "Expired"

    class Mode(models.TextChoices):
        UPSERT = "upsert", "Create and update"
        CREATE = "create", "Only create"
        UPDATE = "update", "Only update"

    kind = models.CharField(max_length=40)
    preset = models.CharField(max_length=40, blank=True, help_text="Whose way of writing files it follows.")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_jobs")
    status = models.CharField(max_length=20, choices=Status, default=Status.UPLOADED)
    token = models.CharField(max_length=32, unique=True, editable=False)
    original_name = models.CharField("file", max_length=100)
    file = models.FileField(upload_to=upload_path, max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField(default=0)
    format = models.CharField(max_length=10)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=list)
    samples = models.JSONField(default=list, help_text="The first rows, to show beside the headers.")
    mapping = models.JSONField(default=dict, help_text="Their header to our column; empty ignores it.")
    value_mapping = models.JSONField(default=dict, help_text="Our column to their value to ours.")
    constants = models.JSONField(default=dict, help_text="Our column to a value, which may hold {Their header}.")
    formats = models.JSONField(default=dict, help_text="Our column to the number or date format chosen for it.")
    parts = models.JSONField(
        default=list, blank=True, help_text="The tables of a composite file, each with how it is read; else none."
    )
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.UPSERT)
    good_rows_only = models.BooleanField(default=False)
    notify = models.BooleanField(default=False, help_text="Send the mails and certificates that follow from the rows.")
    messages = models.JSONField(default=list, help_text="What is wrong with the file as a whole, and warnings.")
    counts = models.JSONField(default=dict)
    unknown_values = models.JSONField(
        default=dict, help_text="Our column to their values with how many rows hold each."
    )
    applied_counts = models.JSONField(default=dict)
    created_at = models.DateTimeField("uploaded", default=timezone.now, db_index=True)
    fingerprint = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Of everything the plan depends on."
    )
    planned_at = models.DateTimeField("planned", null=True, blank=True)
    applied_at = models.DateTimeField("applied", null=True, blank=True)
    undone_at = models.DateTimeField("undone", null=True, blank=True)
    feed = models.ForeignKey(Feed, models.SET_NULL, null=True, blank=True, related_name="import_jobs")
    feed_file = models.CharField(
        max_length=200, blank=True, db_index=True, help_text="What the watched folder calls the file."
    )
    run = models.ForeignKey(JobRun, models.SET_NULL, null=True, blank=True, related_name="+")
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, null=True, blank=True, related_name="+")
    undo_change_set = models.ForeignKey(ChangeSet, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "import"
        default_permissions = ("view",)
        permissions = [("take_over_importjob", "Can apply and undo other people's imports")]

    def __str__(self) -> str:
        return self.original_name

    @property
    def origin(self) -> str:
        return f"imports.importjob:{self.pk}"


class ImportRow(models.Model):
    """One row of the file and what it will do, has done, or cannot do."""

    class Outcome(models.TextChoices):
        CREATE = "create", "New"
        UPDATE = "update", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        REPEATED = "repeated", "Repeated"
        INVALID = "invalid", "Cannot be read"
        CONFLICT = "conflict", "Changed meanwhile"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        APPLIED = "applied", "Applied"
        UNDONE = "undone", "Undone"
        LEFT = "left", "Left alone"

    OPEN_OUTCOMES: ClassVar[tuple[str, ...]] = (Outcome.CREATE, Outcome.UPDATE)

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    part = models.PositiveSmallIntegerField(default=0, help_text="Which table of a composite file, counted from 0.")
    number = models.PositiveIntegerField("line")
    outcome = models.CharField(max_length=10, choices=Outcome)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    key = models.CharField(max_length=300, blank=True, help_text="The natural key as shown to people.")
    label = models.CharField(max_length=300, blank=True)
    cells = models.JSONField(default=list, help_text="Their cells as text, in the order of the headers.")
    changes = models.JSONField(default=dict, help_text="Our column to [before, after].")
    values = models.JSONField(default=dict, help_text="What the runner writes, by model field.")
    messages = models.JSONField(default=list)
    object_id = models.BigIntegerField(null=True, blank=True)
    version_seen = models.BigIntegerField(
        null=True, blank=True, help_text="Latest history id of the object when planned."
    )
    version_written = models.BigIntegerField(null=True, blank=True, help_text="History id this import wrote.")

    class Meta:
        ordering = ["job_id", "part", "number", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["job", "part", "number"]),
            models.Index(fields=["job", "outcome", "part", "number"]),
        ]

    def __str__(self) -> str:
        return f"Line {self.number}: {self.get_outcome_display()}"


class ImportCorrection(models.Model):
    """A cell somebody wrote anew on the page of the plan; every plan reads it in place of what the file holds there."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="corrections")
    part = models.PositiveSmallIntegerField(default=0, help_text="The part of a file that has several.")
    number = models.PositiveIntegerField("line")
    at = models.PositiveSmallIntegerField("column", help_text="Its place among the headers, counted from 0.")
    was = models.TextField(blank=True, help_text="What the file holds.")
    value = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField("corrected", default=timezone.now)

    class Meta:
        verbose_name = "correction"
        ordering = ["job_id", "part", "number", "at"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["job", "part", "number", "at"], name="one_correction_per_cell")]

    def __str__(self) -> str:
        return f"Line {self.number}"
