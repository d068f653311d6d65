"""Cells that were written anew on the page: laid over the table, so that whatever reads the file reads them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from imports.codes import WHOLE_ROW, Message
from imports.models import ImportCorrection, ImportJob, ImportRow
from imports.presets.tables import LeavesOut
from imports.readers.base import RawRow, Shape, Table

CHUNK = 2_000
Cells = Mapping[int, str]


@dataclass
class CorrectedTable:
    """A table of an import with its corrections laid over, row by row, in memory that does not grow with them."""

    table: Table
    job: ImportJob
    part: int = 0

    def __post_init__(self) -> None:
        self.shape: Shape = self.table.shape
        self.warnings: list[Message] = self.table.warnings
        self.row_count: int = self.table.row_count

    def rows(self) -> Iterator[RawRow]:
        corrections = _by_line(self.job, self.part)
        line, cells = next(corrections, (0, {}))
        if not line:
            yield from self.table.rows()
            return
        for raw in self.table.rows():
            while line and line < raw.number:
                line, cells = next(corrections, (0, {}))
            if line == raw.number:
                _put(raw, cells, self.shape.headers)
            yield raw

    def left_out(self) -> list[Message]:
        """What the table below says about rows it has left out."""
        return self.table.left_out() if isinstance(self.table, LeavesOut) else []


def _put(raw: RawRow, cells: Cells, headers: Sequence[str]) -> None:
    """What was wrong with a cell as it came is gone with it; what was wrong with the row once all of it is new.

    Cells beyond the headers are those of columns that are joined to the table later.
    """
    cells = {at: value for at, value in cells.items() if at < len(headers)}
    for at, value in cells.items():
        raw.cells[at] = value
    corrected = {headers[at] for at in cells}
    is_whole = all(at in cells for at, header in enumerate(headers) if header)
    raw.messages = [
        message
        for message in raw.messages
        if message.column not in corrected and not (is_whole and message.code in WHOLE_ROW)
    ]
    raw.units = {at: unit for at, unit in (raw.units or {}).items() if at not in cells}
    if is_whole:
        raw.record = None


def _by_line(job: ImportJob, part: int) -> Iterator[tuple[int, Cells]]:
    found = ((row.number, row) for row in _in_order(job.corrections.filter(part=part)))
    for line, rows in groupby(found, key=lambda pair: pair[0]):
        yield line, {row.at: row.value for _, row in rows}


def _in_order(corrections: QuerySet[ImportCorrection]) -> Iterator[ImportCorrection]:
    """Chunk by chunk by their place, because the plan is written while they are read."""
    line, at = 0, -1
    while rows := list(
        corrections.filter(Q(number__gt=line) | Q(number=line, at__gt=at)).order_by("number", "at")[:CHUNK]
    ):
        yield from rows
        line, at = rows[-1].number, rows[-1].at


def digest_of_corrections(job: ImportJob) -> str:
    """The fingerprint of all corrections of an import; empty where there are none."""
    digest = hashlib.sha256()
    facts = job.corrections.order_by("part", "number", "at").values_list("part", "number", "at", "value")
    is_empty = True
    for fact in facts.iterator(CHUNK):
        is_empty = False
        digest.update(repr(fact).encode())
    return "" if is_empty else digest.hexdigest()


def corrected_rows(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """Those of these rows of a plan that hold a correction."""
    same_line = ImportCorrection.objects.filter(job=OuterRef("job"), part=OuterRef("part"), number=OuterRef("number"))
    return rows.filter(Exists(same_line))


def drop_corrections(job: ImportJob) -> None:
    """The file is read as a whole in another way, or is gone: what stood in its cells means nothing any more."""
    if job.pk is not None:
        job.corrections.all().delete()
