"""The rows of a plan as the runner reads them, chunk by chunk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from imports.models import ImportJob, ImportRow
from imports.parts import Part, parts_of
from imports.provisional import is_provisional, provisional_id, row_of

FIELDS = ("pk", "number", "outcome", "object_id", "version_seen", "values")


@dataclass(slots=True)
class PlannedRow:
    """One row that is to be written."""

    pk: int
    number: int
    is_new: bool
    object_id: int | None
    version_seen: int | None
    values: dict[str, Any]
    extra: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of an apply: the rows of one part, or those of them that archive something, or the others."""

    part: Part
    archives: bool | None = None


def legs_of(job: ImportJob) -> list[Leg]:
    """Parts in their order. Where several of them archive, that comes last and from the inside out, so that no row
    finds its parent archived by the same file."""
    parts = parts_of(job)
    if len(parts) == 1 or not job.counts.get("archived"):
        return [Leg(part) for part in parts]
    archiving = [part for part in reversed(parts) if part.counts.get("archived")]
    return [*(Leg(part, archives=False) for part in parts), *(Leg(part, archives=True) for part in archiving)]


def open_rows(job: ImportJob, leg: Leg, after: int, size: int) -> Sequence[PlannedRow]:
    """The next rows of this leg that are planned and not written yet."""
    rows = ImportRow.objects.filter(job=job, outcome__in=ImportRow.OPEN_OUTCOMES, state=ImportRow.State.PLANNED)
    rows = rows.filter(part=leg.part.index, number__gt=after).order_by("number")
    if leg.archives is not None:
        archiving = Q(values__has_key="archived_at")
        rows = rows.filter(archiving if leg.archives else ~archiving)
    return list(_planned(rows.values_list(*FIELDS)[:size]))


def planned_updates(job: ImportJob, part: Part) -> QuerySet[ImportRow]:
    """The rows of a part that are to change a record and have not yet."""
    rows = ImportRow.objects.filter(job=job, outcome=ImportRow.Outcome.UPDATE, state=ImportRow.State.PLANNED)
    return rows.filter(part=part.index).order_by("number")


def take_real_ids(job: ImportJob, rows: Sequence[PlannedRow]) -> dict[int, str]:
    """Puts the ids of records made meanwhile where their provisional ones stand, by one query. Answers with why rows
    whose parent was not made cannot be written, by the row's id."""
    wanted = {value for row in rows for _, _, value in _provisional(row)}
    if not wanted:
        return {}
    made = _made(job, wanted)
    orphans: dict[int, str] = {}
    for row in rows:
        for facts, name, value in list(_provisional(row)):
            if (pk := made.get(value)) is None:
                orphans[row.pk] = "What this row belongs to was not imported."
            else:
                facts[name] = pk
    return orphans


def _provisional(row: PlannedRow) -> Iterator[tuple[dict[str, Any], str, int]]:
    for facts in (row.values, row.extra):
        for name, value in facts.items():
            if name.endswith("_id") and is_provisional(value):
                yield facts, name, value


def _made(job: ImportJob, wanted: set[int]) -> dict[int, int]:
    lines: dict[int, list[int]] = {}
    for part, number in map(row_of, wanted):
        lines.setdefault(part, []).append(number)
    asked = Q()
    for part, numbers in lines.items():
        asked |= Q(part=part, number__among=numbers)
    rows = ImportRow.objects.filter(asked, job=job, state=ImportRow.State.APPLIED).order_by()
    return {
        provisional_id(part, number): pk for part, number, pk in rows.values_list("part", "number", "object_id") if pk
    }


def _planned(rows: Any) -> Iterator[PlannedRow]:
    create = str(ImportRow.Outcome.CREATE)
    for pk, number, outcome, object_id, version, values in rows:
        extra = values.pop("extra", None) or {}
        yield PlannedRow(pk, number, outcome == create, object_id, version, values, extra)
