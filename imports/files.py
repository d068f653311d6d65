"""The uploaded file: kept under a name of ours, opened as a table with what is known of it, deleted in time."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import File

from imports.mapping.names import known_headers
from imports.models import ImportJob
from imports.presets import PresetTable, preset_for
from imports.readers import Table, open_table
from imports.readers.base import CellValue
from imports.readers.headers import is_secret
from imports.types import KINDS, kind_for
from imports.types.columns import text_of

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


def keep_file(job: ImportJob, file: Any) -> None:
    job.file.save("upload", File(file), save=False)


def delete_file(job: ImportJob) -> None:
    if job.file:
        job.file.delete(save=False)
        job.file.name = ""


def may_hold_passwords(job: ImportJob) -> bool:
    """Whether the upload itself has a column of passwords, or was never understood so far that one would know."""
    return not job.headers or any(map(is_secret, job.headers))


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
def table_of(job: ImportJob) -> Iterator[Table]:
    """The file as a table, read as was chosen. Raises `FileRefused`."""
    with local_path(job) as path:
        table = open_table(
            path,
            filename=f"{job.original_name.rpartition('.')[0]}.{job.format}" if job.format else job.original_name,
            known_headers=headers_known_for(job),
            encoding=job.encoding,
            delimiter=job.delimiter,
            sheet=job.sheet,
            ignore_headers=ignored_headers(job),
        )
        yield PresetTable(table, preset_for(job.preset)) if job.preset else table


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
