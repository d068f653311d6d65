"""Planning one import: the file is read chunk by chunk, each chunk is judged and its rows are stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from apps.jobs.running import Run
from imports.codes import RowCode
from imports.mapping import check_mapping
from imports.models import ImportJob, ImportRow
from imports.planner.existing import Finder
from imports.planner.judging import Judge
from imports.planner.reading import RowReader, references_of
from imports.planner.references import resolve_references
from imports.planner.seen import SeenKeys
from imports.planner.storing import drop_rows, mark_duplicates, store_rows
from imports.presets import preset_for
from imports.readers import Table
from imports.types import kind_for
from imports.types.base import Chunk, Draft

Outcome = ImportRow.Outcome
Item = TypeVar("Item")
CLASH = "The same key stands on line {lines} with other values. Keep one of them."


def make_plan(job: ImportJob, table: Table, run: Run) -> None:
    """Stores what every row will do. Raises `FileRefused` when the mapping does not fit; an older plan is dropped."""
    drop_rows(job)
    kind = kind_for(job.kind)
    headers = table.shape.headers
    asks = preset_for(job.preset).asks if job.preset else {}
    warnings = check_mapping(kind, headers, job.mapping, job.constants, mode=job.mode, asks=asks)
    planner = Planner(job, RowReader(kind, job, headers), run.requester)
    done, total = 0, table.row_count
    run.report(0, total, "Planning")
    with SeenKeys() as seen:
        for raw_rows in chunked(table.rows(), kind.chunk_rows):
            drafts = [planner.reader.draft(raw) for raw in raw_rows]
            planner.plan_chunk(drafts, seen)
            done += len(drafts)
            run.report(done, total)
    job.counts = planner.totals()
    job.unknown_values = {column: dict(values.most_common()) for column, values in planner.reader.unknown.items()}
    job.messages = [message.as_json() for message in (*table.warnings, *warnings)]


class Planner:
    """One plan being made."""

    def __init__(self, job: ImportJob, reader: RowReader, user: Any) -> None:
        self.job = job
        self.reader = reader
        self.kind = reader.kind
        self.user = user
        columns = reader.columns
        self.references = references_of(self.kind, columns)
        self.finder = Finder(self.kind, columns, user)
        self.judge = Judge(self.kind, columns, job.mode)
        self.memory: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.only_for_new = preset_for(job.preset).only_for_new if job.preset else frozenset()

    def plan_chunk(self, drafts: Sequence[Draft], seen: SeenKeys) -> None:
        made_up = self.finder.made_up
        repeated, clashes = seen.judge(drafts, made_up=made_up)
        for draft in repeated:
            draft.outcome = Outcome.REPEATED
            draft.faults.clear()
        earlier = self._tell_clashes(drafts, clashes)
        open_drafts = [draft for draft in drafts if not draft.outcome and any(draft.key)]
        resolve_references(self.kind, self.references, open_drafts, self.user)
        self._count_unknown_references(open_drafts)
        self.finder.find(open_drafts)
        for draft in open_drafts:
            if draft.pk:
                for name in self.only_for_new:
                    draft.given.pop(name, None)
        self.judge.judge(Chunk(drafts, self.user, self.job.mode, self.reader.columns, self.memory))
        with transaction.atomic():
            store_rows(self.job, self.reader, drafts)
            self.counts.update(draft.outcome for draft in drafts)
            self.counts["archived"] += sum(1 for draft in drafts if _is_archived_by(draft))
            self.counts["notes"] += sum(1 for draft in drafts if draft.warnings)
            for before in mark_duplicates(self.job, earlier, CLASH):
                self.counts[before] -= 1
                self.counts[Outcome.INVALID] += 1

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

    def _count_unknown_references(self, drafts: Sequence[Draft]) -> None:
        """References to small sets, such as categories, are mapped value by value; people are not."""
        for reference in self.references:
            if not reference.lists_unknown:
                continue
            for draft in drafts:
                if reference.name in draft.spoiled and isinstance(draft.given.get(reference.name), str):
                    self.reader.count_unknown(reference.name, draft.given[reference.name])

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
