"""A zip of CSV files from another platform: small, plain, intact, and with nothing in it that is an archive again."""

from pathlib import Path
from zipfile import Path as Member

from imports.codes import FileCode, FileRefused
from imports.guard.archive import CONTENT_TYPES, open_archive, refuse_dangerous_archive
from imports.guard.content import OLE_MAGIC, ZIP_MAGICS, binary_kind, refuse_size

ARCHIVES = (*ZIP_MAGICS, OLE_MAGIC, b"\x1f\x8b", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ")
HEAD_BYTES = 512


def refuse_dangerous_zip(path: Path) -> None:
    """Raises `FileRefused` unless it is a zip that can be opened without a doubt."""
    refuse_size(path.stat().st_size)
    with path.open("rb") as stream:
        if not stream.read(4).startswith(ZIP_MAGICS):
            text = "The name says .zip, but the content is no ZIP archive; pack the files again."
            raise FileRefused.because(FileCode.E_TYPE_MISMATCH, text)
    refuse_dangerous_archive(path, workbook=False)
    with open_archive(path) as archive:
        if CONTENT_TYPES in archive.namelist():
            text = "The name says .zip, but the content is an Office document; give it its own name again."
            raise FileRefused.because(FileCode.E_TYPE_MISMATCH, text)
        for entry in archive.infolist():
            with archive.open(entry) as part:
                if part.read(HEAD_BYTES).startswith(ARCHIVES):
                    text = "The file holds an archive inside the archive and is not opened."
                    raise FileRefused.because(FileCode.E_ARCHIVE_UNSAFE, text, value=entry.filename)


def refuse_dangerous_member(member: Member) -> None:
    """Raises `FileRefused` unless one file of the zip is text of a bearable size."""
    refuse_size(member.root.getinfo(member.at).file_size)
    with member.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if really := binary_kind(head):
        text = f"The name says .csv, but the content is {really}; save it as a real CSV file."
        raise FileRefused.because(FileCode.E_TYPE_MISMATCH, text)
