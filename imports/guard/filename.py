"""The name a file was uploaded under: only ever shown, never used to store or open anything."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

from imports.codes import FileCode, FileRefused

DISPLAY_CHARACTERS = 100
SUPPORTED = (".csv", ".xlsx")
MACRO_EXTENSIONS = (".xlsm", ".xltm", ".xlam")
PATH_PARTS = re.compile(r"[/\\]|^[A-Za-z]:|^\.\.?$")
ENCODED_TRICK = re.compile(r"%(?:0[0-9a-f]|1[0-9a-f]|7f|2f|5c)", re.IGNORECASE)


def safe_display_name(filename: str, *, supported: Collection[str] = SUPPORTED) -> str:
    """The name without invisible characters, at most 100 characters with its extension kept.

    Raises `FileRefused` with `E_FILENAME` for a name that tries to be a path or hides something, and with
    `E_UNSUPPORTED` (or `E_MACRO`) for an extension that is not imported.
    """
    if PATH_PARTS.search(filename) or "\0" in filename or ENCODED_TRICK.search(filename):
        raise FileRefused.because(
            FileCode.E_FILENAME, "The file name must be a plain name, without folders or hidden characters."
        )
    visible = "".join(" " if char.isspace() else char for char in filename if not _is_invisible(char)).strip()
    name = PurePosixPath(visible)
    if name.name.lower() in supported or not name.stem.strip():
        raise FileRefused.because(FileCode.E_FILENAME, "The file has no name before its extension; give it one.")
    extension = name.suffix.lower()
    if extension in MACRO_EXTENSIONS:
        raise FileRefused.because(
            FileCode.E_MACRO, "The workbook may hold macros; save it as a plain .xlsx workbook and upload that."
        )
    if extension not in supported:
        raise FileRefused.because(
            FileCode.E_UNSUPPORTED,
            f"Files of this kind are not imported; the name must end with {_listed(supported)}.",
            value=visible,
        )
    if len(visible) <= DISPLAY_CHARACTERS:
        return visible
    return visible[: DISPLAY_CHARACTERS - len(extension) - 1] + "…" + name.suffix


def _listed(supported: Collection[str]) -> str:
    *others, last = supported
    return f"{', '.join(others)} or {last}" if others else last


def _is_invisible(char: str) -> bool:
    """Controls, surrogates and formatting characters; the joiner inside emoji is left alone."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char != "\u200d" and not char.isspace()
