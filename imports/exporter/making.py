"""Making an export: the file, and the record of who took what out of the platform."""

import hashlib
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.db.models import QuerySet

from apps.records.rules import RuleBroken
from imports.exporter import csv_file, workbook
from imports.exporter.dataset import Dataset, dataset_of
from imports.exporter.keeping import keep_export
from imports.models import ExportRecord
from imports.types.base import ImportKind

FORMATS = (csv_file.FORMAT, workbook.FORMAT)


def export_dataset(
    kind: ImportKind,
    *,
    by: Any,
    fmt: str,
    to: IO[bytes],
    columns: Sequence[str] | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
    among: QuerySet[Any] | None = None,
    listing: str = "",
    keep: bool = False,
    for_people: bool = False,
) -> ExportRecord:
    """Writes the file to `to` (open for reading and writing) and records it; raises `RuleBroken` where it may not be.

    `among` are the rows of a list and `listing` says how that list was narrowed; with `keep` the file can be fetched
    for a day. `for_people` begins a CSV file with the mark by which spreadsheets recognize UTF-8.
    """
    if fmt not in FORMATS:
        raise RuleBroken(f"Exports are made as {' or '.join(FORMATS)}, not as {fmt[:20]!r}.")
    dataset = dataset_of(kind, by=by, columns=columns, filters=filters, among=among)
    if for_people and fmt == csv_file.FORMAT:
        to.write(BOM_UTF8)
    row_count = write_dataset(dataset, to, fmt=fmt)
    columns = [column.name for column in dataset.columns]
    facts: dict[str, Any] = {"columns": columns, "filters": dataset.filters, "row_count": row_count, "listing": listing}
    return record_export(to, by=by, kind=kind.key, fmt=fmt, keep=keep, **facts)


def record_export(
    to: IO[bytes], *, by: Any, kind: str, fmt: str, keep: bool, listing: str, **facts: Any
) -> ExportRecord:
    """The entry of who took what out of the platform in this file, which is kept for a day if that is asked for."""
    return ExportRecord.objects.create(
        requester=by,
        kind=kind,
        format=fmt,
        listing=listing[:500],
        file=keep_export(to, fmt) if keep else "",
        size_bytes=to.seek(0, 2),
        sha256=_hash_of(to),
        **facts,
    )


def write_dataset(dataset: Dataset, to: IO[bytes], *, fmt: str) -> int:
    """The file alone, unrecorded; the number of its rows."""
    if fmt == workbook.FORMAT:
        workbook.write_workbook(dataset, to)
    else:
        for chunk in csv_file.csv_chunks(dataset):
            to.write(chunk)
    return dataset.row_count


def _hash_of(file: IO[bytes]) -> str:
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found
