"""Planning one import: the file is read chunk by chunk, each chunk is judged and its rows are stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from apps.jobs.running import Run
from imports.codes import FileRefused, Message, RowCode, WarningCode, in_sheet
from imports.mapping import check_mapping
from imports.models import ImportJob, ImportRow
from imports.parts import Part
from imports.planner.existing import Finder
from imports.planner.judging import Judge
from imports.planner.known import known_rows
from imports.planner.new_records import NewRecords
from imports.planner.pending import Pending
from imports.planner.reading import RowReader, references_of
from imports.planner.references import resolve_references
from imports.planner.seen import SeenKeys
from imports.planner.storing import drop_rows, mark_duplicates, store_rows
from imports.presets import PresetTable
from imports.readers import RawRow, Table
from imports.types.base import Chunk, Draft

Outcome = ImportRow.Outcome
Item = TypeVar("Item")
Planned = tuple[Part, Table]
CLASH = "The same key stands on line {lines} with other values. Keep one of them."


def make_plan(job: ImportJob, tables: Sequence[Planned], warnings: Iterable[Message], run: Run) -> None:
    """Stores what every row will do. Raises `FileRefused` when a mapping does not fit; an older plan is dropped.

    `warnings` are about the file around the tables.
    """
    drop_rows(job)
    warnings = [*warnings, *check_tables(job, tables)]
    parts = [part for part, _ in tables]
    run.report(0, sum(table.row_count for _, table in tables), "Planning")
    counts: Counter[str] = Counter()
    with Pending() if job.parts else nullcontext() as pending:
        new = NewRecords(pending, parts) if pending is not None else None
        done = 0
        for part, table in tables:
            planner = Planner(job, part, RowReader(part.kind, part, table.shape.headers), run.requester, new)
            done = planner.plan_all(table, run, done)
            planner.write_down()
            warnings += in_sheet(
                [*planner.told(), *(table.left_out() if isinstance(table, PresetTable) else ())], part.source
            )
            counts.update(planner.totals())
    job.counts = dict(counts)
    job.messages = [message.as_json() for message in warnings]


def check_tables(job: ImportJob, tables: Sequence[Planned]) -> list[Message]:
    """The warnings about whole tables. Raises `FileRefused` with everything that stops the file, of all of them."""
    warnings: list[Message] = []
    faults: list[Message] = []
    for part, table in tables:
        try:
            asks = part.preset.asks if part.preset else {}
            said = check_mapping(part.kind, table.shape.headers, part.mapping, part.constants, mode=job.mode, asks=asks)
        except FileRefused as refused:
            faults += in_sheet(refused.messages, part.source)
        else:
            warnings += in_sheet([*table.warnings, *said], part.source)
    if faults:
        raise FileRefused(faults)
    return warnings


class Planner:
    """The plan of one table being made."""

    def __init__(self, job: ImportJob, part: Part, reader: RowReader, user: Any, new: NewRecords | None = None) -> None:
        self.job = job
        self.part = part
        self.reader = reader
        self.new = new
        self.is_one_of_kind = new is None or sum(other.kind is part.kind for other in new.parts) == 1
        self.may_import = new is None or part.kind.may_import(user)
        self.kind = reader.kind
        self.user = user
        columns = reader.columns
        self.references = references_of(self.kind, columns)
        self.finder = Finder(self.kind, columns, user)
        self.judge = Judge(self.kind, columns, job.mode)
        self.memory: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.known = known_rows(job, part, reader)

    def plan_all(self, table: Table, run: Run, done: int) -> int:
        """Plans chunk by chunk; `done` rows of the file have been planned before."""
        with SeenKeys() as seen:
            for raw_rows in chunked(table.rows(), self.kind.chunk_rows):
                self.plan_chunk(raw_rows, seen)
                done += len(raw_rows)
                run.report(done)
        return done

    def write_down(self) -> None:
        """Says with the import, or with its part, what was counted."""
        unknown = {column: dict(values.most_common()) for column, values in self.reader.unknown.items()}
        if self.new is None:
            self.job.unknown_values = unknown
        else:
            self.job.parts[self.part.index] |= {"counts": self.totals(), "unknown_values": unknown}

    def plan_chunk(self, raw_rows: Sequence[RawRow], seen: SeenKeys) -> None:
        drafts, repeated, clashes = self._drafts(raw_rows, seen)
        for draft in repeated:
            draft.outcome = Outcome.REPEATED
            draft.faults.clear()
        earlier = self._tell_clashes(drafts, clashes)
        open_drafts = [draft for draft in drafts if not draft.outcome and any(draft.key)]
        resolve_references(self.kind, self.references, open_drafts, self.user, self.new)
        self._count_unknown_references(open_drafts)
        self.finder.find(open_drafts)
        self._leave_alone(open_drafts)
        if not self.may_import:
            self._refuse_outside_own(open_drafts)
        if self.new is not None and not self.is_one_of_kind:
            self.new.refuse_twice(self.part, open_drafts)
        pending = self.new.pending if self.new is not None else None
        self.judge.judge(Chunk(drafts, self.user, self.job.mode, self.reader.columns, self.memory, pending))
        if pending is not None:
            pending.remember(self.part, drafts, self.user)
            pending.forget(self.part.index, earlier.keys())
        with transaction.atomic():
            store_rows(self.job, self.part.index, self.reader, drafts)
            self.counts.update(draft.outcome for draft in drafts)
            self.counts["archived"] += sum(1 for draft in drafts if _is_archived_by(draft))
            self.counts["notes"] += sum(1 for draft in drafts if draft.warnings)
            for before in mark_duplicates(self.job, self.part.index, earlier, CLASH):
                self.counts[before] -= 1
                self.counts[Outcome.INVALID] += 1

    def _drafts(
        self, raw_rows: Sequence[RawRow], seen: SeenKeys
    ) -> tuple[list[Draft], list[Draft], dict[int, list[int]]]:
        """The rows to look at, which of them are repeated, and which contradict each other or rows before."""
        read = self.reader.draft if self.known is None else self.reader.outline
        drafts = [read(raw) for raw in raw_rows]
        repeated, clashes = seen.judge(drafts, made_up=self.finder.made_up)
        if self.known is None:
            return drafts, repeated, clashes
        clashing = {line for first, others in clashes.items() for line in (first, *others)}
        skipped = self.known.unchanged(drafts) - clashing
        self.counts[Outcome.UNCHANGED] += len(skipped)
        self.counts["skipped"] += len(skipped)
        again = {draft.number for draft in repeated}
        drafts = [self.reader.draft(raw) for raw in raw_rows if raw.number not in skipped]
        return drafts, [draft for draft in drafts if draft.number in again], clashes

    def _tell_clashes(self, drafts: Sequence[Draft], clashes: dict[int, list[int]]) -> dict[int, list[int]]:
        """Puts the fault on every row of this chunk that shares a key; what is left concerns rows stored before."""
        if not clashes:
            return {}
        by_line = {draft.number: draft for draft in drafts}
        for first, others in clashes.items():
            lines = [first, *others]
            for line in lines:
                if (draft := by_line.get(line)) is not None:
                    also = ", ".join(str(other) for other in lines if other != line)
                    column = self.kind.column(self.kind.key_columns[-1])
                    value = draft.given.get(column.name, "")
                    draft.fault(RowCode.R_DUP_IN_FILE, CLASH.format(lines=also), column, value)
        return {first: others for first, others in clashes.items() if first not in by_line}

    def _leave_alone(self, drafts: Sequence[Draft]) -> None:
        """What another platform says only of new records is no news about those there are."""
        if self.part.preset is None:
            return
        for draft in drafts:
            for name in self.part.preset.only_for_new if draft.pk else ():
                draft.given.pop(name, None)

    def _refuse_outside_own(self, drafts: Sequence[Draft]) -> None:
        """Who may import this kind nowhere yet may do so below a course they start with the same file."""
        column = self.kind.column(self.kind.key_columns[0])
        for draft in drafts:
            if not draft.is_below_own and not draft.faults:
                text = f"You may not import {self.kind.heading.lower()} here."
                draft.fault(RowCode.R_DENIED, text, column, draft.given.get(column.name, ""))

    def _count_unknown_references(self, drafts: Sequence[Draft]) -> None:
        """References to small sets, such as categories, are mapped value by value; people are not."""
        for reference in self.references:
            if not reference.lists_unknown:
                continue
            for draft in drafts:
                if reference.name in draft.spoiled and isinstance(draft.given.get(reference.name), str):
                    self.reader.count_unknown(reference.name, draft.given[reference.name])

    def told(self) -> list[Message]:
        """What is said about rows that were not even looked at."""
        number = self.counts["skipped"]
        if not number:
            return []
        rows = "1 row is" if number == 1 else f"{number:,} rows are"
        return [Message(WarningCode.W_RULE, f"{rows} as they came before, and nobody has changed what they led to.")]

    def totals(self) -> dict[str, int]:
        beside = ("notes", "archived")
        return {
            **{str(outcome): self.counts[outcome] for outcome in Outcome},
            **{name: self.counts[name] for name in beside},
        }


def _is_archived_by(draft: Draft) -> bool:
    return draft.outcome == Outcome.UPDATE and draft.values.get("archived_at") is not None


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
