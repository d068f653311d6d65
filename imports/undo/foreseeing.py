"""What an undo would do, before anything is done: part by part, the last first."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet

from imports.closing import chunks_of, touched_ids, touched_models
from imports.models import ImportJob, ImportRow
from imports.parts import kinds_of, parts_of
from imports.types.base import ImportKind
from imports.undo.findings import Findings, examine, leave_what_is_in_use, leave_what_stays

Left = dict[type[Model], set[int]]


def foreseen(job: Any, user: Any, undo_ids: frozenset[int]) -> Iterator[tuple[ImportKind, Findings]]:
    """Chunk by chunk what becomes of the records of each kind, as if what hangs on them had been taken back before."""
    kinds = kinds_of(job)
    left: Left = {}
    for kind in reversed(kinds):
        for ids in chunks_of(touched_ids(kind.model, job.change_set.pk)):
            findings = examine(kind.model, ids, job.change_set.pk, undo_ids, user)
            leave_what_stays(kind, findings, {job.change_set.pk, *undo_ids})
            leave_what_is_in_use(kind.model, findings, going=going(job, kinds, left), besides=kind.ledgers)
            left.setdefault(kind.model, set()).update(findings.left)
            yield kind, findings


def left_alone(job: Any, user: Any, undo_ids: frozenset[int]) -> Left:
    """The records of each kind that stay as they are."""
    left: Left = {}
    for kind, findings in foreseen(job, user, undo_ids):
        left.setdefault(kind.model, set()).update(findings.left)
    return left


def going(job: Any, kinds: list[ImportKind], left: Mapping[type[Model], set[int]]) -> dict[type[Model], Q]:
    """Of each model this import writes, the records that will point at nothing it has made: those it will take away,
    and those it will set back to what they were before."""
    found: dict[type[Model], Q] = {}
    for model in touched_models(kinds):
        history: Any = model.history.model  # type: ignore[attr-defined]
        written = history.objects.filter(change_set_id=job.change_set.pk).values("id")
        stays = left.get(model)
        found[model] = Q(pk__in=written) & ~Q(pk__among=stays) if stays else Q(pk__in=written)
    return found


def rows_of(job: ImportJob, kind: ImportKind) -> QuerySet[ImportRow]:
    """The rows of the job whose records are of this kind."""
    return job.rows.filter(part__in=[part.index for part in parts_of(job) if part.kind.model is kind.model])
