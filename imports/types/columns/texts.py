"""Columns of text: lines, long texts, codes, addresses."""

import unicodedata
from typing import Any

from apps.records.writing.formulas import DANGEROUS, ESCAPE, looks_like_formula, unescape
from imports.codes import RowCode
from imports.readers.base import CellValue
from imports.types.columns.base import CellFault, Column, text_of

SUSPICIOUS = frozenset({*DANGEROUS, ESCAPE, " ", "\v", "\f", "\u00a0", "\u3000"})


class Text(Column):
    """One line of text without blanks around it; what looks like a formula is kept as typed."""

    def read(self, cell: CellValue) -> str:
        text = cell if isinstance(cell, str) else text_of(cell)
        if text[:1] in SUSPICIOUS:
            text = unescape(text)
        text = self.trim(text)
        if self.max_length is not None and len(text) > self.max_length:
            raise CellFault(RowCode.R_TOO_LONG, f"{len(text):,} characters; at most {self.max_length:,}. Shorten it.")
        return str(self.check(text)) if self.checks else text

    def trim(self, text: str) -> str:
        return text if text[:1] in SUSPICIOUS and looks_like_formula(text) else text.strip()


class LongText(Text):
    """Text of any length, kept exactly as typed."""

    type_name = "long text"

    def trim(self, text: str) -> str:
        return text


class Code(Text):
    """What people type to name a record: never a number cell, compared without case."""

    type_name = "code"
    is_key = True

    def read(self, cell: CellValue) -> str:
        if not isinstance(cell, str):
            raise CellFault(
                RowCode.R_TYPE, f"{self.label} must be text; format the column as text, so that no zeros are lost."
            )
        return str(super().read(unicodedata.normalize("NFC", cell.strip())))


class KeyPart(Code):
    """A part of the key that is a field of another record: it finds, and writes nothing."""

    def __init__(self, attribute: str, **options: Any) -> None:
        super().__init__(attribute, virtual=True, **options)


class Email(Code):
    """An e-mail address, kept in lower case."""

    type_name = "e-mail"
    fault = RowCode.R_EMAIL

    def read(self, cell: CellValue) -> str:
        return str(super().read(text_of(cell).lower()))


class WebAddress(Text):
    type_name = "web address"
    fault = RowCode.R_URL
