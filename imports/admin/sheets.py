"""What the map page of a composite file shows: each of its tables with their columns beside ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from imports.admin.columns import SAMPLES_SHOWN, TheirColumn, why_ignored
from imports.admin.continuing import continued_by
from imports.fault_columns import is_fault_header
from imports.mapping import suggest_mapping
from imports.models import ImportJob
from imports.parts import Part, parts_of
from imports.types.columns import Column
from imports.types.composites import kinds_open_to


@dataclass(frozen=True, slots=True)
class Constant:
    """A column of ours that a new record needs and the table does not hold."""

    column: Column
    value: str
    asked: str


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One table: its columns, those somebody has to decide about first."""

    part: Part
    columns: list[TheirColumn]
    unknown: list[TheirColumn]
    missing: list[Constant]

    @property
    def prefix(self) -> str:
        """What the fields of its columns are called before their number."""
        return f"column-{self.part.index}-"


class PartsPage:
    """The state of the page: what is kept with the import, or what was just posted and could not be."""

    def __init__(self, job: ImportJob, user: Any, posted: list[dict[str, Any]] | None = None, mode: str = "") -> None:
        self.job = job
        self.user = user
        self.mode = mode or job.mode
        self._posted = posted

    @cached_property
    def sheets(self) -> list[SheetColumns]:
        return [self._sheet(part) for part in parts_of(self.job)]

    @cached_property
    def continues(self) -> ImportJob | None:
        return continued_by(self.job, self.user)

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        return kinds_open_to(self.user)

    @property
    def modes(self) -> list[tuple[str, str]]:
        return list(ImportJob.Mode.choices)

    def _sheet(self, part: Part) -> SheetColumns:
        mapping = self._posted[part.index]["mapping"] if self._posted else dict(part.mapping)
        suggested = suggest_mapping(part.kind, part.headers, part.samples) if not self._posted else {}
        columns = []
        for index, header in enumerate(part.headers):
            if header and not is_fault_header(header):
                is_open = header not in mapping
                ours = suggested.get(header, "") if is_open else mapping[header]
                samples = [str(row[index]) for row in part.samples if index < len(row) and row[index]]
                shown = list(dict.fromkeys(samples))[:SAMPLES_SHOWN]
                note = "" if ours else why_ignored(part.preset, header)
                columns.append(TheirColumn(index, header, shown, ours, is_open and bool(ours), note))
        unknown = [column for column in columns if column.header not in part.mapping]
        known = [column for column in columns if column.header in part.mapping]
        constants = self._posted[part.index]["constants"] if self._posted else part.constants
        asks = part.preset.asks if part.preset else {}
        missing = [
            Constant(column, constants.get(column.name, ""), asks.get(column.name, ""))
            for column in unfilled(part, mapping)
        ]
        return SheetColumns(part, [*unknown, *known], unknown, missing)


def unfilled(part: Part, mapping: Mapping[str, str]) -> list[Column]:
    """The columns that would have to be constants."""
    filled = set(mapping.values())
    return [column for column in part.kind.columns if column.required_on_create and column.name not in filled]


def posted_parts(job: ImportJob, post: QueryDict) -> list[dict[str, Any]]:
    """The parts as chosen on the page; fields are numbered by table and column."""
    return [{**job.parts[part.index], **_posted_part(part, post)} for part in parts_of(job)]


def _posted_part(part: Part, post: QueryDict) -> dict[str, Any]:
    mapping = {
        header: post.get(f"column-{part.index}-{at}", "")
        for at, header in enumerate(part.headers)
        if header and not is_fault_header(header)
    }
    free = {column.name for column in unfilled(part, mapping)}
    asked = {name: post.get(f"constant-{part.index}-{name}", "").strip() for name in free}
    kept = {name: value for name, value in part.constants.items() if name not in (*free, *mapping.values())}
    return {"mapping": mapping, "constants": {**kept, **{name: value for name, value in asked.items() if value}}}
