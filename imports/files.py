"""The uploaded file: kept under a name of ours, opened as a table with what is known of it, deleted in time."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File

from imports.codes import FileCode, FileRefused, Message, in_sheet
from imports.corrections import CorrectedTable
from imports.filling import filled_down
from imports.guard import SUPPORTED
from imports.mapping.names import exact_mapping, known_headers
from imports.models import ImportJob
from imports.parts import Part, parts_of
from imports.presets import PresetTable
from imports.question_bank import QUESTION_BANK, QUESTION_ENDINGS, open_questions
from imports.readers import Table, open_table
from imports.readers.base import CellValue
from imports.readers.headers import is_secret
from imports.sources import OPENERS, Found, Opened, file_name_of
from imports.types import KINDS, kind_for
from imports.types.columns import text_of
from imports.types.composites import COMPOSITES, ZIPPED
from imports.zip_files import open_zip

OPENERS[QUESTION_BANK] = open_questions
OPENERS.update(dict.fromkeys(ZIPPED, open_zip))
ENDINGS = (*SUPPORTED, *QUESTION_ENDINGS)
SAMPLE_ROWS = 20
SAMPLE_CHARACTERS = 200


def sha256_of(file: Any) -> str:
    """The fingerprint of an open file; it stands at its beginning before and after."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(1024 * 1024):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def endings_for(kind: str) -> tuple[str, ...]:
    """How the name of a file of this kind may end; a file of no known kind may be any."""
    if kind == QUESTION_BANK:
        return QUESTION_ENDINGS
    if kind in ZIPPED:
        return (".zip", ".xlsx")
    return SUPPORTED if kind else ENDINGS


def format_of(name: str) -> str:
    """What a file is read as by its name; the guard says whether it is."""
    ending = Path(name.strip().lower()).suffix
    return ending.removeprefix(".") if ending in ENDINGS else "csv"


def keep_file(job: ImportJob, file: Any) -> None:
    job.file.save("upload", File(file), save=False)


def delete_file(job: ImportJob) -> None:
    if job.file:
        job.file.delete(save=False)
        job.file.name = ""


def may_hold_passwords(job: ImportJob) -> bool:
    """Whether the upload itself has a column of passwords, or was never understood so far that one would know."""
    headers = [*job.headers, *(header for part in job.parts for header in part["headers"])]
    return not headers or any(map(is_secret, headers))


def forget_passwords(job: ImportJob) -> bool:
    """Deletes an upload that may hold passwords; nothing that comes after the plan needs it."""
    if not job.file or not may_hold_passwords(job):
        return False
    delete_file(job)
    job.save(update_fields=["file"])
    return True


@contextmanager
def local_path(job: ImportJob) -> Iterator[Path]:
    """The file on this machine; storages elsewhere hand over a copy."""
    try:
        path = Path(job.file.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, job.file.open("rb") as original:
            shutil.copyfileobj(original, copy)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path


@contextmanager
def tables_of(job: ImportJob) -> Iterator[tuple[list[tuple[Part, Table]], Sequence[Message]]]:
    """Every table of the import with how it is read, in the order in which they are planned, and warnings about the
    file around them. Raises `FileRefused`.

    A file that holds several kinds is opened by its source (see `imports.sources`, where another one plugs in).
    """
    if job.kind not in COMPOSITES:
        with table_of(job) as table:
            yield [_as_read(job, part, table) for part in parts_of(job)], ()
        return
    with opened(job) as found:
        tables = {(one.kind, one.source): one.table for one in found.found}
        parts = parts_of(job)
        yield [_as_read(job, part, tables[part.kind.key, part.source]) for part in parts], found.warnings


def _as_read(job: ImportJob, part: Part, table: Table) -> tuple[Part, Table]:
    """Blank cells below a parent are a habit of people with workbooks, not of other platforms."""
    table = CorrectedTable(table, job, part.index) if job.pk is not None else table
    if part.preset is not None:
        return part, PresetTable(table, part.preset, is_alone=not part.source)
    return part, filled_down(part, table) if part.source else table


@contextmanager
def opened(job: ImportJob) -> Iterator[Opened]:
    """What stands in a composite file, its tables in the order of the composite's kinds."""
    order = COMPOSITES[job.kind].kinds
    with local_path(job) as path, OPENERS[job.kind](job, path) as found:
        yield Opened(sorted(found.found, key=lambda one: order.index(one.kind)), found.warnings)


def recognize_parts(job: ImportJob) -> None:
    """Writes down which tables a composite file has, and how each is read unless somebody chooses otherwise."""
    with opened(job) as found:
        tables = [one.table for one in found.found]
        refuse_too_many([table.row_count for table in tables])
        job.parts = [part_found(one) for one in found.found]
        warnings = [message for one in found.found for message in in_sheet(one.table.warnings, one.source)]
        job.messages = [warning.as_json() for warning in (*found.warnings, *warnings)]
        job.counts = {"rows": sum(table.row_count for table in tables)}


def part_found(found: Found) -> dict[str, Any]:
    """A table as it stands in `ImportJob.parts`."""
    headers = found.table.shape.headers
    return {
        "kind": found.kind,
        "source": found.source,
        "headers": list(headers),
        "samples": samples_of(found.table),
        "mapping": exact_mapping(kind_for(found.kind), headers),
        "value_mapping": {},
        "constants": {},
        "formats": {},
        "rows": found.table.row_count,
        "counts": {},
        **found.choices,
    }


def refuse_too_many(rows: Sequence[int]) -> None:
    """The limit holds for a file, not for each of its tables."""
    most = settings.IMPORT_MAX_ROWS
    if sum(rows) > most:
        text = f"The file has {sum(rows):,} rows; at most {most:,} are imported. Split it into smaller files."
        raise FileRefused.because(FileCode.E_TOO_MANY_ROWS, text)


@contextmanager
def table_of(job: ImportJob) -> Iterator[Table]:
    """A file of one kind as a table, read as was chosen. Raises `FileRefused`."""
    with local_path(job) as path:
        yield open_table(
            path,
            filename=file_name_of(job),
            known_headers=headers_known_for(job),
            encoding=job.encoding,
            delimiter=job.delimiter,
            sheet=job.sheet,
            ignore_headers=ignored_headers(job),
        )


def headers_known_for(job: ImportJob) -> set[str]:
    kinds = [kind_for(job.kind)] if job.kind else list(KINDS.values())
    return {name for kind in kinds for name in known_headers(kind)} | set(job.mapping)


def ignored_headers(job: ImportJob) -> list[str]:
    """Once there is a mapping, faults in columns that are not imported do not count."""
    if not job.mapping:
        return []
    return [header for header in job.headers if not job.mapping.get(header)]


def samples_of(table: Table) -> list[list[str]]:
    rows: list[list[str]] = []
    for raw in table.rows():
        rows.append([_sample(cell) for cell in raw.cells])
        if len(rows) == SAMPLE_ROWS:
            break
    return rows


def _sample(cell: CellValue) -> str:
    return text_of(cell)[:SAMPLE_CHARACTERS].replace("\x00", "\\u0000")
