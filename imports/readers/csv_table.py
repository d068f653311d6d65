"""CSV files as tables: dialect detected and shown, quotes taken strictly, lines counted as an editor does."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from zipfile import Path as Member

from django.conf import settings

from imports.codes import CONTROL, FileCode, FileRefused, Message, RowCode, WarningCode, visible
from imports.readers.base import (
    RawRow,
    RowGate,
    Shape,
    cell_too_long,
    is_blank,
    refuse_no_rows,
    spell_controls,
)
from imports.readers.encodings import ENCODINGS, text_encoding
from imports.readers.headers import fold_header, is_secret, refuse_duplicates, trim_headers

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SEP_LINE = re.compile(r'^("?)sep=(.)\1[\r\n]*$', re.IGNORECASE)
NO_TEXT = " \t,;|"
HEAD_CHARACTERS = 64 * 1024

Record = tuple[int, list[str], Message | None]


class CsvTable:
    """One pass when opened finds all that refuses the file; `rows` is then a second, clean one."""

    def __init__(
        self,
        path: Path | Member,
        *,
        known_headers: Collection[str] = (),
        encoding: str = "",
        delimiter: str = "",
        ignore_headers: Collection[str] = (),
    ) -> None:
        self._path = path
        self._encoding = text_encoding(path, encoding)
        self._longest_cell = settings.IMPORT_MAX_CELL_CHARACTERS
        self._longest_line = settings.IMPORT_MAX_COLUMNS * self._longest_cell
        self._delimiter, self._has_sep_line = self._dialect(delimiter, known_headers)
        self._last_line = ""
        self._headers: tuple[str, ...] = ()
        self._secret: list[int] = []
        records = self._filled_records()
        header_line, cells, problem = next(records, (0, [], None))
        if not cells:
            raise FileRefused.because(FileCode.E_EMPTY, "The file is empty.")
        if problem:
            raise FileRefused([problem])
        self._width = len(cells)
        self._headers = headers = trim_headers(cells)
        self._ignored = {fold_header(header) for header in ignore_headers}
        self._secret = [at for at, header in enumerate(headers) if is_secret(header)]
        refuse_duplicates(headers, self._ignored, line=header_line)
        shown = self._encoding.removesuffix("-sig")
        self.shape = Shape("csv", shown, self._delimiter, "", (), headers, header_line)
        self.row_count = sum(1 for _ in records)
        if not self.row_count:
            refuse_no_rows(headers, known_headers)
        self.warnings: list[Message] = []
        if encoding and shown != "utf-8":
            text = f"The file was read as {ENCODINGS[shown]}, as chosen; check the letters in the preview."
            self.warnings.append(Message(WarningCode.W_ENCODING, text))

    def rows(self) -> Iterator[RawRow]:
        headers = self.shape.headers
        width = len(headers)
        records = self._filled_records()
        next(records)
        for number, cells, problem in records:
            messages = [problem] if problem else []
            if self._secret:
                cells = self._without_secrets(cells, is_whole=not problem and len(cells) == self._width)  # noqa: PLW2901
            if len(cells) != self._width and not problem:
                messages.append(self._ragged(number, cells))
            elif any(cell.strip() for cell in cells[width:]) and not problem:
                text = f"A cell stands in column {width + 1} or beyond, where the header ends; name its column."
                messages.append(Message(RowCode.R_RAGGED, text, number))
            kept = [*cells[:width], *[""] * (width - len(cells))]
            row = RawRow(number, list(kept), messages, record=cells if messages and not problem else None)
            if CONTROL.search("".join(kept)):
                spell_controls(row, headers, self._ignored)
            yield row

    def _without_secrets(self, cells: list[str], *, is_whole: bool) -> list[str]:
        """Where a row has too many cells or too few, a password may stand in any of them."""
        if not is_whole:
            return [""] * len(cells)
        for at in self._secret:
            cells[at] = ""
        return cells

    def _ragged(self, number: int, cells: list[str]) -> Message:
        text = f"{len(cells)} cell{'s' if len(cells) != 1 else ''}, {self._width} expected"
        return Message(RowCode.R_RAGGED, f"{text}.", number, "", self._shown(self._delimiter.join(cells)))

    def _dialect(self, chosen: str, known_headers: Collection[str]) -> tuple[str, bool]:
        with self._path.open(encoding=self._encoding, newline="") as stream:
            head = stream.read(HEAD_CHARACTERS)
        lines = io.StringIO(head, newline="")
        hint = SEP_LINE.match(lines.readline())
        delimiter = {"\\t": "\t", "tab": "\t"}.get(chosen.lower(), chosen) or (hint.group(2) if hint else "")
        if delimiter:
            if delimiter not in DELIMITERS:
                names = ", ".join(DELIMITERS.values())
                raise FileRefused.because(FileCode.E_DIALECT, f"The delimiter must be one of {names}.", value=delimiter)
            return delimiter, bool(hint)
        return _detect_delimiter(head, known_headers), False

    def _lines(self) -> Iterator[str]:
        with self._path.open(encoding=self._encoding, newline="") as stream:
            number = 0
            while line := stream.readline(self._longest_line):
                number += 1
                if len(line) == self._longest_line and line[-1] not in "\r\n":
                    raise self._line_too_long(line, number)
                self._last_line = line
                yield line

    def _line_too_long(self, line: str, number: int) -> FileRefused:
        if line.count(self._delimiter) < settings.IMPORT_MAX_COLUMNS:
            return cell_too_long(number, "")
        return FileRefused.because(FileCode.E_TOO_MANY_COLS, f"Line {number:,} has too many columns.", line=number)

    def _records(self) -> Iterator[Record]:
        """Every record with the line it begins on; a broken one comes with what is wrong and its likely cells."""
        lines = self._lines()
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        if self._has_sep_line:
            next(reader)
        while True:
            start = reader.line_num + 1
            try:
                yield start, next(reader), None
            except StopIteration:
                return
            except csv.Error as error:
                yield self._broken_record(str(error), start, reader.line_num, lines)

    def _broken_record(self, error: str, start: int, end: int, lines: Iterator[str]) -> Record:
        if "field limit" in error and (end == start or self._is_closed_later(lines)):
            raise cell_too_long(start, "")
        if "unexpected end" in error or end > start:
            raise FileRefused.because(
                FileCode.E_QUOTE,
                f"The quote that opens on line {start:,} is not closed properly; close it or remove it.",
                line=start,
                value=self._shown(self._last_line.strip()) if end == start else "",
            )
        text = "A quote stands inside a quoted cell; write it twice, or remove the quotes."
        try:
            cells = next(csv.reader([self._last_line], delimiter=self._delimiter))
        except csv.Error:  # read without strictness, a line is only ever too long
            raise cell_too_long(start, "") from None
        return start, cells, Message(FileCode.E_QUOTE, text, start, "", self._shown(self._last_line.strip()))

    def _shown(self, line: str) -> str:
        """The beginning of a line as a message may show it; one that may hold a password is not shown."""
        return "" if any(map(is_secret, self._headers)) else visible(line)

    def _is_closed_later(self, lines: Iterator[str]) -> bool:
        """Whether the next single quote in the rest of the file ends a cell, or opens another one."""
        ends_cell = re.compile(r'(?<!")"(?!")(?P<after>.?)', re.DOTALL)
        for line in lines:
            if found := ends_cell.search(line.replace('""', "")):
                return found["after"] in {self._delimiter, "\r", "\n", ""}
        return False

    def _filled_records(self) -> Iterator[Record]:
        """The records without the blank ones, held against the limits."""
        gate = RowGate()
        for number, cells, problem in self._records():
            if problem is None and is_blank(cells):
                gate.skip()
                continue
            gate.admit(number, len(cells))
            if sum(map(len, cells)) > self._longest_cell:
                for at, cell in enumerate(cells):
                    if len(cell) > self._longest_cell:
                        raise cell_too_long(number, self._header_at(at))
            yield number, cells, problem

    def _header_at(self, at: int) -> str:
        return self._headers[at] if at < len(self._headers) else ""


def _detect_delimiter(head: str, known_headers: Collection[str]) -> str:
    """The delimiter that makes most known headers of the first filled line, then the one that makes most cells."""
    known = {fold_header(header) for header in known_headers}
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in DELIMITERS:
        header = _first_record(head, delimiter)
        scores[delimiter] = (len(known & {fold_header(cell) for cell in header}), len(header))
    best = max(scores.values())
    likely = [delimiter for delimiter, score in scores.items() if score == best]
    if len(likely) > 1 and best[1] > 1:
        names = " or ".join(DELIMITERS[delimiter] for delimiter in likely)
        first_line = head.lstrip().splitlines()[0]
        raise FileRefused.because(
            FileCode.E_DIALECT, f"The delimiter could be {names}; choose one.", line=1, value=first_line
        )
    return likely[0]


def _first_record(head: str, delimiter: str) -> list[str]:
    try:
        records = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        return next((cells for cells in records if any(cell.strip(NO_TEXT) for cell in cells)), [])
    except csv.Error:
        return []
