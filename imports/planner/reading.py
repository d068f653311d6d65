"""Rows as drafts: each mapped cell read as its column says, with everything that is wrong told at once."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from apps.records.keys import fold_key
from apps.records.writing.formulas import looks_like_formula, unescape
from imports.codes import WHOLE_ROW, Message, WarningCode
from imports.mapping.placeholders import PLACEHOLDER, headers_in
from imports.parts import Part
from imports.readers.base import CellValue, RawRow
from imports.types.base import CLEAR, CellFault, Column, Draft, ImportKind
from imports.types.columns import Choice, Code, Email, Reader, Reference, Text, text_of

CLEAR_WORD = "(clear)"
BLANK_CATEGORIES = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc"})
BLANK_LETTERS = "\u3164\u2800\u115f\u1160"
LOST_DIGITS = re.compile(r"\s*[0-9]\.[0-9]{2,}E\+?[0-9]+\s*\Z", re.IGNORECASE)
MOST_UNKNOWN = 500

Source = Callable[[Sequence[CellValue]], CellValue]


@dataclass(slots=True)
class Slot:
    """Where the value of one column comes from, and how it is read."""

    column: Column
    name: str
    header: str
    source: Source | None
    at: int
    read: Reader
    meanings: Mapping[str, str]
    is_key: bool
    is_text: bool
    is_code: bool


class RowReader:
    """Turns the raw rows of one table into drafts."""

    def __init__(self, kind: ImportKind, part: Part, headers: Sequence[str]) -> None:
        self.kind = kind
        self.header_of = {column: header for header, column in part.mapping.items() if column}
        self.unknown: dict[str, Counter[str]] = {}
        self.slots = [
            *(self._slot(part, headers, column, header) for column, header in self.header_of.items()),
            *(self._slot(part, headers, column, "") for column in part.constants),
        ]
        order = {column.name: at for at, column in enumerate(kind.columns)}
        self.slots.sort(key=lambda slot: order[slot.name])
        self.columns = frozenset(slot.name for slot in self.slots)
        self._digested = sorted({slot.at for slot in self.slots if slot.source is None} | self._named_in(part, headers))

    @staticmethod
    def _named_in(part: Part, headers: Sequence[str]) -> set[int]:
        return {headers.index(header) for template in part.constants.values() for header in headers_in(str(template))}

    def _slot(self, part: Part, headers: Sequence[str], name: str, header: str) -> Slot:
        column = self.kind.column(name)
        meanings = {fold_key(theirs): ours for theirs, ours in part.value_mapping.get(name, {}).items()}
        return Slot(
            column=column,
            name=name,
            header=header or name,
            source=None if header else _constant(str(part.constants[name]), headers),
            at=headers.index(header) if header else -1,
            read=column.reader(header, part.formats.get(name, "")),
            meanings=meanings,
            is_key=name in self.kind.key_columns,
            is_text=isinstance(column, Text) and not isinstance(column, Reference | Email),
            is_code=isinstance(column, Code),
        )

    def draft(self, raw: RawRow) -> Draft:
        cells = raw.cells
        draft = Draft(raw.number, _stored(cells))
        spoiled: set[str] = set()
        if raw.messages:
            draft.cells = [text.replace("\x00", "\\u0000") for text in draft.cells]
            draft.faults += raw.messages
            spoiled = {message.column for message in raw.messages}
            if any(message.code in WHOLE_ROW for message in raw.messages):
                draft.spoiled |= {column.name for column in self.kind.columns}
                return draft
        keys: dict[str, str] = {}
        for slot in self.slots:
            if slot.header in spoiled:
                draft.spoiled.add(slot.name)
                continue
            cell: Any = cells[slot.at] if slot.source is None else slot.source(cells)
            if cell.__class__ is str or slot.meanings:
                cell = _meant(cell, slot.meanings)
            if cell is None:
                continue
            if slot.is_key:
                keys[slot.name] = fold_key(unescape(text_of(cell)))
            try:
                draft.given[slot.name] = CLEAR if cell is CLEAR else slot.read(cell)
            except CellFault as fault:
                self._tell(draft, slot, cell, fault)
            if slot.is_text and cell.__class__ is str:
                _warn(draft, slot, cell)
        draft.key = tuple([keys.get(name, "") for name in self.kind.key_columns])
        draft.digest = self.digest(draft.cells)
        return draft

    def outline(self, raw: RawRow) -> Draft:
        """The key and the fingerprint of a row without a fault of its own, and nothing else."""
        draft = Draft(raw.number, _stored(raw.cells))
        if raw.messages:
            return self.draft(raw)
        keys = {slot.name: _key_text(slot, raw.cells) for slot in self.slots if slot.is_key}
        draft.key = tuple([keys.get(name, "") for name in self.kind.key_columns])
        draft.digest = self.digest(draft.cells)
        return draft

    def digest(self, cells: Sequence[str]) -> bytes:
        """The fingerprint of what a row says, in all columns that are imported."""
        whole = "\x1f".join([cells[at] for at in self._digested])
        return blake2b(whole.encode(), digest_size=12).digest()

    def _tell(self, draft: Draft, slot: Slot, cell: CellValue, fault: CellFault) -> None:
        draft.faults.append(Message(fault.code, fault.text, draft.number, slot.header, text_of(cell)))
        draft.spoiled.add(slot.name)
        if isinstance(slot.column, Choice):
            self.count_unknown(slot.name, text_of(cell).strip())

    def count_unknown(self, column: str, theirs: str) -> None:
        values = self.unknown.setdefault(column, Counter())
        if theirs in values or len(values) < MOST_UNKNOWN:
            values[theirs[:200]] += 1


def _key_text(slot: Slot, cells: Sequence[CellValue]) -> str:
    cell: Any = cells[slot.at] if slot.source is None else slot.source(cells)
    if cell.__class__ is str:
        cell = _meant(cell, slot.meanings) if cell else None
    return "" if cell is None else fold_key(unescape(text_of(cell)))


def references_of(kind: ImportKind, columns: frozenset[str]) -> list[Reference]:
    return [column for column in kind.columns if isinstance(column, Reference) and column.name in columns]


def _constant(template: str, headers: Sequence[str]) -> Source:
    """The constant of a row: blank as a whole when every header it names is blank there."""
    places = {header: headers.index(header) for header in headers_in(template)}
    if not places:
        return lambda _cells: template

    def fill(cells: Sequence[CellValue]) -> str:
        texts = {header: text_of(cells[at]).strip() for header, at in places.items()}
        if not any(texts.values()):
            return ""
        return PLACEHOLDER.sub(lambda found: texts[found.group(1).strip()], template)

    return fill


def _meant(cell: Any, meanings: Mapping[str, str]) -> Any:
    """What a cell says: nothing, `CLEAR`, what it was said to mean, or itself."""
    if cell.__class__ is not str:
        meant = None if cell is None else meanings.get(fold_key(text_of(cell)))
        return cell if meant is None else meant or None
    if not cell:
        return None
    first = cell[0]
    if first > "(" and first.isascii() and not meanings:
        return cell
    text = cell.strip()
    if not text or (not first.isascii() and _looks_blank(text)):
        return None
    if text[0] == "(" and text.lower() == CLEAR_WORD:
        return CLEAR
    if meanings and (meant := meanings.get(fold_key(text))) is not None:
        return meant or None
    return cell


def _warn(draft: Draft, slot: Slot, cell: str) -> None:
    if slot.is_code:
        if LOST_DIGITS.match(cell):
            text = "This code looks as if a spreadsheet had rounded it; check it against the original."
            draft.warnings.append(Message(WarningCode.W_LOST_DIGITS, text, draft.number, slot.header, cell))
    elif looks_like_formula(cell):
        text = "This text looks like a formula; it is kept as text and never executed."
        draft.warnings.append(Message(WarningCode.W_FORMULA, text, draft.number, slot.header, cell))


def _stored(cells: Sequence[CellValue]) -> list[str]:
    """The cells as the plan keeps them, a list of its own."""
    return [cell if cell.__class__ is str else text_of(cell) for cell in cells]


def _looks_blank(text: str) -> bool:
    """Only spaces, format characters and blank letters: nothing a person would see."""
    return all(unicodedata.category(char) in BLANK_CATEGORIES or char in BLANK_LETTERS for char in text)
