"""Undoing one import, chunk by chunk, so that it can be interrupted and goes on where it stopped."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.audit.recording import continue_change_set, open_change_set
from apps.jobs.running import Run
from imports.closing import chunks_of, close_import_change_set, close_undo_set, touched_ids, touched_models
from imports.codes import Message, RowCode
from imports.models import ImportJob, ImportRow
from imports.parts import kinds_of, parts_of
from imports.types.base import ImportKind
from imports.undo.findings import Findings, examine, leave_what_is_in_use, leave_what_stays
from imports.undo.foreseeing import foreseen, left_alone, rows_of
from imports.undo.reverting import delete_records, make_again, set_back

MOST_SHOWN = 1_000
Status = ImportJob.Status
State = ImportRow.State


def undo_import(job: ImportJob, run: Run) -> str:
    """Takes back what nobody has touched since. Called again after a crash, it goes on."""
    undoing = Undoing(job, run)
    undoing.revert_all(f"Undo of the import of {job.original_name}")
    left = job.rows.filter(state=State.LEFT).count()
    undone = job.rows.filter(state=State.UNDONE).count()
    job.status = Status.PARTLY_UNDONE if left else Status.UNDONE
    job.undone_at = timezone.now()
    job.save(update_fields=["status", "undone_at"])
    return f"{undone:,} taken back." + (f" {left:,} left alone because of later changes." if left else "")


def take_back(job: ImportJob, run: Run, status: str) -> None:
    """Ends an apply that could not be completed: what it has written is taken back, and the import ends like this."""
    if job.change_set is not None:
        close_import_change_set(job)
    if job.change_set is not None:
        Undoing(job, run).revert_all(f"The import of {job.original_name} was not completed and is taken back")
    job.status = status
    job.save(update_fields=["status"])


def preview_undo(job: ImportJob, user: Any) -> dict[str, Any]:
    """How many rows an undo would take back, and those it would leave alone, with why."""
    counts = Counter(undo=0, left=0)
    left: list[dict[str, Any]] = []
    if job.change_set is None:
        return {"counts": dict(counts), "left": left}
    sources = [part.source for part in parts_of(job)]
    for kind, findings in foreseen(job, user, undo_sets_of(job)):
        counts["left"] += len(findings.left)
        counts["undo"] += len(findings.created) + len(findings.changed) + len(findings.deleted)
        if findings.left and len(left) < MOST_SHOWN:
            rows = rows_of(job, kind).filter(object_id__in=findings.left, state__in=(State.APPLIED, State.LEFT))
            left += [
                {
                    "sheet": sources[row.part],
                    "line": row.number,
                    "key": row.key,
                    "label": row.label,
                    "why": findings.left[row.object_id or 0],
                }
                for row in rows.order_by("part", "number")
            ]
    return {"counts": dict(counts), "left": left[:MOST_SHOWN]}


class Undoing:
    """One attempt at taking one import back, the last part first."""

    def __init__(self, job: ImportJob, run: Run) -> None:
        self.job: Any = job
        self.run = run
        self.kinds = kinds_of(job)
        self.own = {kind.model: kind for kind in self.kinds}
        self.undo_ids: frozenset[int] = frozenset()
        self.left: dict[Any, set[int]] = {}
        self.done = 0

    def revert_all(self, title: str) -> None:
        change_set = self.job.change_set
        if change_set is None:
            return
        self._open_undo_set(title)
        self.run.report(0, self.job.rows.filter(state__in=(State.APPLIED, State.UNDONE)).count(), "Taking back")
        self.left = left_alone(self.job, self.run.requester, self.undo_ids)
        for model in touched_models(self.kinds):
            for ids in chunks_of(touched_ids(model, change_set.pk)):
                self._revert(model, ids)
                if model in self.own:
                    self.done += len(ids)
                self.run.report(self.done)
        close_undo_set(self.job)

    def _open_undo_set(self, title: str) -> None:
        if self.job.undo_change_set is None or self.job.undo_change_set.finished_at is not None:
            with transaction.atomic():
                self.job.rows.filter(state=State.LEFT).update(state=State.APPLIED)
                self.job.undo_change_set = open_change_set(
                    by=self.run.requester, channel="undo", title=title[:200], origin=self.job.origin
                )
                self.job.save(update_fields=["undo_change_set"])
        self.undo_ids = undo_sets_of(self.job)

    def _revert(self, model: Any, ids: Sequence[int]) -> None:
        kind = self.own.get(model)
        with transaction.atomic(), continue_change_set(self.job.undo_change_set):
            stays = self._staying(model, ids)
            user = self.run.requester if kind is not None else None
            ids = [pk for pk in ids if pk not in stays]
            findings = examine(model, ids, self.job.change_set.pk, self.undo_ids, user)
            findings.left |= dict.fromkeys(stays, "What it belongs to is left alone.")
            if kind is not None:
                kind.before_undo(findings.created)
                leave_what_stays(kind, findings, {self.job.change_set.pk, *self.undo_ids})
            leave_what_is_in_use(model, findings, besides=kind.ledgers if kind is not None else ())
            # What is deleted goes first: what is set back may have had its place.
            gone = findings.created if kind is None else kind.take_away(findings.created, self.run.requester)
            delete_records(model, gone)
            set_back(model, findings.changed.values(), list(findings.changed))
            make_again(model, findings.deleted.values(), list(findings.deleted))
            if kind is not None:
                taken = [*findings.created, *findings.changed, *findings.deleted]
                kind.after_undo(taken)
                self._mark(kind, taken, findings)

    def _staying(self, model: Any, ids: Sequence[int]) -> set[int]:
        """Of these records, those that were made or archived together with one that is left alone."""
        stays: set[int] = set()
        for kind in self.kinds:
            if not (left := self.left.get(kind.model)):
                continue
            if model in kind.models_below:
                stays |= those_below(model, kind.model, ids, left)
            if path := kind.ways_up.get(model):
                archived = model._base_manager.filter(pk__in=ids, archived_at__isnull=False)
                stays |= set(archived.filter(**{f"{path}__among": left}).values_list("pk", flat=True))
        return stays

    def _mark(self, kind: ImportKind, taken: Sequence[int], findings: Findings) -> None:
        """Says of every row of the import what became of its record."""
        rows = rows_of(self.job, kind).filter(state=State.APPLIED)
        rows.filter(object_id__among=taken).update(state=State.UNDONE)
        if not findings.left:
            return
        left = list(rows.filter(object_id__in=findings.left))
        for row in left:
            row.state = State.LEFT
            why = findings.left[row.object_id or 0]
            row.messages = [*row.messages, Message(RowCode.R_CONFLICT, why, row.number, "", row.key).as_json()]
        ImportRow.objects.bulk_update(left, ["state", "messages"], batch_size=200)


def undo_sets_of(job: ImportJob) -> frozenset[int]:
    """Every change set in which this import was taken back, wholly or in part."""
    return frozenset(ChangeSet.objects.filter(origin=job.origin, channel="undo").values_list("pk", flat=True))


def those_below(model: Any, parent: Any, ids: Sequence[int], left: set[int]) -> set[int]:
    """The records that hang on parents which are left alone."""
    names = [field.attname for field in model._meta.local_concrete_fields if field.related_model is parent]
    history = model.history.model.objects.filter(id__in=ids, **{f"{names[0]}__in": left})
    return set(history.values_list("id", flat=True))
