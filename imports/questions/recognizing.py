"""Which format a question file is in, decided by what stands in it, and its questions one by one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from django.conf import settings

from imports.codes import FileCode, FileRefused
from imports.guard.content import OLE_MAGIC, ZIP_MAGICS, binary_kind
from imports.questions.aiken import read_aiken
from imports.questions.elements import root_name
from imports.questions.gift import read_gift
from imports.questions.moodle_xml import read_moodle_xml
from imports.questions.package import Reader, read_package
from imports.questions.parsed import ParsedQuestion, Verdict
from imports.questions.qti1 import read_qti1
from imports.questions.qti2 import read_qti2
from imports.readers.encodings import text_encoding

GIFT, AIKEN, MOODLE_XML, QTI1, QTI2, PACKAGE = "gift", "aiken", "moodle-xml", "qti-1.2", "qti-2", "package"
FORMATS = {
    GIFT: "GIFT",
    AIKEN: "Aiken",
    MOODLE_XML: "Moodle XML",
    QTI1: "QTI 1.2",
    QTI2: "QTI 2.1",
    PACKAGE: "QTI package",
}
ROOTS: dict[str, tuple[str, Reader]] = {
    "quiz": (MOODLE_XML, read_moodle_xml),
    "questestinterop": (QTI1, read_qti1),
    "assessmentItem": (QTI2, read_qti2),
    "assessmentTest": (QTI2, read_qti2),
}
HEAD_BYTES = 4_096
SAMPLE_LINES = 20_000
ANSWER_LINE = re.compile(r"\s*ANSWER\s*:", re.IGNORECASE)
CHOICE_LINE = re.compile(r"\s*[A-Z][).]\s*\S")
BRACE = re.compile(r"(?<!\\)[{}]")
MARKUP = re.compile(
    rb"\s*<(\?xml|!DOCTYPE|!--|([\w.-]+:)?(quiz|questestinterop|assessment(Item|Test)|qti-assessment-))"
)
TEXTS = frozenset({"an XML document", "an HTML page"})


class QuestionFile:
    """A file whose format is known; `verdicts` reads it, as often as one likes."""

    def __init__(self, path: Path, *, encoding: str = "") -> None:
        """Raises `FileRefused` for what is no question file, or none that may be opened."""
        self._path = path
        self.encoding = ""
        head = _head(path)
        if head.startswith(ZIP_MAGICS):
            self.format = PACKAGE
        elif _is_markup(head):
            self.format, self._reader = _xml_format(path)
        else:
            self.encoding = text_encoding(path, encoding)
            self.format = self._text_format()

    def verdicts(self) -> Iterator[Verdict]:
        """Every question, read or not. Raises `FileRefused` for a file that breaks off, or holds too many."""
        questions = answers = 0
        for verdict in self._read():
            questions += 1
            answers += len(verdict.answers) if isinstance(verdict, ParsedQuestion) else 0
            if questions > settings.IMPORT_MAX_QUESTIONS or answers > settings.IMPORT_MAX_ROWS:
                text = (
                    f"The file has more than {settings.IMPORT_MAX_QUESTIONS:,} questions. Split it into smaller files."
                )
                raise FileRefused.because(FileCode.E_TOO_MANY_ROWS, text)
            yield verdict
        if not questions:
            raise FileRefused.because(FileCode.E_NO_ROWS, "The file holds no questions.")

    def _read(self) -> Iterator[Verdict]:
        if self.format == PACKAGE:
            yield from read_package(self._path, {root: reader for root, (_, reader) in ROOTS.items()})
        elif self.encoding:
            with self._lines() as lines:
                yield from (read_aiken if self.format == AIKEN else read_gift)(lines)
        else:
            with self._path.open("rb") as stream:
                yield from self._reader(stream)

    @contextmanager
    def _lines(self) -> Iterator[IO[str]]:
        with self._path.open(encoding=self.encoding) as lines:
            yield lines

    def _text_format(self) -> str:
        """Aiken names its answers, GIFT puts them in braces."""
        with self._lines() as lines:
            sample = list(islice(lines, SAMPLE_LINES))
        braces = sum(1 for line in sample if BRACE.search(line))
        named = sum(1 for line in sample if ANSWER_LINE.match(line))
        if named and named >= braces:
            return AIKEN
        if braces or any(line.lstrip().startswith(("::", "//", "$CATEGORY:")) for line in sample):
            return GIFT
        if sum(1 for line in sample if CHOICE_LINE.match(line)) > 1:
            return AIKEN
        raise _no_questions()


def _no_questions() -> FileRefused:
    known = "GIFT, Aiken, Moodle XML, QTI 1.2 or QTI 2.1"
    return FileRefused.because(
        FileCode.E_UNSUPPORTED, f"The file holds no questions in a format that is read: {known}."
    )


def _head(path: Path) -> bytes:
    size, most = path.stat().st_size, settings.IMPORT_MAX_QUESTION_BYTES
    if not size:
        raise FileRefused.because(FileCode.E_EMPTY, "The file is empty.")
    if size > most:
        text = f"The file has {size:,} bytes; question files may have {most:,}. Split it into smaller files."
        raise FileRefused.because(FileCode.E_TOO_LARGE, text)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(OLE_MAGIC) or ((kind := binary_kind(head)) and kind not in TEXTS):
        raise _no_questions()
    return head


def _is_markup(head: bytes) -> bool:
    """Whether XML begins here; a question of a text file may begin with a tag as well."""
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        head = head.removeprefix(mark)
    return MARKUP.match(head.replace(b"\0", b"")) is not None


def _xml_format(path: Path) -> tuple[str, Reader]:
    with path.open("rb") as stream:
        root = root_name(stream)
    if root in {"qti-assessment-item", "qti-assessment-test"}:
        raise FileRefused.because(FileCode.E_UNSUPPORTED, "The file is in QTI 3; export it as QTI 2.1 or 1.2.")
    if root not in ROOTS:
        raise _no_questions()
    return ROOTS[root]
