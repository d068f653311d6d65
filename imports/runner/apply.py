"""Applying a plan: in one transaction, or chunk by chunk where that is what the person or the database asks for."""

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import islice

from django.db import IntegrityError, connection, transaction

from apps.audit.recording import continue_change_set, open_change_set
from apps.jobs.running import JobLost, Run
from imports.closing import end_applied
from imports.codes import Message, RowCode
from imports.models import ImportJob, ImportRow
from imports.parts import parts_of
from imports.planner.existing import latest_versions
from imports.runner.checks import conflicts_of
from imports.runner.rows import PlannedRow, chunks_of_leg, legs_of, planned_updates, take_real_ids
from imports.runner.writing import RowsTaken, Writer
from imports.undo import take_back

Status = ImportJob.Status
Outcome = ImportRow.Outcome
ATTEMPTS = 3
CHECKED_AT_ONCE = 2_000


class PlanOutdated(Exception):
    """All or nothing was asked for, and some rows can no longer be written."""


def is_one_transaction(job: ImportJob) -> bool:
    """SQLite has one writer at a time, so that nothing long may be one transaction there."""
    return not job.good_rows_only and connection.vendor == "postgresql"


def apply_plan(job: ImportJob, run: Run) -> str:
    """Writes what is planned and not written yet. Called again after a crash, it goes on where it stopped."""
    applying = Applying(job, run)
    try:
        with transaction.atomic() if is_one_transaction(job) else nullcontext():
            applying.write_all()
            end_applied(job)
    except PlanOutdated:
        return applying.refuse()
    except RowsTaken:
        raise JobLost from None
    return applying.sentence()


class Applying:
    """One attempt at applying one plan."""

    def __init__(self, job: ImportJob, run: Run) -> None:
        self.job = job
        self.run = run
        self.user = run.requester
        self.legs = legs_of(job)
        self.is_composite = bool(job.parts)
        self.total = sum(job.counts.get(str(outcome), 0) for outcome in ImportRow.OPEN_OUTCOMES)
        self.done = job.rows.filter(state=ImportRow.State.APPLIED).count()

    def write_all(self) -> None:
        if not self.job.good_rows_only:
            self._refuse_outdated()
        self._open_change_set()
        self.run.report(self.done, self.total, "Writing")
        for leg in self.legs:
            writer = Writer(leg.part.kind, self.user)
            for rows in chunks_of_leg(self.job, leg):
                self._write_chunk(writer, rows)
                self.done += len(rows)
                self.run.report(self.done, self.total)

    def _refuse_outdated(self) -> None:
        """Before the first of many transactions: has any record moved since the plan? A conflict that is there already
        was found by an attempt that was killed while it took everything back.
        """
        if self.job.rows.filter(outcome=Outcome.CONFLICT).exists():
            raise PlanOutdated
        if is_one_transaction(self.job):
            return
        self.run.report(self.done, self.total, "Checking that nothing has changed since the plan")
        for part in parts_of(self.job):
            updates = planned_updates(self.job, part).values_list("object_id", "version_seen")
            rows = updates.iterator(chunk_size=CHECKED_AT_ONCE)
            while chunk := dict(islice(rows, CHECKED_AT_ONCE)):
                if latest_versions(part.kind.model, {pk for pk in chunk if pk is not None}, but=self._own()) != chunk:
                    raise PlanOutdated
                self.run.report(self.done)

    def _own(self) -> int | None:
        """The change set whose versions count as none: one part of a composite file may touch what another changes."""
        return self.job.change_set_id if self.is_composite else None

    def _conflicts(self) -> dict[int, str]:
        """Why rows that are still to be written cannot be any more."""
        reasons: dict[int, str] = {}
        for leg in self.legs:
            for rows in chunks_of_leg(self.job, leg):
                take_real_ids(self.job, rows)
                reasons |= conflicts_of(leg.part.kind, rows, self.user, but=self._own())
                self.run.report(self.done)
        return reasons

    def _write_chunk(self, writer: Writer, rows: Sequence[PlannedRow]) -> None:
        """A key taken by somebody else in this very moment breaks a constraint: then it is looked at once more."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic(), continue_change_set(self.job.change_set):
                    orphans = take_real_ids(self.job, rows) if self.is_composite else {}
                    conflicts = conflicts_of(writer.kind, rows, self.user, but=self._own()) | orphans
                    if conflicts and not self.job.good_rows_only:
                        raise PlanOutdated
                    mark_conflicts(self.job, conflicts)
                    if sound := [row for row in rows if row.pk not in conflicts]:
                        writer.write(sound)
            except IntegrityError:
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    def _open_change_set(self) -> None:
        """One that was closed belongs to an attempt that was taken back."""
        if self.job.change_set is not None and self.job.change_set.finished_at is None:
            return
        with transaction.atomic():
            self.job.change_set = open_change_set(
                by=self.user, channel="import", title=f"Import of {self.job.original_name}", origin=self.job.origin
            )
            self.job.save(update_fields=["change_set"])

    def refuse(self) -> str:
        """Lists all rows that moved; what was written before the first of them is taken back."""
        self.job.refresh_from_db()
        mark_conflicts(self.job, self._conflicts())
        take_back(self.job, self.run, Status.FAILED)
        number = self.job.counts.get(str(Outcome.CONFLICT), 0)
        what = "1 row has" if number == 1 else f"{number:,} rows have"
        return f"Nothing was applied: {what} changed since the plan was made. Make the plan again."

    def sentence(self) -> str:
        counts = self.job.applied_counts
        text = f"{counts['create']:,} created, {counts['update']:,} changed."
        return f"{text} {counts['conflict']:,} left out because they changed meanwhile." if counts["conflict"] else text


def mark_conflicts(job: ImportJob, reasons: dict[int, str]) -> None:
    """Rows that can no longer be written become conflicts and say why."""
    if not reasons:
        return
    rows = list(ImportRow.objects.filter(pk__in=reasons.keys()))
    for row in rows:
        row.messages = [*row.messages, Message(RowCode.R_CONFLICT, reasons[row.pk], row.number, "", row.key).as_json()]
        for counts in [job.counts, *([job.parts[row.part]["counts"]] if job.parts else ())]:
            counts[row.outcome] = counts.get(row.outcome, 0) - 1
            counts[str(Outcome.CONFLICT)] = counts.get(str(Outcome.CONFLICT), 0) + 1
        row.outcome = Outcome.CONFLICT
    ImportRow.objects.bulk_update(rows, ["messages", "outcome"], batch_size=500)
    job.save(update_fields=["counts", "parts"])
