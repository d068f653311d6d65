"""Repairing a plan where it stands: cells are written anew, and the plan is made again with them."""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from apps.records.rules import RuleBroken
from imports.codes import CONTROL, WHOLE_ROW
from imports.files import delete_file
from imports.models import ImportCorrection, ImportJob, ImportRow
from imports.parts import Part, parts_of, with_choices
from imports.resubmitted import Resubmitted, opened
from imports.services.planning import plan_now, refuse_plan, start_plan
from imports.services.running import lock_import, refuse_stranger
from imports.services.uploading import configure

AT_ONCE = 5_000
"""Plans of so many rows are made again while the person waits; larger ones in the background."""
CHUNK = 1_000
UNCHANGED = "Write what the cell should hold instead. Nothing was changed."

Cells = Mapping[int, str]


def correct_row(job: ImportJob, row: ImportRow, *, by: Any, cells: Mapping[str, str]) -> ImportJob:
    """Writes cells of one row anew, by the headers of the file, and plans again with everything that follows."""
    with transaction.atomic():
        job = _to_be_corrected(job, by)
        part = parts_of(job)[row.part]
        places = {header: at for at, header in enumerate(part.headers) if header}
        if unknown := cells.keys() - places.keys():
            raise RuleBroken(f"The file has no column “{sorted(unknown)[0][:80]}”. Nothing was changed.")
        written = _written(part, row, {places[header]: _plain(text) for header, text in cells.items()})
        if not written:
            raise RuleBroken(UNCHANGED)
        _refuse_unfit(part, written)
        _keep(job, [(row, written)], by)
    return plan_again(job, by=by)


def withdraw_corrections(job: ImportJob, row: ImportRow, *, by: Any) -> ImportJob:
    """Takes what was corrected in one row back to what the file holds."""
    with transaction.atomic():
        job = _to_be_corrected(job, by)
        deleted, _ = job.corrections.filter(part=row.part, number=row.number).delete()
        if not deleted:
            raise RuleBroken("Nothing in this row was corrected.")
    return plan_again(job, by=by)


def correct_value(job: ImportJob, column: str, theirs: str, ours: str, *, by: Any, part: int = 0) -> ImportJob:
    """Says once what a value of theirs means in a column of ours, for all rows that have it."""
    ours = ours.strip()
    if not theirs.strip() or not ours or ours == theirs:
        raise RuleBroken(UNCHANGED)
    with transaction.atomic():
        job = _to_be_corrected(job, by)
        known = parts_of(job)[part].value_mapping
        values = {**known, column: {**known.get(column, {}), theirs: ours}}
        job = configure(job, by=by, **with_choices(job, part, value_mapping=values))
    return plan_again(job, by=by)


def continue_with(job: ImportJob, file: BinaryIO, *, name: str, by: Any) -> ImportJob:
    """Takes the rows of the corrected errors file in place of those of the upload, line by line; the rest stays.

    Raises `FileRefused` for a file that cannot be read, and `RuleBroken` for one that does not belong to this import.
    """
    with opened(job, file, name) as corrected, transaction.atomic():
        job = _to_be_corrected(job, by)
        if not sum([_take_over(job, table, by) for table in corrected]):
            raise RuleBroken("The file holds the rows as they stand already. Correct it, then upload it again.")
    return plan_again(job, by=by)


def continue_with_upload(job: ImportJob, upload: ImportJob, *, by: Any) -> ImportJob:
    """The same with a file that came in by the door of new imports; that one ends here."""
    refuse_stranger(upload, by, "change")
    if upload.status != ImportJob.Status.UPLOADED or not upload.file:
        raise RuleBroken("That file is not there any more. Upload it again.")
    with upload.file.open("rb") as file:
        job = continue_with(job, file.file, name=upload.original_name, by=by)
    delete_file(upload)
    upload.status = ImportJob.Status.EXPIRED
    upload.save(update_fields=["file", "status"])
    return job


def plan_again(job: ImportJob, *, by: Any) -> ImportJob:
    """At once where that is a matter of a moment."""
    rows = sum(int(job.counts.get(counted, 0)) for counted in ("rows", *ImportRow.Outcome.values))
    if rows <= AT_ONCE:
        return plan_now(job, by=by)
    start_plan(job, by=by)
    return job


def _to_be_corrected(job: ImportJob, by: Any) -> ImportJob:
    job = lock_import(job)
    refuse_plan(job, by)
    if job.status != ImportJob.Status.PLANNED:
        raise RuleBroken("There is no plan to correct. Make the plan first.")
    return job


def _plain(text: str) -> str:
    """As browsers send it, with the line ends of files."""
    return text.replace("\r\n", "\n")


def _written(part: Part, row: ImportRow, cells: Cells) -> Cells:
    """The cells that differ from those of the row; all of them where the row as a whole could not be read."""
    now = dict(enumerate(str(cell) for cell in row.cells))
    changed = {at: text for at, text in cells.items() if text != _plain(now.get(at, ""))}
    if changed and any(message["code"] in WHOLE_ROW for message in row.messages):
        return {at: cells.get(at, now.get(at, "")) for at, header in enumerate(part.headers) if header}
    return changed


def _refuse_unfit(part: Part, cells: Cells) -> None:
    most = settings.IMPORT_MAX_CELL_CHARACTERS
    for at, text in cells.items():
        if len(text) > most:
            raise RuleBroken(f"“{part.headers[at][:80]}” has {len(text):,} characters; at most {most:,} are imported.")
        if found := CONTROL.search(text):
            what = f"the invisible control character U+{ord(found.group()):04X}"
            raise RuleBroken(f"“{part.headers[at][:80]}” holds {what}; remove it.")


def _keep(job: ImportJob, rows: Iterable[tuple[ImportRow, Cells]], by: Any) -> None:
    """A cell that is corrected again keeps what it was in the file."""
    ImportCorrection.objects.bulk_create(
        [
            ImportCorrection(job=job, part=row.part, number=row.number, at=at, was=_cell(row, at), value=value, by=by)
            for row, cells in rows
            for at, value in cells.items()
        ],
        update_conflicts=True,
        unique_fields=["job", "part", "number", "at"],
        update_fields=["value", "by", "corrected_at"],
        batch_size=CHUNK,
    )


def _cell(row: ImportRow, at: int) -> str:
    return str(row.cells[at]) if at < len(row.cells) else ""


def _take_over(job: ImportJob, corrected: Resubmitted, by: Any) -> int:
    """Answers with the number of rows that are new."""
    number = 0
    for lines in corrected.chunks(CHUNK):
        rows = {row.number: row for row in job.rows.filter(part=corrected.part.index, number__in=lines)}
        if missing := lines.keys() - rows.keys():
            raise RuleBroken(
                f"{corrected.part.place_of(min(missing))}: the import has no such line. Nothing was changed."
            )
        changed = [(rows[line], cells) for line, raw in lines.items() if (cells := corrected.changed(rows[line], raw))]
        for _, cells in changed:
            _refuse_unfit(corrected.part, cells)
        _keep(job, changed, by)
        number += len(changed)
    return number
