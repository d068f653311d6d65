"""The rows of a plan as the runner reads them, chunk by chunk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from imports.models import ImportJob, ImportRow

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


def open_rows(job: ImportJob, after: int, size: int) -> Sequence[PlannedRow]:
    """The next rows that are planned and not written yet."""
    rows = (
        ImportRow.objects.filter(job=job, outcome__in=ImportRow.OPEN_OUTCOMES, state=ImportRow.State.PLANNED)
        .filter(number__gt=after)
        .order_by("number")
    )
    return list(_planned(rows.values_list(*FIELDS)[:size]))


def planned_updates(job: ImportJob) -> QuerySet[ImportRow]:
    """The rows that are to change a record and have not yet."""
    rows = ImportRow.objects.filter(job=job, outcome=ImportRow.Outcome.UPDATE, state=ImportRow.State.PLANNED)
    return rows.order_by("number")


def _planned(rows: Any) -> Iterator[PlannedRow]:
    create = str(ImportRow.Outcome.CREATE)
    for pk, number, outcome, object_id, version, values in rows:
        extra = values.pop("extra", None) or {}
        yield PlannedRow(pk, number, outcome == create, object_id, version, values, extra)
