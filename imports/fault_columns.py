"""The columns an errors file adds: how they are called, and how they are recognized when the file comes back."""

import re

from imports.readers.headers import fold_header

ABOUT_THE_ROW = "What is wrong"
MARK = "(what is wrong)"
LINE = re.compile(r"line_of_import_[0-9]+\Z")


def fault_header(header: str) -> str:
    return f"{header} {MARK}"


def line_header(job_id: int) -> str:
    """The column that says which line of which upload a row stands for."""
    return f"Line of import {job_id}"


def is_line_header(header: str) -> bool:
    return bool(LINE.match(fold_header(header)))


def is_fault_header(header: str) -> bool:
    """Whether the column only says what was wrong and where, so that nobody has to map or to delete it."""
    folded = fold_header(header)
    return folded == fold_header(ABOUT_THE_ROW) or folded.endswith(fold_header(MARK)) or is_line_header(header)
