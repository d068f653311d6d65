"""The files in a zip: which of them are there, which its manifest wants read, and each as a table."""

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from zipfile import Path as Member
from zipfile import ZipFile

from imports.codes import FileCode, FileRefused
from imports.guard import refuse_dangerous_member
from imports.readers import CsvTable

MANIFEST = "manifest.csv"
VERSIONS = ("1.1", "1.2")
MOST_MANIFEST_BYTES = 64 * 1024


def members_of(archive: ZipFile) -> dict[str, Member]:
    """The CSV files by their names in lower case, in whatever folder they lie, and what else there is."""
    found: dict[str, Member] = {}
    for info in archive.infolist():
        name = PurePosixPath(info.filename).name.lower()
        if info.is_dir() or name.startswith((".", "._")) or info.filename.startswith("__MACOSX/"):
            continue
        if name in found:
            raise FileRefused.because(
                FileCode.E_ARCHIVE_UNSAFE, f"The file holds {name} twice, in two folders; keep one of them."
            )
        found[name] = Member(archive, info.filename)
    return found


def wanted_members(members: Mapping[str, Member]) -> set[str]:
    """The names of the members to read. Raises `FileRefused` where a manifest names what is not there."""
    if MANIFEST not in members:
        return set(members)
    facts = _manifest(members[MANIFEST])
    version = facts.get("oneroster.version", "")
    if version not in VERSIONS:
        known = " and ".join(VERSIONS)
        raise FileRefused.because(
            FileCode.E_UNSUPPORTED, f"The manifest does not name a version that is read; {known} are.", value=version
        )
    said = {f"{key.removeprefix('file.')}.csv": value for key, value in facts.items() if key.startswith("file.")}
    missing = sorted(name for name, value in said.items() if value != "absent" and name not in members)
    if missing:
        text = f"The manifest names {', '.join(missing)[:200]}, which the zip does not hold."
        raise FileRefused.because(FileCode.E_ARCHIVE_CORRUPT, text)
    return {name for name in members if said.get(name) != "absent"} - {MANIFEST}


def table_in(member: Member, known_headers: Collection[str], ignore_headers: Collection[str] = ()) -> CsvTable:
    """One file of the zip, read like any other. Raises `FileRefused` with its name."""
    try:
        refuse_dangerous_member(member)
        return CsvTable(member, known_headers=known_headers, ignore_headers=ignore_headers)
    except FileRefused as refused:
        raise refused.in_sheet(member.name) from None


def headers_of(member: Member) -> tuple[str, ...]:
    """The first line of a file in a zip, as far as it can be read without a doubt."""
    with member.open("rb") as stream:
        head = stream.readline(MOST_MANIFEST_BYTES).decode("utf-8-sig", "replace")
    delimiter = max(",;\t|", key=head.count)
    return tuple(next(csv.reader(io.StringIO(head), delimiter=delimiter), ()))


def _manifest(member: Member) -> dict[str, str]:
    """Its properties, the names of them in lower case."""
    with member.open("rb") as stream:
        text = stream.read(MOST_MANIFEST_BYTES).decode("utf-8-sig", "replace")
    lines = csv.reader(io.StringIO(text, newline=""))
    return {cells[0].strip().lower(): cells[1].strip().lower() for cells in lines if len(cells) > 1}
