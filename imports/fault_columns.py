"""The columns an errors file adds: how they are called, and how they are recognized when the file comes back."""

import re
from collections.abc import Iterable

from imports.readers.headers import fold_header

ABOUT_THE_ROW = "What is wrong"
MARK = "(what is wrong)"
LINE = re.compile(r"line_of_import_([0-9]{1,18})\Z")


def fault_header(header: str) -> str:
    return f"{header} {MARK}"


def line_header(job_id: int) -> str:
    """The column that says which line of which upload a row stands for."""
    return f"Line of import {job_id}"


def is_line_header(header: str) -> bool:
    return bool(LINE.match(fold_header(header)))


def import_named_by(headers: Iterable[str]) -> int | None:
    """The import whose rows a file with these headers holds, if it is an errors file."""
    return next((int(found[1]) for header in headers if (found := LINE.match(fold_header(header)))), None)


def is_fault_header(header: str) -> bool:
    """Whether the column only says what was wrong and where, so that nobody has to map or to delete it."""
    folded = fold_header(header)
    return folded == fold_header(ABOUT_THE_ROW) or folded.endswith(fold_header(MARK)) or is_line_header(header)
