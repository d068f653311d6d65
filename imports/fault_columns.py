"""The columns an errors file adds: how they are called, and how they are recognized when the file comes back."""

from imports.readers.headers import fold_header

ABOUT_THE_ROW = "What is wrong"
MARK = "(what is wrong)"


def fault_header(header: str) -> str:
    return f"{header} {MARK}"


def is_fault_header(header: str) -> bool:
    """Whether the column only says what was wrong, so that nobody has to map or to delete it."""
    folded = fold_header(header)
    return folded == fold_header(ABOUT_THE_ROW) or folded.endswith(fold_header(MARK))
