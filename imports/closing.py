"""Ending the change set of an import: it counts what really stands in the history, whatever crashed on the way."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Count
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.audit.recording import KINDS, close_change_set
from imports.models import ImportJob, ImportRow
from imports.parts import kinds_of
from imports.types.base import ImportKind

Outcome = ImportRow.Outcome
CHUNK = 500


def touched_models(kinds: Sequence[ImportKind]) -> list[type[models.Model]]:
    """Everything these kinds may write, in the order in which an undo takes it back: the last kind first."""
    models = [model for kind in reversed(kinds) for model in (*kind.models_below, kind.model, *kind.side_models)]
    return list(dict.fromkeys(models))


def counts_of(change_set: ChangeSet, kinds: Sequence[ImportKind]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    moved = [model for kind in kinds for model in kind.models_moved]
    for model in dict.fromkeys([*touched_models(kinds), *moved]):
        history: Any = model.history.model  # type: ignore[attr-defined]
        rows = history.objects.filter(change_set=change_set).order_by().values_list("history_type")
        found = {KINDS[kind_of]: number for kind_of, number in rows.annotate(number=Count("history_id"))}
        if found:
            counts[model._meta.label_lower] = Counter(found)
    return counts


def close_import_change_set(job: ImportJob) -> None:
    """An import that changed nothing leaves no change set behind."""
    change_set = job.change_set
    if change_set is None or change_set.finished_at is not None:
        return
    counts = counts_of(change_set, kinds_of(job))
    if not counts:
        job.change_set = None
        job.save(update_fields=["change_set"])
    close_change_set(change_set, counts)


def close_undo_set(job: ImportJob) -> None:
    """An undo that took nothing back leaves no change set behind either."""
    undo_set = job.undo_change_set
    if undo_set is None or undo_set.finished_at is not None:
        return
    with transaction.atomic():
        counts = counts_of(undo_set, kinds_of(job))
        if not counts:
            job.undo_change_set = None
            job.save(update_fields=["undo_change_set"])
        close_change_set(undo_set, counts)


def end_applied(job: ImportJob) -> None:
    """What was written stays: the change set is closed and the import says how much of it was done."""
    if job.change_set is not None:
        for kind in kinds_of(job):
            for ids in chunks_of(touched_ids(kind.model, job.change_set.pk)):
                kind.after_all(ids)
    with transaction.atomic():
        applied = job.rows.filter(state=ImportRow.State.APPLIED)
        job.applied_counts = {
            "create": applied.filter(outcome=Outcome.CREATE).count(),
            "update": applied.filter(outcome=Outcome.UPDATE).count(),
            "conflict": job.rows.filter(outcome=Outcome.CONFLICT).count(),
        }
        job.status = how_applied(job)
        job.applied_at = timezone.now()
        close_import_change_set(job)
        job.save(update_fields=["applied_counts", "status", "applied_at", "change_set"])


def how_applied(job: ImportJob) -> str:
    """Whether all of it was written, or rows were left out."""
    left_out = job.rows.filter(outcome__in=(Outcome.INVALID, Outcome.CONFLICT))
    waiting = job.rows.filter(outcome__in=ImportRow.OPEN_OUTCOMES, state=ImportRow.State.PLANNED)
    is_partial = left_out.exists() or waiting.exists()
    return ImportJob.Status.PARTLY_APPLIED if is_partial else ImportJob.Status.APPLIED


def touched_ids(model: Any, change_set_id: int) -> "array[int]":
    """The records of this model in the change set, newest first; eight bytes each."""
    rows = model.history.model.objects.filter(change_set_id=change_set_id).order_by("-id").values_list("id", flat=True)
    return array("q", rows.distinct().iterator(chunk_size=5_000))


def chunks_of(ids: "array[int]") -> Iterator[list[int]]:
    return (list(ids[at : at + CHUNK]) for at in range(0, len(ids), CHUNK))
