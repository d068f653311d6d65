"""Undoing one import, chunk by chunk, so that it can be interrupted and goes on where it stopped."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.audit.recording import close_change_set, continue_change_set, open_change_set
from apps.audit.set_based import among, id_list
from apps.jobs.running import Run
from imports.bulk import quoted
from imports.closing import chunks_of, close_import_change_set, counts_of, touched_ids, touched_models
from imports.codes import Message, RowCode
from imports.models import ImportJob, ImportRow
from imports.types import kind_for
from imports.undo.findings import Findings, examine, leave_what_is_in_use
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
        close_import_change_set(job, kind_for(job.kind))
    if job.change_set is not None:
        Undoing(job, run).revert_all(f"The import of {job.original_name} was not completed and is taken back")
    job.status = status
    job.save(update_fields=["status"])


def preview_undo(job: ImportJob, user: Any) -> dict[str, Any]:
    """How many rows an undo would take back, and those it would leave alone, with why."""
    kind = kind_for(job.kind)
    counts = Counter(undo=0, left=0)
    left: list[dict[str, Any]] = []
    if job.change_set is None:
        return {"counts": dict(counts), "left": left}
    undo_ids = undo_sets_of(job)
    for ids in chunks_of(touched_ids(kind.model, job.change_set.pk)):
        findings = examine(kind.model, ids, job.change_set.pk, undo_ids, user)
        leave_what_is_in_use(kind.model, findings, ignoring=kind.models_below)
        counts["left"] += len(findings.left)
        counts["undo"] += len(findings.created) + len(findings.changed) + len(findings.deleted)
        if findings.left and len(left) < MOST_SHOWN:
            rows = job.rows.filter(object_id__in=findings.left, state__in=(State.APPLIED, State.LEFT))
            left += [
                {"line": row.number, "key": row.key, "label": row.label, "why": findings.left[row.object_id or 0]}
                for row in rows.order_by("number")
            ]
    return {"counts": dict(counts), "left": left[:MOST_SHOWN]}


class Undoing:
    """One attempt at taking one import back."""

    def __init__(self, job: ImportJob, run: Run) -> None:
        self.job: Any = job
        self.run = run
        self.kind = kind_for(job.kind)
        self.undo_ids: frozenset[int] = frozenset()
        self.done = 0

    def revert_all(self, title: str) -> None:
        change_set = self.job.change_set
        if change_set is None:
            return
        self._open_undo_set(title)
        self.run.report(0, self.job.rows.filter(state__in=(State.APPLIED, State.UNDONE)).count(), "Taking back")
        left = self._left_alone()
        for model in touched_models(self.kind):
            for ids in chunks_of(touched_ids(model, change_set.pk)):
                self._revert(model, ids, left)
                if model is self.kind.model:
                    self.done += len(ids)
                self.run.report(self.done)
        undo_set = self.job.undo_change_set
        with transaction.atomic():
            counts = counts_of(undo_set, self.kind)
            if not counts:
                self.job.undo_change_set = None
                self.job.save(update_fields=["undo_change_set"])
            close_change_set(undo_set, counts)

    def _open_undo_set(self, title: str) -> None:
        if self.job.undo_change_set is None or self.job.undo_change_set.finished_at is not None:
            self.job.rows.filter(state=State.LEFT).update(state=State.APPLIED)
            self.job.undo_change_set = open_change_set(
                by=self.run.requester, channel="undo", title=title[:200], origin=self.job.origin
            )
            self.job.save(update_fields=["undo_change_set"])
        self.undo_ids = undo_sets_of(self.job)

    def _left_alone(self) -> set[int]:
        """The records of the kind that stay as they are, found before anything that hangs on them is taken back."""
        left: set[int] = set()
        for ids in chunks_of(touched_ids(self.kind.model, self.job.change_set.pk)):
            findings = self._examine(self.kind.model, ids)
            leave_what_is_in_use(self.kind.model, findings, ignoring=self.kind.models_below)
            left |= findings.left.keys()
        return left

    def _examine(self, model: Any, ids: Sequence[int]) -> Findings:
        user = self.run.requester if model is self.kind.model else None
        return examine(model, ids, self.job.change_set.pk, self.undo_ids, user)

    def _revert(self, model: Any, ids: Sequence[int], left: set[int]) -> None:
        is_own = model is self.kind.model
        with transaction.atomic(), continue_change_set(self.job.undo_change_set):
            if left and model in self.kind.models_below:
                ids = without_those_below(model, self.kind.model, ids, left)
            if left and (path := self.kind.ways_up.get(model)):
                stays = model._base_manager.filter(pk__in=ids, **{f"{path}__among": left}).values_list("pk", flat=True)
                ids = sorted({*ids} - {*stays})
            findings = self._examine(model, ids)
            if is_own:
                self.kind.before_undo(findings.created)
            leave_what_is_in_use(model, findings)
            set_back(model, findings.changed.values(), list(findings.changed))
            delete_records(model, findings.created)
            make_again(model, findings.deleted.values(), list(findings.deleted))
            if is_own:
                taken = [*findings.created, *findings.changed, *findings.deleted]
                self.kind.after_undo(taken)
                self._mark(taken, findings)

    def _mark(self, taken: Sequence[int], findings: Findings) -> None:
        """Says of every row of the import what became of its record."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {quoted(ImportRow._meta.db_table)} SET state = %s "  # noqa: S608 - our own names
                f"WHERE job_id = %s AND state = %s AND object_id {among()}",
                [str(State.UNDONE), self.job.pk, str(State.APPLIED), id_list(taken)],
            )
        if not findings.left:
            return
        rows = list(self.job.rows.filter(state=State.APPLIED, object_id__in=findings.left))
        for row in rows:
            row.state = State.LEFT
            why = findings.left[row.object_id or 0]
            row.messages = [*row.messages, Message(RowCode.R_CONFLICT, why, row.number, "", row.key).as_json()]
        ImportRow.objects.bulk_update(rows, ["state", "messages"], batch_size=200)


def undo_sets_of(job: ImportJob) -> frozenset[int]:
    """Every change set in which this import was taken back, wholly or in part."""
    return frozenset(ChangeSet.objects.filter(origin=job.origin, channel="undo").values_list("pk", flat=True))


def without_those_below(model: Any, parent: Any, ids: Sequence[int], left: set[int]) -> list[int]:
    """Without the records that hang on parents which are left alone."""
    names = [field.attname for field in model._meta.local_concrete_fields if field.related_model is parent]
    kept = model.history.model.objects.filter(id__in=ids, **{f"{names[0]}__in": left}).values_list("id", flat=True)
    stays = set(kept)
    return [pk for pk in ids if pk not in stays]
