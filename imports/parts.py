"""The tables of an import, flat or composite, each with how it is read: one shape for planner, runner and screens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.fault_columns import is_fault_header
from imports.models import ImportJob
from imports.presets import Preset, preset_for
from imports.types import kind_for
from imports.types.base import ImportKind
from imports.types.composites import COMPOSITES

PART_FIELDS = ("headers", "samples", "mapping", "value_mapping", "constants", "formats")
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31


@dataclass(frozen=True, slots=True)
class Part:
    """One table; `source` is its sheet or its member, and empty where the file is nothing but this table."""

    index: int
    kind: ImportKind
    source: str
    headers: Sequence[str]
    samples: Sequence[Sequence[str]]
    mapping: Mapping[str, str]
    value_mapping: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]
    formats: Mapping[str, str]
    counts: Mapping[str, int]
    preset: Preset | None
    """Whose way of writing files the table follows."""

    def asks(self) -> list[str]:
        """How a person can fill what the files of this platform leave out, and nothing fills yet."""
        filled = {*self.mapping.values(), *self.constants}
        return [
            sentence for column, sentence in (self.preset.asks if self.preset else {}).items() if column not in filled
        ]

    @property
    def sheet_name(self) -> str:
        """What a sheet with its rows is called; spreadsheets allow only so much."""
        return NOT_IN_A_NAME.sub(" ", self.source)[:LONGEST_NAME]

    def place_of(self, line: int) -> str:
        return f"Sheet {self.source}, line {line:,}" if self.source else f"Line {line:,}"

    def header_of(self, column: str) -> str:
        """Their header that is mapped to a column of ours; empty where there is none."""
        return next((header for header, ours in self.mapping.items() if ours == column), "")


def parts_of(job: ImportJob) -> list[Part]:
    """The tables in the order in which they are planned and written; a flat job of a known kind has one."""
    if job.kind and job.kind not in COMPOSITES:
        read = {name: getattr(job, name) for name in PART_FIELDS}
        return [Part(0, kind_for(job.kind), "", counts=job.counts, preset=_preset(job.preset), **read)]
    return [
        Part(
            index,
            kind_for(part["kind"]),
            part["source"],
            counts=part.get("counts", {}),
            preset=_preset(part.get("preset", "")),
            **{name: part[name] for name in PART_FIELDS},
        )
        for index, part in enumerate(job.parts)
    ]


def _preset(name: str) -> Preset | None:
    return preset_for(name) if name else None


def kinds_of(job: ImportJob) -> list[ImportKind]:
    """Every kind of the job once, in the order of its parts."""
    return list({part.kind.key: part.kind for part in parts_of(job)}.values())


def maps_itself(job: ImportJob) -> bool:
    """Whether every column of a composite file is one of ours, so that nobody has to be asked."""
    parts = parts_of(job)
    return (
        bool(job.parts)
        and all(
            header in part.mapping or not header or is_fault_header(header) for part in parts for header in part.headers
        )
        and not any(part.asks() for part in parts)
    )


def with_choices(job: ImportJob, index: int, **choices: Any) -> dict[str, Any]:
    """What `configure` takes to read one table of the job otherwise."""
    if not job.parts:
        return choices
    return {"parts": [part | choices if at == index else part for at, part in enumerate(job.parts)]}
