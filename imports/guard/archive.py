"""The ZIP archive around a workbook: its directory is read first, and nothing is unpacked that looks wrong."""

import errno
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers.expat import ExpatError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings

from imports.codes import FileCode, FileRefused
from imports.markup import new_parser

RATIO_FREE_BYTES = 100 * 1024
DIRECTORY_BYTES_PER_ENTRY = 1_024
PROLOG_BYTES = 256 * 1024
CHUNK = 256 * 1024
END_RECORD = struct.Struct("<4s4H2LH")
ZIP64_END_RECORD = struct.Struct("<4sQ2H2L4Q")
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_LOCATOR_BYTES = 20
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
UNSAFE_PATH = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(^|/)\.\.(/|$)|\0")
MACRO_PART = re.compile(r"vbaproject|(^|/)macrosheets/|(^|/)vbadata", re.IGNORECASE)
EMBEDDED_PART = re.compile(r"oleobject|(^|/)embeddings/|(^|/)activex/", re.IGNORECASE)
CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK_TYPE = b"spreadsheetml.sheet.main+xml"
OTHER_DOCUMENTS = (
    (b"ms-excel.sheet.binary", "a binary Excel workbook (.xlsb)"),
    (b"wordprocessingml", "a Word document"),
    (b"presentationml", "a PowerPoint presentation"),
    (b"spreadsheetml.template", "an Excel template"),
)
BROKEN = (BadZipFile, ExpatError, RuntimeError, EOFError, ValueError, LookupError, zlib.error, struct.error)


class _RootReached(Exception):
    """The first element began, so no document type can follow."""


@contextmanager
def open_archive(path: Path) -> Iterator[ZipFile]:
    """The archive; whatever is broken in it becomes `E_ARCHIVE_CORRUPT`."""
    try:
        with ZipFile(path) as archive:
            yield archive
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a full disk is no fault of the file
            raise
        raise corrupt() from error
    except BROKEN as error:
        raise corrupt() from error


def corrupt() -> FileRefused:
    return FileRefused.because(
        FileCode.E_ARCHIVE_CORRUPT, "The file is damaged or incomplete; save it again and upload the new file."
    )


def refuse_dangerous_archive(path: Path, *, workbook: bool = True) -> None:
    """Raises `FileRefused` unless the archive is small, plain and intact (and, if asked, a workbook)."""
    _refuse_large_directory(path)
    with open_archive(path) as archive:
        entries = archive.infolist()
        _refuse_by_directory(entries)
        if workbook:
            _refuse_other_documents(archive)
        for entry in entries:
            _refuse_by_beginning(archive, entry)
        _refuse_by_ratio(entries)
        for entry in entries:
            _read_to_the_end(archive, entry)


