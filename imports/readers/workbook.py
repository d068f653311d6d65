"""The parts of a workbook around its cells: which sheets there are, their styles and their shared texts."""

import mmap
import posixpath
import re
import tempfile
from array import array
from collections.abc import Iterator, Sized
from dataclasses import dataclass
from typing import IO
from zipfile import ZipFile

from django.conf import settings

from imports.codes import FileCode, FileRefused
from imports.guard import corrupt
from imports.markup import elements, feed, local_name, new_parser
from imports.readers.number_formats import NumberFormat, read_number_formats

MOST_TEXTS = 5_000_000
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    sheets: tuple[Sheet, ...]
    formats: list[NumberFormat]
    texts_part: str | None
    since_1904: bool

    def visible(self) -> list[Sheet]:
        return [sheet for sheet in self.sheets if not sheet.is_hidden]


def read_workbook(archive: ZipFile) -> Workbook:
    targets = _targets(archive, "")
    main = next((target for kind, target in targets.values() if kind == "officeDocument"), "xl/workbook.xml")
    parts = _targets(archive, main)
    sheets: list[Sheet] = []
    since_1904 = False
    with archive.open(main) as stream:
        for name, attributes in elements(stream):
            if name == "workbookPr":
                since_1904 = attributes.get("date1904", "0") in {"1", "true"}
            elif name == "sheet":
                link = next((value for key, value in attributes.items() if local_name(key) == "id"), "")
                kind, target = parts.get(link, ("", ""))
                if kind == "worksheet":
                    is_hidden = attributes.get("state", "visible") != "visible"
                    sheets.append(Sheet(attributes.get("name", ""), target, is_hidden))
                    _refuse_crowd(sheets)
    by_kind = dict(parts.values())
    formats = read_number_formats(archive, by_kind.get("styles"))
    return Workbook(tuple(sheets), formats, by_kind.get("sharedStrings"), since_1904)


def _targets(archive: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The relations of a part by their id: what they are, and the part they lead to; outside ones are left out."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return {}
    found: dict[str, tuple[str, str]] = {}
    with archive.open(path) as stream:
        for element, attributes in elements(stream):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, target)
                _refuse_crowd(found)
    return found


def _refuse_crowd(listed: Sized) -> None:
    if len(listed) > settings.IMPORT_MAX_ZIP_ENTRIES:
        raise FileRefused.because(FileCode.E_ARCHIVE_BOMB, "The workbook lists too many parts and is not opened.")


class SharedTexts:
    """The texts cells refer to by number, kept in a temporary file so that memory does not grow with them."""

    def __init__(self, archive: ZipFile, part: str | None) -> None:
        self._ends = array("I", [0])
        self._texts: mmap.mmap | bytes = b""
        if part is None:
            return
        with tempfile.TemporaryFile() as file, archive.open(part) as stream:
            for text in _shared_texts(stream):
                content = unescape(text).encode()
                file.write(content)
                self._ends.append(self._ends[-1] + len(content))
                if len(self._ends) > MOST_TEXTS:
                    raise FileRefused.because(FileCode.E_ARCHIVE_BOMB, "The workbook holds too many texts.")
            file.flush()
            if self._ends[-1]:
                self._texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __getitem__(self, at: int) -> str:
        if not 0 <= at < len(self._ends) - 1:
            raise corrupt()
        return self._texts[self._ends[at] : self._ends[at + 1]].decode()


def _shared_texts(stream: IO[bytes]) -> Iterator[str]:
    done: list[str] = []
    for _ in feed(_TextCollector(done).parser, stream):
        yield from done
        done.clear()


class _TextCollector:
    """Gathers the text of each shared string, formatted runs joined, phonetic guides left out."""

    def __init__(self, done: list[str]) -> None:
        self.parser = new_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._done = done
        self._pieces: list[str] = []
        self._size = 0
        self._listening = False
        self._phonetic = False
        self._longest = settings.IMPORT_MAX_CELL_CHARACTERS

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name == "si":
            self._pieces, self._size = [], 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._listening = not self._phonetic

    def _end(self, name: str) -> None:
        name = local_name(name)
        if name == "si":
            self._done.append("".join(self._pieces))
        elif name == "rPh":
            self._phonetic = False
        elif name == "t":
            self._listening = False

    def _text(self, text: str) -> None:
        if self._listening:
            self._size += len(text)
            if self._size > self._longest * 7:  # an escape like _x000D_ is seven characters for one
                raise FileRefused.because(
                    FileCode.E_CELL_TOO_LONG, f"A cell has more than {self._longest:,} characters."
                )
            self._pieces.append(text)


def unescape(text: str) -> str:
    """`_x000D_` is how workbooks write a character XML cannot hold, and `_x005F_` an underscore before such."""
    if "_x" not in text:
        return text
    plain = ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
