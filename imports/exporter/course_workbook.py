"""Whole courses as one workbook, a sheet for each thing they are made of, to be edited and imported again."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.db.models import Q, QuerySet

from apps.catalog.models import Course
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from imports.exporter import workbook
from imports.exporter.dataset import Dataset, dataset_of, visible_columns
from imports.exporter.filters import filtered
from imports.exporter.making import record_export
from imports.exporter.sheets import Book
from imports.models import ExportRecord
from imports.types import kind_for
from imports.types.base import ImportKind
from imports.types.columns import Column
from imports.types.composites import COMPOSITES

WORKBOOK = COMPOSITES["course-workbook"]
BY_CODE = "course_code"


def export_courses(
    *,
    by: Any,
    to: IO[bytes],
    filters: Mapping[str, Sequence[str]] | None = None,
    among: QuerySet[Any] | None = None,
    listing: str = "",
    keep: bool = False,
) -> ExportRecord:
    """Writes the courses this person may export to `to` (open for reading and writing) and records it.

    `filters` are those of an export of courses. Raises `RuleBroken` where there is nothing to be exported.
    """
    courses = dataset_of(kind_for("courses"), by=by, filters=filters, among=among)
    _refuse_missing(courses, (filters or {}).get(BY_CODE, ()))
    book = Book(to)
    sheets = [(sheet, _dataset(kind_for(key), courses, by)) for key, sheet in WORKBOOK.sheets.items()]
    for sheet, dataset in sheets:
        workbook.write_sheet(book, sheet, dataset)
    book.close()
    return record_export(
        to,
        by=by,
        kind=WORKBOOK.key,
        fmt=workbook.FORMAT,
        columns=[f"{dataset.kind.key}.{column.name}" for _, dataset in sheets for column in dataset.columns],
        filters=courses.filters,
        row_count=sum(dataset.row_count for _, dataset in sheets),
        listing=listing,
        keep=keep,
    )


def rows_in(courses: QuerySet[Any]) -> int:
    """How many rows a workbook of these courses holds, nearly: what nobody may import again is counted too."""
    kinds = [kind_for(key) for key in WORKBOOK.kinds]
    return sum(kind.model._base_manager.filter(_below(kind, courses)).count() for kind in kinds)


def _refuse_missing(courses: Dataset, asked: Sequence[str]) -> None:
    """Courses out of reach are missing in the same words as those that do not exist."""
    there = {code.casefold() for code in courses.rows.order_by().values_list("code", flat=True)}
    missing = [code.strip() for code in asked if code.strip().casefold() not in there]
    if missing:
        raise RuleBroken(f"There is no course {', '.join(missing)[:80]} that you may export.")
    if not there:
        raise RuleBroken("There is no course among these that you may export.")


def _dataset(kind: ImportKind, courses: Dataset, by: Any) -> Dataset:
    if kind.model is Course:
        return Dataset(kind, _columns(kind, by), courses.rows)
    columns = _columns(kind, by)
    rows = filtered(kind, scope(by, "export", kind.model), {}, columns)
    rows = rows.filter(_below(kind, courses.rows))
    if not by.is_superuser:
        rows = rows.filter(_comes_back(kind, by)) if _are_told_apart(kind, by) else rows.none()
    return Dataset(kind, columns, rows)


def _columns(kind: ImportKind, by: Any) -> tuple[Column, ...]:
    """What the person may see, what every new row needs, and the empty column in which they may say that something is
    to be archived."""
    seen = visible_columns(kind, by)
    shown = (column for column in kind.columns if column in seen or column.name in kind.key_columns)
    archive = kind.archive_column
    may_archive = archive is not None and policy_for(kind.model).may_ever(by, archive.right)
    return (*shown, *([archive] if may_archive and archive is not None else ()))


def _are_told_apart(kind: ImportKind, by: Any) -> bool:
    """Whether the person may see what a row is known by; without it no row could be brought back."""
    return set(kind.key_columns) <= {column.name for column in visible_columns(kind, by)}


def _below(kind: ImportKind, courses: QuerySet[Any]) -> Q:
    return Q((f"{_course_path(kind)}__in", courses.order_by().values("pk")))


def _comes_back(kind: ImportKind, by: Any) -> Q:
    """Where the person may import into a course, only rows they may also bring back, so that the file fits."""
    importable = scope(by, "import", Course).values("pk")
    own = scope(by, "import", kind.model).values("pk")
    return Q(pk__in=own) | ~Q((f"{_course_path(kind)}__in", importable))


def _course_path(kind: ImportKind) -> str:
    policy: Any = policy_for(kind.model)
    return policy.course_path or "pk"
