"""Which rows failed and why, beside their cells as they stood in the upload."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from imports.codes import RowCode
from imports.fault_columns import ABOUT_THE_ROW, fault_header, is_fault_header
from imports.models import ImportJob, ImportRow
from imports.parts import Part
from imports.readers import CellValue, Table

CHUNK = 2_000
FAULTY = (ImportRow.Outcome.INVALID, ImportRow.Outcome.CONFLICT)
SPELLED = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class FailedRow:
    """`cells` are those of the upload, in the places of its headers; a row of another width keeps its width."""

    number: int
    cells: Sequence[CellValue]
    units: Mapping[int, str]
    faults: Mapping[str, str]
    """What is wrong by header, and under an empty name what concerns the whole row."""
    codes: Mapping[str, str]


class Layout:
    """The columns of the errors file: what is wrong with the row, then theirs, each faulty one with its faults."""

    def __init__(self, job: ImportJob, part: Part) -> None:
        self.headers = list(part.headers)
        kept = [at for at, header in enumerate(self.headers) if not is_fault_header(header)]
        faulty = _faulty_headers(job, part)
        if len(kept) + len(faulty) + 1 > settings.IMPORT_MAX_COLUMNS:
            faulty = frozenset()
        self.places = kept
        self.width = len(self.headers)
        self.noted = {at for at in kept if self.headers[at] in faulty}

    def header(self) -> list[str]:
        names = [ABOUT_THE_ROW]
        for at in self.places:
            names += [self.headers[at], fault_header(self.headers[at])] if at in self.noted else [self.headers[at]]
        return names

    def about_the_row(self, row: FailedRow) -> str:
        """The faults that have no column of their own."""
        noted = {self.headers[at] for at in self.noted}
        return " ".join(
            f"{header}: {text}" if header else text for header, text in row.faults.items() if header not in noted
        )


def failed_rows(job: ImportJob, part: Part, table: Table | None) -> Iterator[FailedRow]:
    """The failed rows of a table in their order; without the uploaded file their cells are the texts the plan kept."""
    rows = job.rows.filter(part=part.index, outcome__in=FAULTY).order_by("number", "pk").iterator(CHUNK)
    if table is None:
        for row in rows:
            yield _failed(row, part.headers, row.cells, {})
        return
    raw_rows = table.rows()
    for row in rows:
        raw = next((raw for raw in raw_rows if raw.number == row.number), None)
        if raw is not None:
            yield _failed(row, part.headers, raw.record or raw.cells, raw.units or {})


def _failed(row: ImportRow, headers: Sequence[str], cells: Sequence[CellValue], units: Mapping[int, str]) -> FailedRow:
    faults: dict[str, str] = {}
    codes: dict[str, str] = {}
    for message in _errors_of(row.messages):
        column = message["column"] if message["column"] in headers else ""
        text = message["message"]
        if message["column"] and not column:
            text = f"{message['column']}: {text}"
        faults[column] = f"{faults[column]} {text}" if column in faults else text
        codes.setdefault(column, message["code"])
    as_typed = [
        _unspelled(cell) if at < len(headers) and codes.get(headers[at]) == RowCode.R_CONTROL_CHARS else cell
        for at, cell in enumerate(cells)
    ]
    return FailedRow(row.number, as_typed, units, faults, codes)


def _errors_of(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [message for message in messages if not message["code"].startswith("W_")]


def _unspelled(cell: CellValue) -> CellValue:
    """Readers write control characters as escapes; in this file they stand as they came."""
    return SPELLED.sub(lambda found: chr(int(found.group(1), 16)), cell) if isinstance(cell, str) else cell


def _faulty_headers(job: ImportJob, part: Part) -> frozenset[str]:
    found: set[str] = set()
    rows = job.rows.filter(part=part.index, outcome__in=FAULTY)
    for messages in rows.values_list("messages", flat=True).iterator(CHUNK):
        found |= {message["column"] for message in _errors_of(messages)}
    return frozenset(found & set(part.headers) - {""})
