"""The errors file as it comes back: whose rows it holds, line by line, and which cells are new."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from apps.records.rules import RuleBroken
from apps.records.writing.formulas import unescape
from imports.codes import WHOLE_ROW, FileCode, FileRefused, RowCode
from imports.fault_columns import is_fault_header, is_line_header, line_header
from imports.files import headers_known_for
from imports.guard import refuse_dangerous, refuse_size, safe_display_name
from imports.models import ImportJob, ImportRow
from imports.parts import Part, parts_of
from imports.readers import Book, RawRow, Table, fold_header, open_table
from imports.sources import table_in
from imports.types.columns import text_of

Lines = Mapping[int, RawRow]


class Resubmitted:
    """One errors file beside the import it came from."""

    def __init__(self, job: ImportJob, part: Part, table: Table) -> None:
        self.part = part
        self.is_workbook = table.shape.format == "xlsx"
        self.table = table
        headers = table.shape.headers
        self.line_at = _line_column(job, headers)
        places = {header: at for at, header in enumerate(part.headers) if header}
        own = [(at, header) for at, header in enumerate(headers) if header and not is_fault_header(header)]
        if strange := [header for _, header in own if header not in places]:
            raise RuleBroken(f"The import has no column “{strange[0][:80]}”. Nothing was changed.")
        self.places = {places[header]: at for at, header in own}

    def chunks(self, size: int) -> Iterator[Lines]:
        """Rows by the line of the upload they stand for."""
        seen: set[int] = set()
        rows = self.table.rows()
        while chunk := list(islice(rows, size)):
            lines = {self._line(raw): raw for raw in chunk}
            if len(lines) < len(chunk) or seen & lines.keys():
                raise RuleBroken("A line of the upload stands twice in the file. Keep one of them.")
            seen |= lines.keys()
            yield lines

    def changed(self, row: ImportRow, raw: RawRow) -> dict[int, str]:
        """The new cells of one row by their place in the upload; a row that is broken still has none."""
        if any(message.code in WHOLE_ROW for message in raw.messages):
            return {}
        broken = {message.column for message in raw.messages}
        codes = {message["column"]: message["code"] for message in row.messages}
        was_broken = bool(WHOLE_ROW & set(codes.values()))
        found = {}
        for place, at in self.places.items():
            header, cell = self.part.headers[place], raw.cells[at]
            if header in broken:
                continue
            before = str(row.cells[place]) if place < len(row.cells) else ""
            is_text_now = codes.get(header) == RowCode.R_TYPE and isinstance(cell, str) and self.is_workbook
            text = unescape(text_of(cell))
            if was_broken or is_text_now or text != unescape(before):
                found[place] = text
        return found

    def _line(self, raw: RawRow) -> int:
        text = text_of(raw.cells[self.line_at]).strip().partition(".")[0]
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            header = self.table.shape.headers[self.line_at]
            raise RuleBroken(f"Line {raw.number:,} of the file does not say in “{header}” which line it stands for.")
        return int(text)


def _line_column(job: ImportJob, headers: tuple[str, ...]) -> int:
    wanted = line_header(job.pk)
    for at, header in enumerate(headers):
        if fold_header(header) == fold_header(wanted):
            return at
    if any(is_line_header(header) for header in headers):
        raise RuleBroken(f"These are rows of another import. Upload the file with the column “{wanted}”.")
    raise RuleBroken(f"The file has no column “{wanted}”. Download the rows that failed, and correct that file.")


@contextmanager
def opened(job: ImportJob, file: BinaryIO, name: str) -> Iterator[list[Resubmitted]]:
    """The tables of the file, guarded and read like any upload. Raises `FileRefused`."""
    name = safe_display_name(name)
    refuse_size(file.seek(0, 2))
    file.seek(0)
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        path, parts = Path(copy.name), parts_of(job)
        if job.parts:
            yield [Resubmitted(job, part, table) for part, table in _sheets(job, parts, path, name)]
        else:
            yield [Resubmitted(job, parts[0], _table(job, path, name))]


def _sheets(job: ImportJob, parts: Sequence[Part], path: Path, name: str) -> Iterator[tuple[Part, Table]]:
    """The sheets of a workbook with the rows of several tables; those without rows are left out."""
    if refuse_dangerous(path, filename=name) != "xlsx":
        text = "The rows of this import come back as a workbook. Download those that failed, and correct that file."
        raise FileRefused.because(FileCode.E_UNSUPPORTED, text)
    book = Book(path)
    names = {sheet.name for sheet in book.workbook.visible()}
    for part in parts:
        known = {*part.headers, line_header(job.pk)}
        if part.sheet_name in names and (table := table_in(book, part.sheet_name, known_headers=known)) is not None:
            yield part, table


def _table(job: ImportJob, path: Path, name: str) -> Table:
    """In an encoding of its own, or else in that of the upload, in which it went out."""
    known = headers_known_for(job) | {line_header(job.pk)}
    try:
        return open_table(path, filename=name, known_headers=known)
    except FileRefused as refused:
        if not job.encoding or not any(message.code == FileCode.E_ENCODING for message in refused.messages):
            raise
    return open_table(path, filename=name, known_headers=known, encoding=job.encoding)
