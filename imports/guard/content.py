"""What a file really is, decided by its first bytes and never by its name alone."""

import mmap
from pathlib import Path
from typing import Literal

from django.conf import settings

from imports.codes import FileCode, FileRefused
from imports.guard.archive import refuse_dangerous_archive
from imports.guard.filename import safe_display_name

FileFormat = Literal["csv", "xlsx"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
KNOWN_MAGICS = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"{\\rtf", "a rich text document"),
)
MARKUP_STARTS = ((b"<!doctype html", "an HTML page"), (b"<html", "an HTML page"), (b"<?xml", "an XML document"))


def refuse_dangerous(path: Path, *, filename: str) -> FileFormat:
    """The file's format, once its name, size, content and (for a workbook) archive were found harmless."""
    safe_display_name(filename)
    refuse_size(path.stat().st_size)
    claimed: FileFormat = "xlsx" if filename.strip().lower().endswith(".xlsx") else "csv"
    with path.open("rb") as stream:
        head = stream.read(512)
    is_archive = head.startswith(ZIP_MAGICS)
    if is_archive and claimed == "xlsx":
        refuse_dangerous_archive(path)
        return "xlsx"
    if head.startswith(OLE_MAGIC):
        raise _ole_refusal(path)
    really = "a ZIP archive, as .xlsx workbooks are" if is_archive else binary_kind(head)
    if claimed == "xlsx":
        really = really or "a text file"
    if really:
        raise FileRefused.because(
            FileCode.E_TYPE_MISMATCH,
            f"The name says .{claimed}, but the content is {really}; save it as a real {claimed.upper()} file.",
        )
    return claimed


def refuse_size(size: int) -> None:
    if size == 0:
        raise FileRefused.because(FileCode.E_EMPTY, "The file is empty.")
    most = settings.IMPORT_MAX_FILE_BYTES
    if size > most:
        raise FileRefused.because(
            FileCode.E_TOO_LARGE,
            f"The file has {size:,} bytes; at most {most:,} are imported. Split it into smaller files.",
        )


def binary_kind(head: bytes) -> str:
    for magic, kind in KNOWN_MAGICS:
        if head.startswith(magic):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for start, kind in MARKUP_STARTS if text.startswith(start)), "")


def _ole_refusal(path: Path) -> FileRefused:
    """An OLE container is an encrypted workbook or a format of before 2007; its directory tells which."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find("EncryptedPackage".encode("utf-16-le")) >= 0
        old_excel = content.find("Workbook".encode("utf-16-le")) >= 0 or content.find("Book".encode("utf-16-le")) >= 0
    if encrypted:
        return FileRefused.because(
            FileCode.E_ENCRYPTED, "The file is password protected; save it without a password and upload that."
        )
    really = "an old Excel workbook (.xls)" if old_excel else "an old Office document"
    return FileRefused.because(
        FileCode.E_TYPE_MISMATCH, f"The content is {really}; open it and save it as .xlsx or as CSV UTF-8."
    )
