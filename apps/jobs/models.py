"""Job runs: the truth about everything that happens in the background."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from simple_history import register

from apps.audit import recording
from apps.audit.models import HistoricalRow


class JobRun(models.Model):
    """One run of one job: who asked, what for, how far it is, and how it ended.

    The row is committed before any message is sent. A worker takes it by setting `lease_until` in one conditional
    update and keeps it by moving that moment on; a sweeper finds rows never sent and leases that ran out.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN_STATES = (State.QUEUED, State.RUNNING)

    job = models.CharField(max_length=120, db_index=True, help_text="The job's key, for example imports.apply.")
    title = models.CharField(max_length=200)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="job_runs",
        verbose_name="asked by",
    )
    arguments = models.JSONField(default=dict, blank=True)
    subject = models.CharField(max_length=120, blank=True, help_text="For example imports.importjob:12.")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=200, blank=True, help_text="What is being done right now, in words.")
    counts = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(blank=True, help_text="How it ended, as a sentence.")
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    ip_address = models.GenericIPAddressField("asked from", null=True, blank=True, default=recording.current_ip_address)
    request_id = models.CharField("request id", max_length=64, blank=True, default=recording.current_request_id)
    slot = models.DateTimeField(null=True, blank=True, help_text="The moment a schedule asked for this run.")
    only_one = models.CharField(max_length=120, blank=True, help_text="Two open runs never share this key.")
    created_at = models.DateTimeField("asked", default=timezone.now, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField("started", null=True, blank=True)
    finished_at = models.DateTimeField("finished", null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        permissions = [("run_job", "Can run jobs from the list"), ("cancel_job", "Can cancel anybody's jobs")]
        indexes = [models.Index(fields=["state", "lease_until"])]
        constraints = [
            models.UniqueConstraint(fields=["job", "slot"], name="one_run_per_slot"),
            models.UniqueConstraint(
                fields=["only_one"],
                condition=~Q(only_one="") & Q(state__in=("queued", "running")),
                name="one_open_run_per_key",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def percent(self) -> int | None:
        return min(100, self.done * 100 // self.total) if self.total else None


class Pulse(models.Model):
    """When the scheduler and the workers were last seen alive: one row each."""

    SCHEDULER = "scheduler"
    WORKER = "worker"

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.seen_at}"


class JobLogLine(models.Model):
    """One line a job wrote while it ran."""

    class Level(models.TextChoices):
        INFO = "info", "Note"
        WARNING = "warning", "Warning"
        ERROR = "error", "Error"

    run = models.ForeignKey(JobRun, models.CASCADE, related_name="log_lines")
    written_at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=10, choices=Level, default=Level.INFO)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.text


# A schedule is a row of django-celery-beat: it gets its history from outside, of what people change in it.
register(
    PeriodicTask,
    app="apps.jobs",
    bases=[HistoricalRow],
    history_id_field=models.BigAutoField(),
    history_user_id_field=models.BigIntegerField(null=True),
    get_user=recording.current_actor,
    excluded_fields=["last_run_at", "total_run_count", "date_changed"],
)
