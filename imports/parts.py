"""The tables of an import, flat or composite, each with how it is read: one shape for planner, runner and screens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.fault_columns import is_fault_header
from imports.models import ImportJob
from imports.types import kind_for
from imports.types.base import ImportKind
from imports.types.composites import COMPOSITES

PART_FIELDS = ("headers", "samples", "mapping", "value_mapping", "constants", "formats")


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


def parts_of(job: ImportJob) -> list[Part]:
    """The tables in the order in which they are planned and written; a flat job of a known kind has one."""
    if job.kind and job.kind not in COMPOSITES:
        read = {name: getattr(job, name) for name in PART_FIELDS}
        return [Part(0, kind_for(job.kind), "", counts=job.counts, **read)]
    return [
        Part(
            index,
            kind_for(part["kind"]),
            part["source"],
            counts=part.get("counts", {}),
            **{name: part[name] for name in PART_FIELDS},
        )
        for index, part in enumerate(job.parts)
    ]


def kinds_of(job: ImportJob) -> list[ImportKind]:
    """Every kind of the job once, in the order of its parts."""
    return list({part.kind.key: part.kind for part in parts_of(job)}.values())


def maps_itself(job: ImportJob) -> bool:
    """Whether every column of a composite file is one of ours, so that nobody has to be asked."""
    return bool(job.parts) and all(
        header in part.mapping or not header or is_fault_header(header)
        for part in parts_of(job)
        for header in part.headers
    )


def with_choices(job: ImportJob, index: int, **choices: Any) -> dict[str, Any]:
    """What `configure` takes to read one table of the job otherwise."""
    if not job.parts:
        return choices
    return {"parts": [part | choices if at == index else part for at, part in enumerate(job.parts)]}