def _refuse_large_directory(path: Path) -> None:
    """Before anything lists it: a directory of millions of entries would itself fill the memory."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 65_557))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < ZIP64_LOCATOR_BYTES + ZIP64_END_RECORD.size or len(tail) - at < END_RECORD.size:
        raise corrupt()
    directory_bytes = END_RECORD.unpack_from(tail, at)[5]
    if tail[max(0, at - ZIP64_LOCATOR_BYTES) : at].startswith(ZIP64_LOCATOR):
        directory_bytes = ZIP64_END_RECORD.unpack_from(tail, at - ZIP64_LOCATOR_BYTES - ZIP64_END_RECORD.size)[8]
    if directory_bytes > settings.IMPORT_MAX_ZIP_ENTRIES * DIRECTORY_BYTES_PER_ENTRY:
        raise _bomb("holds too many parts")


def _bomb(what: str) -> FileRefused:
    return FileRefused.because(FileCode.E_ARCHIVE_BOMB, f"The file {what} and is not opened.")


def _unsafe(what: str, part: str = "") -> FileRefused:
    return FileRefused.because(FileCode.E_ARCHIVE_UNSAFE, f"The file {what} and is not opened.", value=part)


def _refuse_by_directory(entries: list[ZipInfo]) -> None:
    most_entries, most_bytes = settings.IMPORT_MAX_ZIP_ENTRIES, settings.IMPORT_MAX_ZIP_BYTES
    if len(entries) > most_entries:
        raise _bomb(f"holds {len(entries):,} parts, more than {most_entries:,},")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > most_bytes:
        raise _bomb(f"would unpack to {unpacked:,} bytes, more than {most_bytes:,},")
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise _unsafe("holds two parts of one name")
    for entry in entries:
        _refuse_entry(entry, entry.orig_filename)


def _refuse_entry(entry: ZipInfo, name: str) -> None:
    if UNSAFE_PATH.search(name):
        raise _unsafe("holds a part with a path outside itself", name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _unsafe("holds a link", name)
    if entry.flag_bits & 0x1:
        raise FileRefused.because(FileCode.E_ENCRYPTED, "The file is password protected; save it without one.")
    if MACRO_PART.search(name):
        raise _macro()
    if EMBEDDED_PART.search(name):
        raise _unsafe("holds an embedded object", name)
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _unsafe("is packed in an unusual way", name)


def _macro() -> FileRefused:
    return FileRefused.because(
        FileCode.E_MACRO, "The file holds macros; save it as a plain .xlsx workbook and upload that."
    )


def _refuse_other_documents(archive: ZipFile) -> None:
    names = set(archive.namelist())
    declared = _beginning(archive, CONTENT_TYPES, 1024 * 1024) if CONTENT_TYPES in names else b""
    declared = declared.replace(b"\0", b"")  # UTF-16 is allowed, and the type names are ASCII
    for mark, really in OTHER_DOCUMENTS:
        if mark in declared:
            raise _not_a_workbook(really)
    if b"macroenabled" in declared.lower() or b"vbaproject" in declared.lower():
        raise _macro()
    if "mimetype" in names and b"opendocument" in _beginning(archive, "mimetype", 200):
        raise _not_a_workbook("an OpenDocument file")
    if WORKBOOK_TYPE not in declared:
        raise _not_a_workbook("a ZIP archive without a workbook")


def _not_a_workbook(really: str) -> FileRefused:
    return FileRefused.because(
        FileCode.E_TYPE_MISMATCH, f"The name says .xlsx, but the content is {really}; save it as an Excel workbook."
    )


def _beginning(archive: ZipFile, name: str, size: int) -> bytes:
    with archive.open(name) as part:
        return part.read(size)


def _refuse_by_beginning(archive: ZipFile, entry: ZipInfo) -> None:
    """A document type can only stand before the first element, so a few bytes of each XML part tell."""
    if entry.is_dir():
        return
    head = _beginning(archive, entry.filename, 4_096)
    if head.startswith(OLE_MAGIC):
        raise _unsafe("holds an embedded object", entry.filename)
    named_xml = entry.filename.lower().endswith((".xml", ".rels"))
    if not named_xml and b"<" not in head[:64]:
        return
    parser = new_parser()
    parser.StartElementHandler = _root_reached
    try:
        with archive.open(entry) as part:
            for _ in range(0, PROLOG_BYTES, 4_096):
                parser.Parse(part.read(4_096))
    except _RootReached:
        return
    except (ExpatError, ValueError, LookupError):
        if not named_xml:
            return
        raise
    raise corrupt()


def _root_reached(_name: str, _attributes: dict[str, str]) -> None:
    raise _RootReached


def _refuse_by_ratio(entries: list[ZipInfo]) -> None:
    most = settings.IMPORT_MAX_ZIP_RATIO
    for entry in entries:
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > most * max(entry.compress_size, 1):
            raise _bomb(f"holds a part that is packed more than {most}:1")


def _read_to_the_end(archive: ZipFile, entry: ZipInfo) -> None:
    """Checks the checksum, so that nothing is planned from a file that breaks off in the middle."""
    with archive.open(entry) as part:
        while part.read(CHUNK):
            pass
