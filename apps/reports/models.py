"""Reports people have saved, when they are sent to whom, and every file that was made of one."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.access.models import Role
from apps.audit.models import TrackedModel, append_only, tracked
from apps.audit.recording import current_ip_address, current_request_id
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.reports.definition import Definition, definition_from
from apps.reports.periods import Period
from apps.reports.ready_made import READY
from apps.reports.rhythm import DAYS, Cadence, Rhythm, Weekday


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
    """One file made of a report: for whom, what stood in it, and its fingerprint. Theirs alone, and kept for a while.

    Whoever is sent one by a schedule gets one for each of its due times (`due_at`), however often it is tried.
    """

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
    schedule_number = models.PositiveBigIntegerField(
        null=True, blank=True, editable=False, help_text="Of the schedule that sent it, if one did."
    )
    due_at = models.DateTimeField("was due", null=True, blank=True, editable=False)
    definition = models.JSONField(default=dict)
    columns = models.JSONField(default=list, help_text="Those that were in the file, by name.")
    reach = models.JSONField(null=True, editable=False, help_text="The courses whose rows were open; none means all.")
    format = models.CharField(max_length=10, choices=Format)
    row_count = models.PositiveIntegerField("rows", default=0)
    size_bytes = models.PositiveBigIntegerField("size", default=0)
    sha256 = models.CharField("fingerprint (SHA-256)", max_length=64)
    file = models.CharField(max_length=200, blank=True, help_text="Where it is kept for a while, if it is.")
    as_of = models.DateTimeField("as of", default=timezone.now)
    made_at = models.DateTimeField("made", default=timezone.now, db_index=True)
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True, default=current_ip_address)
    request_id = models.CharField("request id", max_length=64, blank=True, default=current_request_id)

    class Meta:
        verbose_name = "report file"
        ordering = ["-made_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["schedule_number", "due_at", "requester"],
                condition=Q(due_at__isnull=False),
                name="one_report_file_per_due_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}.{self.format}, {self.row_count:,} rows"

    @property
    def what(self) -> Any:
        return definition_from(self.definition)


def platform_zone() -> str:
    return str(settings.TIME_ZONE)


class ReportSchedule(TimestampedModel, TrackedModel):
    """A report that goes out by itself: to each recipient a file of their own, with the rights they have by then.

    It is of a saved report or of a ready-made one. What the program notes about its runs is no history.
    """

    class Delivery(models.TextChoices):
        LINK = "link", "A link to the file"
        ATTACHED = "attached", "The file itself, attached"

    report = models.ForeignKey(Report, models.CASCADE, null=True, blank=True, related_name="schedules", editable=False)
    ready_key = models.CharField("ready-made report", max_length=40, blank=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="report_schedules", editable=False)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="reports_received",
        verbose_name="to",
        limit_choices_to={"is_staff": True, "is_active": True},
        help_text="Each gets their own rows and columns, as far as they may take them out when it is sent.",
    )
    format = models.CharField("file", max_length=10, choices=ReportRun.Format, default=ReportRun.Format.XLSX)
    cadence = models.CharField("how often", max_length=10, choices=Cadence, default=Cadence.WEEKLY)
    weekday = models.PositiveSmallIntegerField("on", choices=Weekday, default=Weekday.MONDAY)
    day_of_month = models.PositiveSmallIntegerField("on day", choices=DAYS, default=1)
    time_of_day = models.TimeField("at", default=time(8))
    time_zone = models.CharField(max_length=63, default=platform_zone)
    delivery = models.CharField("comes as", max_length=10, choices=Delivery, default=Delivery.LINK)
    is_active = models.BooleanField("active", default=True, editable=False)
    stopped_because = models.CharField("why it was switched off", max_length=500, blank=True, editable=False)
    next_run_at = models.DateTimeField("next", null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField("failures in a row", default=0, editable=False)
    last_run_at = models.DateTimeField("last sent", null=True, blank=True, editable=False)
    last_outcome = models.TextField(blank=True, editable=False)

    history = tracked(
        m2m_fields=[recipients], excluded_fields=["next_run_at", "failures", "last_run_at", "last_outcome"]
    )

    class Meta:
        ordering = ["-is_active", "next_run_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["next_run_at"], condition=Q(is_active=True), name="report_schedules_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(report=None) ^ Q(ready_key=""), name="schedule_of_one_report_saved_or_ready_made"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, next_run_at__isnull=False) | Q(is_active=False, next_run_at=None),
                name="active_schedule_has_a_next_time",
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, day_of_month__gte=1, day_of_month__lte=31), name="schedule_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": f"There is no time zone “{self.time_zone}”. Choose one from the list."})

    @property
    def title(self) -> str:
        if self.report is not None:
            return self.report.name
        return READY[self.ready_key].title if self.ready_key in READY else self.ready_key

    @property
    def definition(self) -> Definition:
        """Raises `LookupError` where the ready-made report is not there any more."""
        return self.report.definition if self.report is not None else READY[self.ready_key].definition

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.cadence, self.time_of_day, ZoneInfo(self.time_zone), self.weekday, self.day_of_month)

    @property
    def key(self) -> str:
        """What its runs name."""
        return f"reports.reportschedule:{self.pk}"
