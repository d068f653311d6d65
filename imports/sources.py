"""Where the tables of a composite file come from: the sheets of a workbook, and whatever else is registered here.

Another source of parts is one function and one line. The function takes the import and its file, and yields what it
found: for each table its kind (one of those of the composite), where in the file it stands, and a `Table` (see
`readers.base`), and warnings about the file as a whole. It raises `FileRefused` when the file cannot be read. Its line
in `OPENERS` is under the key of its composite (`types.composites`). It is called when the file comes in and each time a
plan is made; everything behind it (planning in the order of the kinds, new parents, apply, undo, errors) is the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imports.codes import FileCode, FileRefused, Message, WarningCode, visible
from imports.exporter.sheets import CHOICES_SHEET
from imports.guard import refuse_dangerous
from imports.mapping.names import known_headers
from imports.models import ImportJob
from imports.readers import Book, Table, XlsxTable, unread_sheets
from imports.types import kind_for
from imports.types.composites import COMPOSITES

NOTHING_THERE = {FileCode.E_EMPTY, FileCode.E_NO_ROWS}


@dataclass(frozen=True, slots=True)
class Found:
    """One table of a file. `choices` say how it is read where nobody has chosen otherwise: `mapping`, `value_mapping`,
    `constants`, `formats`; without a mapping, names and aliases map themselves."""

    kind: str
    source: str
    table: Table
    choices: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    found: Sequence[Found]
    warnings: Sequence[Message] = ()


Opener = Callable[[ImportJob, Path], AbstractContextManager[Opened]]


@contextmanager
def open_sheets(job: ImportJob, path: Path) -> Iterator[Opened]:
    """The sheets whose names are those of the composite's kinds, in any order; empty ones are left out."""
    composite = COMPOSITES[job.kind]
    refuse_dangerous(path, filename=file_name_of(job))
    book = Book(path)
    visible_sheets = book.workbook.visible()
    named = {sheet.name: composite.kind_of_sheet(sheet.name) for sheet in visible_sheets}
    found = []
    for name, key in named.items():
        if key and (table := _sheet(job, book, name, key)) is not None:
            found.append(Found(key, name, table))
    if not found:
        sheets = ", ".join(composite.sheets.values())
        text = f"The workbook has no sheet with rows of ours. Its sheets are called {sheets}."
        raise FileRefused.because(FileCode.E_NO_ROWS if any(named.values()) else FileCode.E_SHEET, text)
    unknown = [name for name, key in named.items() if not key and name != CHOICES_SHEET]
    warnings = [
        Message(
            WarningCode.W_UNKNOWN_COLUMN,
            f"The sheet “{visible(name)}” is none of ours and is not imported.",
            sheet=visible(name),
        )
        for name in unknown
    ]
    if hidden := [sheet for sheet in book.workbook.sheets if sheet.is_hidden]:
        warnings.append(Message(WarningCode.W_HIDDEN, unread_sheets(hidden)))
    yield Opened(found, warnings)


def _sheet(job: ImportJob, book: Book, name: str, key: str) -> Table | None:
    mapping = _mapping_of(job, name)
    ignored = [header for header, column in mapping.items() if not column]
    return table_in(book, name, known_headers={*known_headers(kind_for(key)), *mapping}, ignore_headers=ignored)


def table_in(
    book: Book, name: str, *, known_headers: Collection[str], ignore_headers: Collection[str] = ()
) -> Table | None:
    """One sheet of several; None where it has no rows. Raises `FileRefused`, which says in which sheet."""
    try:
        return XlsxTable(
            book, known_headers=known_headers, sheet=name, ignore_headers=ignore_headers, one_of_several=True
        )
    except FileRefused as refused:
        if {message.code for message in refused.messages} <= NOTHING_THERE:
            return None
        raise refused.in_sheet(visible(name)) from None


def _mapping_of(job: ImportJob, source: str) -> Mapping[str, str]:
    return next((part["mapping"] for part in job.parts if part["source"] == source), {})


def file_name_of(job: ImportJob) -> str:
    """The name under which the guard looks at the file: its own, with the ending of what it is read as."""
    return f"{job.original_name.rpartition('.')[0]}.{job.format}" if job.format else job.original_name


def composite_in(job: ImportJob, path: Path) -> str:
    """The composite an uploaded file is by its looks, or an empty string: a workbook with two sheets of ours."""
    if job.format != "xlsx" or job.sheet:
        return ""
    refuse_dangerous(path, filename=file_name_of(job))
    names = [sheet.name for sheet in Book(path).workbook.visible()]
    for key, composite in COMPOSITES.items():
        if len({kind for name in names if (kind := composite.kind_of_sheet(name))}) > 1:
            return key
    return ""


OPENERS: dict[str, Opener] = {"course-workbook": open_sheets}
