"""The codes and messages every import door speaks: stable names, each with a sentence for a person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

VALUE_CHARACTERS = 80
# Controls other than TAB, LF and CR, and the bidirectional overrides and isolates.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class FileCode(StrEnum):
    """Why a whole file is refused."""

    E_EMPTY = "E_EMPTY"
    E_NO_ROWS = "E_NO_ROWS"
    E_ENCODING = "E_ENCODING"
    E_DIALECT = "E_DIALECT"
    E_QUOTE = "E_QUOTE"
    E_HEADER_MISSING = "E_HEADER_MISSING"
    E_HEADER_DUP = "E_HEADER_DUP"
    E_HEADER_FORBIDDEN = "E_HEADER_FORBIDDEN"
    E_TOO_MANY_ROWS = "E_TOO_MANY_ROWS"
    E_TOO_MANY_COLS = "E_TOO_MANY_COLS"
    E_CELL_TOO_LONG = "E_CELL_TOO_LONG"
    E_TOO_LARGE = "E_TOO_LARGE"
    E_ARCHIVE_BOMB = "E_ARCHIVE_BOMB"
    E_ARCHIVE_CORRUPT = "E_ARCHIVE_CORRUPT"
    E_ARCHIVE_UNSAFE = "E_ARCHIVE_UNSAFE"
    E_XML_ENTITY = "E_XML_ENTITY"
    E_MACRO = "E_MACRO"
    E_ENCRYPTED = "E_ENCRYPTED"
    E_UNSUPPORTED = "E_UNSUPPORTED"
    E_TYPE_MISMATCH = "E_TYPE_MISMATCH"
    E_SHEET = "E_SHEET"
    E_MERGED = "E_MERGED"
    E_FILENAME = "E_FILENAME"
    E_DENIED = "E_DENIED"


class RowCode(StrEnum):
    """Why one row cannot be imported."""

    R_REQUIRED = "R_REQUIRED"
    R_TYPE = "R_TYPE"
    R_NUMBER = "R_NUMBER"
    R_DATE = "R_DATE"
    R_BOOL = "R_BOOL"
    R_CHOICE = "R_CHOICE"
    R_RANGE = "R_RANGE"
    R_TOO_LONG = "R_TOO_LONG"
    R_URL = "R_URL"
    R_EMAIL = "R_EMAIL"
    R_RULE = "R_RULE"
    R_FK_MISSING = "R_FK_MISSING"
    R_DUP_IN_FILE = "R_DUP_IN_FILE"
    R_CYCLE = "R_CYCLE"
    R_RAGGED = "R_RAGGED"
    R_QUOTE = "R_QUOTE"
    R_CONTROL_CHARS = "R_CONTROL_CHARS"
    R_FORMULA = "R_FORMULA"
    R_CELL_ERROR = "R_CELL_ERROR"
    R_DENIED = "R_DENIED"
    R_CONFLICT = "R_CONFLICT"


class WarningCode(StrEnum):
    """What a person should know, and what stops nothing."""

    W_FORMULA = "W_FORMULA"
    W_HIDDEN = "W_HIDDEN"
    W_UNKNOWN_COLUMN = "W_UNKNOWN_COLUMN"
    W_ENCODING = "W_ENCODING"
    W_LOST_DIGITS = "W_LOST_DIGITS"
    W_RULE = "W_RULE"


@dataclass(frozen=True, slots=True)
class Message:
    """One finding: `line` as an editor shows it, `column` as the file's header spells it.

    `sheet` is the table of a composite file it is about; where there is but one, nothing is said of it.
    """

    code: str
    text: str
    line: int | None = None
    column: str = ""
    value: str = ""
    sheet: str = ""

    def as_json(self) -> dict[str, object]:
        place = {"sheet": self.sheet} if self.sheet else {}
        return {
            **place,
            "line": self.line,
            "column": self.column,
            "code": str(self.code),
            "message": self.text,
            "value": cut(self.value),
        }


class FileRefused(Exception):
    """The whole file is refused, for at least one reason."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(" ".join(message.text for message in messages))
        self.messages = list(messages)

    @classmethod
    def because(cls, code: FileCode, text: str, *, line: int | None = None, column: str = "", value: str = "") -> Self:
        return cls([Message(code, text, line, column, visible(value))])

    def in_sheet(self, sheet: str) -> Self:
        """The same about one table of several."""
        return type(self)(in_sheet(self.messages, sheet))


def in_sheet(messages: Sequence[Message], sheet: str) -> list[Message]:
    return [replace(message, sheet=sheet) for message in messages]


def cut(text: str) -> str:
    """At most 80 characters, with an ellipsis where something is left out."""
    return text if len(text) <= VALUE_CHARACTERS else text[: VALUE_CHARACTERS - 1] + "…"


def spelled(text: str) -> str:
    """The text with its control characters written as escapes: PostgreSQL stores no NUL, and a screen shows none."""
    return CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def visible(text: str) -> str:
    """The beginning of a text as a message may show it."""
    return cut(spelled(text[: 2 * VALUE_CHARACTERS]))
