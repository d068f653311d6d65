"""Change sets, the row every history table is built on, and the ledger of refusals and visits."""

from functools import cache
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from apps.audit import recording

M = TypeVar("M", bound=models.Model)

ledger_models: list[type[models.Model]] = []


def append_only(model: type[M]) -> type[M]:
    """Marks a model as a ledger: the database refuses to change or delete its rows."""
    ledger_models.append(model)
    return model


class ChangeSet(models.Model):
    """One operation: a request, import, action, job run, command or API call, and everything it changed.

    It is opened before the first history row, counts what it held when it is closed, and never changes after that.
    """

    class Channel(models.TextChoices):
        SCREEN = "screen", "Screen"
        IMPORT = "import", "Import"
        UNDO = "undo", "Undo of an import"
        JOB = "job", "Job"
        COMMAND = "command", "Command line"
        API = "api", "API"
        SYSTEM = "system", "System"

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="change_sets"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.SYSTEM)
    title = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    origin = models.CharField(max_length=100, blank=True, db_index=True, help_text="For example imports.importjob:12.")
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True)
    request_id = models.CharField("request id", max_length=64, blank=True)
    started_at = models.DateTimeField("started", default=timezone.now, db_index=True)
    finished_at = models.DateTimeField("finished", null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="Model label to created, changed and deleted.")

    class Meta:
        verbose_name = "change"
        verbose_name_plural = "changes"
        ordering = ["-started_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.title or f"{self.get_channel_display()} change"


class AppendOnlySwitch(models.Model):
    """A row here lifts the append-only triggers; it is written and deleted within one transaction, seen by no other."""

    reason = models.CharField(max_length=200)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.reason


@append_only
class AccessEvent(models.Model):
    """One request that was refused, found nothing, or was made while an administrator saw the console as somebody.

    Such a request leaves exactly one row: one that was refused while seeing as somebody is a refusal with both names.
    """

    class Kind(models.TextChoices):
        REFUSED = "refused", "Refused"
        NOT_FOUND = "not_found", "Not found"
        SEEN_AS = "seen_as", "Seen as somebody"
        SEE_AS_STARTED = "see_as_started", "Began to see as somebody"
        SEE_AS_ENDED = "see_as_ended", "Stopped seeing as somebody"

    kind = models.CharField("what happened", max_length=16, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_events", verbose_name="who"
    )
    seen_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="seen as",
        help_text="The person as whom the administrator saw the console.",
    )
    occurred_at = models.DateTimeField("when", default=timezone.now, db_index=True)
    method = models.CharField(max_length=10, blank=True)
    path = models.CharField("address", max_length=500, blank=True)
    status = models.PositiveSmallIntegerField("answer", null=True, blank=True, help_text="The status of the answer.")
    verb = models.CharField("asked to", max_length=40, blank=True)
    model_label = models.CharField("kind of record", max_length=100, blank=True)
    object_key = models.CharField("record", max_length=100, blank=True)
    detail = models.TextField(blank=True)
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True, default=recording.current_ip_address)
    request_id = models.CharField("request id", max_length=64, blank=True, default=recording.current_request_id)

    class Meta:
        verbose_name = "access event"
        verbose_name_plural = "refusals and visits"
        ordering = ["-occurred_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.path}"


class HistoricalRow(models.Model):
    """The base of every history table: each row belongs to the change set it was made in."""

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        recording.stamp(self)
        super().save(*args, **kwargs)


class TrackedModel(models.Model):
    """A record whose change and whose history row stand or fall together."""

    history: ClassVar[Any]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves with one history row; a save of untracked fields alone (a counter, the last sign-in) writes none."""
        names = kwargs.get("update_fields")
        tracked_names = {field.name for field in type(self).history.model.tracked_fields}
        if names is not None and not tracked_names & set(names):
            self.skip_history_when_saving = True
        try:
            with transaction.atomic():
                super().save(*args, **kwargs)
        finally:
            self.__dict__.pop("skip_history_when_saving", None)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            return super().delete(*args, **kwargs)


NOT_INDEXED_IN_HISTORY = (
    "created_at",
    "archived_at",
    "archived_by",
    "path",
    "parent_version",
    "granted_by",
    "permission",
)


class HistoryRows(HistoryManager):
    """Made once for each kind of query set: the library makes a class each time `history` is named, twice a save."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


def tracked(**options: Any) -> Any:
    """The history of a model, as every tracked model declares it: `history = tracked()`."""
    return HistoricalRecords(
        no_db_index=NOT_INDEXED_IN_HISTORY,
        bases=[HistoricalRow],
        history_manager=HistoryRows,
        history_id_field=models.BigAutoField(),
        history_user_id_field=models.BigIntegerField(null=True),
        get_user=recording.current_actor,
        **options,
    )
