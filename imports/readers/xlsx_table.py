"""Workbooks as tables: the sheet is chosen by name or by its header, and merges and hidden cells are told."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from openpyxl.utils import get_column_letter

from imports.codes import FileCode, FileRefused, Message, RowCode, WarningCode, visible
from imports.guard import open_archive
from imports.readers.base import (
    RawRow,
    RowGate,
    Shape,
    is_blank,
    refuse_no_rows,
    spell_controls,
)
from imports.readers.headers import fold_header, is_secret, refuse_duplicates, trim_headers
from imports.readers.sheet import Range, SheetReader, SheetRow, range_of
from imports.readers.workbook import SharedTexts, Sheet, read_workbook

NAMED_LINES = 10


class Book:
    """What all sheets of a workbook share; read once, however many of them are tables."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_archive(path) as archive:
            self.workbook = read_workbook(archive)
            self.texts = SharedTexts(archive, self.workbook.texts_part)


class XlsxTable:
    """One pass when opened finds all that refuses the file; `rows` is then a second, clean one.

    `one_of_several` says that it is one table of several, so that nothing is said about the other sheets.
    """

    def __init__(
        self,
        book: Book,
        *,
        known_headers: Collection[str] = (),
        sheet: str = "",
        ignore_headers: Collection[str] = (),
        one_of_several: bool = False,
    ) -> None:
        self._path = book.path
        self._ignored = {fold_header(header) for header in ignore_headers}
        self._workbook, self._texts = book.workbook, book.texts
        self._sheet = self._choose(sheet, known_headers)
        reader = self._reader()
        rows = self._filled_rows(self._sheet, reader)
        header = next(rows, None)
        if header is None:
            raise FileRefused.because(FileCode.E_EMPTY, f"The sheet “{self._sheet.name}” is empty.")
        headers = trim_headers(_header_cells(header))
        self._secret = {at for at, name in enumerate(headers) if is_secret(name)}
        hidden: list[int] = []
        self.row_count = hidden_count = 0
        for row in rows:
            self.row_count += 1
            if row.is_hidden:
                hidden_count += 1
                hidden = [*hidden, row.number][:NAMED_LINES]
        self._merged = _merged_ranges(reader, header.number)
        _refuse_faulty_header(header)
        refuse_duplicates(headers, self._ignored, line=header.number, column_name=get_column_letter)
        if not self.row_count:
            refuse_no_rows(headers, known_headers)
        names = tuple(sheet.name for sheet in self._workbook.sheets)
        self.shape = Shape("xlsx", "", "", self._sheet.name, names, headers, header.number)
        others = [] if one_of_several else [other for other in self._workbook.sheets if other != self._sheet]
        self.warnings = self._hidden_warnings(reader, hidden, hidden_count, others)

    def rows(self) -> Iterator[RawRow]:
        headers = self.shape.headers
        columns = range(len(headers))
        rows = self._filled_rows(self._sheet, self._reader())
        next(rows)
        for row in rows:
            for at in self._secret & row.cells.keys():
                row.cells[at] = ""
            cells = [row.cells.get(at) for at in columns]
            widest = max(row.cells, default=0) + 1
            record = [row.cells.get(at) for at in range(widest)] if widest > len(headers) else None
            found = RawRow(row.number, cells, self._messages(row, headers), row.units or None, record)
            spell_controls(found, headers, self._ignored)
            yield found

    def _messages(self, row: SheetRow, headers: tuple[str, ...]) -> list[Message]:
        width = len(headers)
        messages = []
        beyond = [at for at, cell in row.cells.items() if at >= width and not is_blank([cell])]
        if beyond:
            text = f"Cell {get_column_letter(beyond[0] + 1)}{row.number} stands where no header is; name its column."
            messages.append(Message(RowCode.R_RAGGED, text, row.number))
        notes: list[tuple[int, str, str, str]] = [(note.column, note.code, note.text, note.value) for note in row.notes]
        notes += [
            (
                at,
                FileCode.E_MERGED,
                f"Cell {get_column_letter(at + 1)}{row.number} is merged into another; unmerge it.",
                "",
            )
            for at in self._covered(row.number, width)
        ]
        messages += [
            Message(code, text, row.number, headers[at], visible(value))
            for at, code, text, value in notes
            if at < width and at not in self._secret and fold_header(headers[at]) not in self._ignored
        ]
        return messages

    def _covered(self, number: int, width: int) -> list[int]:
        """The columns of this row whose value a merge has swallowed."""
        return [
            at
            for first_row, first_column, last_row, last_column in self._merged
            if first_row <= number <= last_row
            for at in range(first_column, min(last_column + 1, width))
            if (number, at) != (first_row, first_column)
        ]

    def _filled_rows(self, sheet: Sheet, reader: SheetReader) -> Iterator[SheetRow]:
        """The rows without the blank ones, held against the limits."""
        gate = RowGate()
        last = 0
        with open_archive(self._path) as archive, archive.open(sheet.part) as stream:
            for row in reader.rows(stream):
                if not row.notes and is_blank(row.cells.values()):
                    continue
                gate.skip(row.number - last - 1)
                gate.admit(row.number, max(row.cells) + 1)
                last = row.number
                yield row

    def _reader(self) -> SheetReader:
        return SheetReader(self._workbook, self._texts)

    def _choose(self, name: str, known_headers: Collection[str]) -> Sheet:
        """The sheet asked for, or the only filled one in sight, or the one whose header matches best."""
        sheets = self._workbook.sheets
        if name:
            wanted = [sheet for sheet in sheets if sheet.name.strip().casefold() == name.strip().casefold()]
            if len(wanted) != 1:
                raise FileRefused.because(
                    FileCode.E_SHEET, f"The workbook has no sheet of this name; it has {_names(sheets)}.", value=name
                )
            return wanted[0]
        visible = self._workbook.visible()
        if not visible:
            raise FileRefused.because(
                FileCode.E_SHEET, f"The workbook shows no sheet; hidden are {_names(sheets)}. Choose one."
            )
        headers = {sheet: self._header_of(sheet) for sheet in visible} if len(visible) > 1 else {}
        filled = [sheet for sheet in visible if headers.get(sheet)]
        if len(filled) < 2:
            return (filled or visible)[0]
        known = {fold_header(header) for header in known_headers}
        matches = {sheet: len(known & {fold_header(header) for header in headers[sheet]}) for sheet in filled}
        best = max(matches.values())
        likely = [sheet for sheet in filled if matches[sheet] == best]
        if best and len(likely) == 1:
            return likely[0]
        raise FileRefused.because(FileCode.E_SHEET, f"The workbook has the sheets {_names(filled)}; choose one.")

    def _header_of(self, sheet: Sheet) -> tuple[str, ...]:
        """The header to choose by; a sheet that could not be read anyway has none."""
        try:
            row = next(self._filled_rows(sheet, self._reader()), None)
        except FileRefused:
            return ()
        return trim_headers(_header_cells(row)) if row else ()

    def _hidden_warnings(
        self, reader: SheetReader, hidden_rows: list[int], hidden_row_count: int, others: list[Sheet]
    ) -> list[Message]:
        texts = []
        if self._sheet.is_hidden:
            texts.append(f"The sheet “{self._sheet.name}” is hidden; it is read because it was chosen.")
        if unread := [sheet for sheet in others if sheet.is_hidden]:
            texts.append(unread_sheets(unread))
        if hidden_rows:
            named = ", ".join(map(str, hidden_rows))
            more = f" and {hidden_row_count - len(hidden_rows):,} more" if hidden_row_count > len(hidden_rows) else ""
            texts.append(f"Hidden rows are read like the others: {named}{more}.")
        warnings = [Message(WarningCode.W_HIDDEN, text) for text in texts]
        for at, header in enumerate(self.shape.headers):
            if any(first <= at <= last for first, last in reader.hidden_columns):
                text = f"Column {get_column_letter(at + 1)} is hidden; it is read like the others."
                warnings.append(Message(WarningCode.W_HIDDEN, text, column=header))
        return warnings


