"""Every export with who took it and what was in it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.audit.models import append_only
from apps.audit.recording import current_ip_address, current_request_id


@append_only
class ExportRecord(models.Model):
    """One export: who took which rows and columns out of the platform, and the fingerprint of the file."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Workbook"
        GIFT = "gift", "GIFT"
        JSON = "json", "JSON"

    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name="who")
    kind = models.CharField(max_length=40)
    format = models.CharField(max_length=10, choices=Format)
    columns = models.JSONField(default=list)
    filters = models.JSONField(default=dict, help_text="Column to the values that were asked for.")
    listing = models.CharField(max_length=500, blank=True, help_text="How the list it was made from was narrowed.")
    row_count = models.PositiveIntegerField("rows", default=0)
    size_bytes = models.PositiveBigIntegerField("size", default=0)
    sha256 = models.CharField("fingerprint (SHA-256)", max_length=64)
    file = models.CharField(max_length=200, blank=True, help_text="Where it is kept for a day, if it is.")
    exported_at = models.DateTimeField("when", default=timezone.now, db_index=True)
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True, default=current_ip_address)
    request_id = models.CharField("request id", max_length=64, blank=True, default=current_request_id)

    class Meta:
        verbose_name = "export"
        ordering = ["-exported_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.kind}.{self.format}, {self.row_count:,} rows"
