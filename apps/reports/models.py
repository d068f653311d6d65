"""Reports people have saved, and every file that was made of one."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.access.models import Role
from apps.audit.models import TrackedModel, append_only, tracked
from apps.audit.recording import current_ip_address, current_request_id
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.reports.definition import Definition, definition_from
from apps.reports.periods import Period


class Report(NaturalKeyModel, TimestampedModel, TrackedModel):
    """A list with chosen columns, as one person saved it. Whoever opens it sees their own rows and columns of it."""

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True, help_text="What it is for, in a sentence.")
    source = models.CharField("list", max_length=40, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reports", editable=False)
    shared_with = models.ManyToManyField(
        Role,
        blank=True,
        related_name="shared_reports",
        help_text="They see the report, not your rows: each sees what they may see themselves.",
    )
    listing = models.CharField(
        "filters", max_length=1000, blank=True, help_text="How the list is narrowed, as its address says it."
    )
    columns = models.JSONField(default=list)
    period_column = models.CharField("only rows of", max_length=80, blank=True)
    period = models.CharField(max_length=20, choices=Period, blank=True)
    groups = models.JSONField("grouped by", default=list, blank=True)
    figures = models.JSONField(default=list, blank=True)
    order = models.CharField("ordered by", max_length=90, blank=True)

    history = tracked(m2m_fields=[shared_with])

    natural_key_fields = ("owner__email", "name")

    class Meta:
        ordering = ["name", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_report_per_owner_and_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def definition(self) -> Definition:
        return definition_from(vars(self))

    def take(self, definition: Definition) -> None:
        for name, value in definition.as_json().items():
            setattr(self, name, list(value) if isinstance(value, tuple) else value)


@append_only
class ReportRun(models.Model):
    """One file made of a report: for whom, what stood in it, and its fingerprint. Theirs alone, and kept for a day."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Workbook"
        PDF = "pdf", "PDF"

    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="report_runs", verbose_name="who"
    )
    title = models.CharField("report", max_length=100)
    report_number = models.PositiveBigIntegerField(
        null=True, blank=True, editable=False, help_text="Of the saved report, if it was one."
    )
    definition = models.JSONField(default=dict)
    columns = models.JSONField(default=list, help_text="Those that were in the file, by name.")
    reach = models.JSONField(null=True, editable=False, help_text="The courses whose rows were open; none means all.")
    format = models.CharField(max_length=10, choices=Format)
    row_count = models.PositiveIntegerField("rows", default=0)
    size_bytes = models.PositiveBigIntegerField("size", default=0)
    sha256 = models.CharField("fingerprint (SHA-256)", max_length=64)
    file = models.CharField(max_length=200, blank=True, help_text="Where it is kept for a day, if it is.")
    as_of = models.DateTimeField("as of", default=timezone.now)
    made_at = models.DateTimeField("made", default=timezone.now, db_index=True)
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True, default=current_ip_address)
    request_id = models.CharField("request id", max_length=64, blank=True, default=current_request_id)

    class Meta:
        verbose_name = "report file"
        ordering = ["-made_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.title}.{self.format}, {self.row_count:,} rows"

    @property
    def what(self) -> Any:
        return definition_from(self.definition)
