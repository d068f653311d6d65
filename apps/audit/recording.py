"""What is being done right now: the operation every history row of this thread of work belongs to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from apps.audit.read_only import refuse_when_only_looking

KINDS = {"+": "created", "~": "changed", "-": "deleted"}


@dataclass(frozen=True, slots=True)
class Operation:
    """Who acts through which door; set once for a request, a job run or a command."""

    actor_id: int | None = None
    channel: str = "system"
    ip_address: str | None = None
    request_id: str = ""


@dataclass(slots=True)
class OpenChangeSet:
    """The change set being filled, and what it holds so far by model label and kind of change."""

    record: Any
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, label: str, history_type: str, number: int = 1) -> None:
        self.counts.setdefault(label, Counter())[KINDS[history_type]] += number


NOBODY = Operation()

_operation: ContextVar[Operation] = ContextVar("operation", default=NOBODY)
_open: ContextVar[OpenChangeSet | None] = ContextVar("open_change_set", default=None)


def current_operation() -> Operation:
    return _operation.get()


def current_request_id() -> str:
    """The default of every ledger's column of this name."""
    return _operation.get().request_id


def current_ip_address() -> str | None:
    """The default of every ledger's column of this name."""
    return _operation.get().ip_address


def current_change_set() -> Any | None:
    """The change set that is open here, or None."""
    return opened.record if (opened := _open.get()) else None


def current_actor(instance: Any = None, request: Any = None, **kwargs: Any) -> Any:  # noqa: ARG001
    """The acting person, in the signature simple-history calls."""
    actor_id = _operation.get().actor_id
    return apps.get_model("accounts", "User")(pk=actor_id) if actor_id else None


@contextmanager
def operation(
    *, by: Any = None, channel: str = "system", ip_address: str | None = None, request_id: str = ""
) -> Iterator[Operation]:
    """Everything inside is done by this person through this door."""
    now = Operation(getattr(by, "pk", None), channel, ip_address, request_id)
    token = _operation.set(now)
    try:
        yield now
    finally:
        _operation.reset(token)


@contextmanager
def change_set(
    *, by: Any = None, reason: str = "", title: str = "", channel: str = "", origin: str = ""
) -> Iterator[Any]:
    """One transaction and one change set for everything inside; an open one is joined, never nested.

    The row exists before the first history row and is closed with its counts; one that stayed empty is deleted again.
    """
    if (outer := _open.get()) is not None:
        with _joined(outer, title=title, reason=reason):
            yield outer.record
        return
    with transaction.atomic():
        record = open_change_set(by=by, reason=reason, title=title, channel=channel, origin=origin)
        with continue_change_set(record) as opened:
            yield record
        close_change_set(record, opened.counts)


@contextmanager
def _joined(outer: OpenChangeSet, *, title: str, reason: str) -> Iterator[None]:
    """A part of the open change set: what is rolled back is not counted, and the first title and reason given stay."""
    counted = {label: Counter(counts) for label, counts in outer.counts.items()}
    try:
        with transaction.atomic():
            yield
    except BaseException:
        outer.counts = counted
        raise
    outer.record.title = outer.record.title or title
    outer.record.reason = outer.record.reason or reason


def open_change_set(
    *, by: Any = None, reason: str = "", title: str = "", channel: str = "", origin: str = "", **facts: Any
) -> Any:
    """Opens one that outlives a transaction (an import is applied in chunks); `close_change_set` ends it."""
    refuse_when_only_looking()
    now = _operation.get()
    return apps.get_model("audit", "ChangeSet").objects.create(
        actor_id=getattr(by, "pk", None) or now.actor_id,
        channel=channel or now.channel,
        reason=reason,
        title=title,
        origin=origin,
        ip_address=now.ip_address,
        request_id=now.request_id,
        **facts,
    )


@contextmanager
def continue_change_set(record: Any) -> Iterator[OpenChangeSet]:
    """Everything inside is written under this open change set; its counts so far are in what this yields."""
    opened = OpenChangeSet(record, {label: Counter(counts) for label, counts in record.counts.items()})
    token = _open.set(opened)
    acting = _operation.set(
        Operation(record.actor_id, record.channel, record.ip_address, record.request_id)
        if record.actor_id
        else _operation.get()
    )
    try:
        yield opened
    finally:
        _operation.reset(acting)
        _open.reset(token)


def close_change_set(record: Any, counts: dict[str, Counter[str]]) -> None:
    """Writes the counts and ends the change set for good; an empty one is deleted."""
    if not counts:
        # Django would first ask each table that could name it, forty of them; the database forbids it by itself.
        empty = type(record)._base_manager.filter(pk=record.pk)
        empty._raw_delete(empty.db)
        return
    record.counts = {label: dict(numbers) for label, numbers in counts.items()}
    record.finished_at = timezone.now()
    record.save(update_fields=["title", "reason", "counts", "finished_at"])


def count(label: str, history_type: str, number: int = 1) -> None:
    """Counts in the open change set what has no history table of its own: a session ended, a mail sent."""
    if (opened := _open.get()) is not None:
        opened.count(label, history_type, number)


def stamp(row: Any) -> None:
    """Gives a history row its change set, actor and reason; outside any operation it gets a change set of its own."""
    if row.change_set_id is not None:
        return
    label = row.instance_type._meta.label_lower
    opened = _open.get()
    if opened:
        record = opened.record
        opened.count(label, row.history_type)
    else:
        now = timezone.now()
        record = open_change_set(counts={label: {KINDS[row.history_type]: 1}}, started_at=now, finished_at=now)
    row.change_set = record
    row.history_user_id = record.actor_id
    row.history_change_reason = row.history_change_reason or record.reason or None


def write_history(records: Iterable[models.Model], history_type: str, *, batch_size: int = 1000) -> list[Any]:
    """Writes one history row for each record in bulk, under the open change set. Raises `LookupError` without one."""
    records = list(records)
    if not records:
        return []
    if (opened := _open.get()) is None:
        raise LookupError("Bulk history needs an open change set.")
    model = type(records[0])
    manager = model.history  # type: ignore[attr-defined]
    names = [tracked_field.attname for tracked_field in manager.model.tracked_fields]
    now, reason = timezone.now(), opened.record.reason or None
    rows = [
        manager.model(
            history_date=now,
            history_type=history_type,
            history_user_id=opened.record.actor_id,
            history_change_reason=reason,
            change_set_id=opened.record.pk,
            **{name: getattr(record, name) for name in names},
        )
        for record in records
    ]
    opened.count(model._meta.label_lower, history_type, len(rows))
    return list(manager.model.objects.bulk_create(rows, batch_size=batch_size))