def unread_sheets(hidden: Iterable[Sheet]) -> str:
    return f"Hidden sheets are not read: {_names(hidden)}."


def _names(sheets: Iterable[Sheet]) -> str:
    return ", ".join(f"“{visible(sheet.name)}”" for sheet in list(sheets)[:20])


def _header_cells(row: SheetRow) -> list[str]:
    cells = [row.cells.get(at) for at in range(max(row.cells) + 1)]
    return ["" if cell is None else str(cell) for cell in cells]


def _refuse_faulty_header(row: SheetRow) -> None:
    faults = [
        Message(note.code, note.text, row.number, get_column_letter(note.column + 1), visible(note.value))
        for note in row.notes
        if note.code == RowCode.R_CELL_ERROR
    ]
    if faults:
        raise FileRefused(faults)


def _merged_ranges(reader: SheetReader, header_line: int) -> list[Range]:
    """The merges among the data; one in the header refuses the file."""
    ranges = {reference: range_of(reference) for reference in reader.merged}
    in_header = [reference for reference, (first, _, last, _) in ranges.items() if first <= header_line <= last]
    if in_header:
        raise FileRefused.because(
            FileCode.E_MERGED,
            f"The header has merged cells ({', '.join(in_header[:10])}); unmerge them and name each column.",
            line=header_line,
        )
    return list(ranges.values())


def sheet_names(path: Path) -> tuple[str, ...]:
    """All sheets of a workbook the guard has passed, in their order, hidden ones too."""
    with open_archive(path) as archive:
        return tuple(sheet.name for sheet in read_workbook(archive).sheets)
