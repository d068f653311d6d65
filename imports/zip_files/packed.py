"""The files of another platform as they come: packed in a zip, or as the sheets in which their failed rows go out."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from zipfile import ZipFile

from imports.codes import FileCode, FileRefused
from imports.guard import refuse_dangerous, refuse_dangerous_zip
from imports.models import ImportJob
from imports.readers import Book, Table
from imports.sources import file_name_of
from imports.sources import table_in as sheet_in
from imports.types.composites import COMPOSITES
from imports.zip_files.members import MANIFEST, headers_of, members_of, table_in, wanted_members


class Files(Protocol):
    """`names` are those of the files that are to be read, `others` those that are not; all in lower case."""

    @property
    def names(self) -> Collection[str]: ...

    @property
    def others(self) -> Collection[str]: ...

    @property
    def where(self) -> str: ...

    def headers_of(self, name: str) -> tuple[str, ...]: ...

    def table(self, name: str, known_headers: Collection[str]) -> Table | None: ...


class ZippedFiles:
    where = "the zip"

    def __init__(self, archive: ZipFile) -> None:
        self._members = members_of(archive)
        self.names = wanted_members(self._members)
        self.others = {*self._members} - {*self.names, MANIFEST}

    def headers_of(self, name: str) -> tuple[str, ...]:
        return headers_of(self._members[name])

    def table(self, name: str, known_headers: Collection[str]) -> Table | None:
        return table_in(self._members[name], known_headers)


class Sheets:
    """What stands in a workbook with the rows that failed: what is joined to them stands there already."""

    where = "the workbook"
    others = ()

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sheets = {sheet.name.lower(): sheet.name for sheet in book.workbook.visible()}
        self.names = self._sheets.keys()

    def headers_of(self, name: str) -> tuple[str, ...]:
        table = self.table(name, ())
        return table.shape.headers if table is not None else ()

    def table(self, name: str, known_headers: Collection[str]) -> Table | None:
        return sheet_in(self._book, self._sheets[name], known_headers=known_headers)


@contextmanager
def open_files(job: ImportJob, path: Path) -> Iterator[Files]:
    """Raises `FileRefused` for what is neither a zip nor a workbook, or dangerous to open."""
    if job.format == "xlsx":
        refuse_dangerous(path, filename=file_name_of(job))
        yield Sheets(Book(path))
        return
    if job.format != "zip":
        text = f"The files of {COMPOSITES[job.kind].heading} come together in a zip."
        raise FileRefused.because(FileCode.E_TYPE_MISMATCH, text)
    refuse_dangerous_zip(path)
    with ZipFile(path) as archive:
        yield ZippedFiles(archive)
