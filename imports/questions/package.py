"""A zipped package: its manifest names the files that hold questions; each is read by its own format."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO
from urllib.parse import unquote
from zipfile import ZipFile

from imports.codes import FileCode, FileRefused
from imports.guard import open_archive, refuse_dangerous_archive
from imports.questions.elements import root_name, trees
from imports.questions.parsed import Unreadable, Verdict

MANIFEST = "imsmanifest.xml"
QUESTION_TYPES = ("imsqti", "assessment/x-bb-qti", "question-bank")
Reader = Callable[[IO[bytes]], Iterator[Verdict]]


def read_package(path: Path, readers: dict[str, Reader]) -> Iterator[Verdict]:
    """The questions of every file the manifest names, in its order. Raises `FileRefused`."""
    refuse_dangerous_archive(path, workbook=False)
    with open_archive(path) as archive:
        for member in _members(archive):
            yield from _read_member(archive, member, readers)


def _members(archive: ZipFile) -> list[str]:
    names = set(archive.namelist())
    manifests = sorted(
        (name for name in names if posixpath.basename(name) == MANIFEST), key=lambda name: name.count("/")
    )
    if not manifests:
        raise FileRefused.because(
            FileCode.E_UNSUPPORTED, f"The archive has no {MANIFEST}, so it is no package of questions."
        )
    folder = posixpath.dirname(manifests[0])
    found: dict[str, None] = {}
    with archive.open(manifests[0]) as stream:
        for resource in trees(stream, "resource"):
            if any(mark in resource.get("type").lower() for mark in QUESTION_TYPES):
                files = [resource.get("href") or resource.get("file")]
                files += [file.get("href") for file in resource.each("file")][: 0 if files[0] else 1]
                for name in filter(None, files):
                    found[posixpath.normpath(posixpath.join(folder, unquote(name)))] = None
    if not found:
        raise FileRefused.because(FileCode.E_UNSUPPORTED, "The manifest of the package names no file with questions.")
    if missing := [name for name in found if name not in names]:
        raise FileRefused.because(
            FileCode.E_ARCHIVE_CORRUPT, "A file that the manifest names is not in the package.", value=missing[0]
        )
    return list(found)


def _read_member(archive: ZipFile, member: str, readers: dict[str, Reader]) -> Iterator[Verdict]:
    with archive.open(member) as stream:
        root = root_name(stream)
    if root == "assessmentTest":  # it only says in which order items of the package come
        return
    if root not in readers:
        yield Unreadable(
            1, f"The file {member} holds no questions in a format that is read here.", member, source=member
        )
        return
    with archive.open(member) as stream:
        for verdict in readers[root](stream):
            yield replace(verdict, source=member)
