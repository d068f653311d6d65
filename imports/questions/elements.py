"""XML as a stream of small trees: one for each question, never one for the whole file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.parsers.expat import ExpatError, errors

from imports.codes import FileCode, FileRefused
from imports.markup import feed, local_name, new_parser

DEEPEST = 100
MOST_CHARACTERS = 1_000_000
MOST_ELEMENTS = 20_000
MOST_IN_FILE = 1_000_000
NOT_COLLECTED = frozenset({"file", "image_base64"})
ENCODING_ERRORS = frozenset(
    errors.codes[message] for message in (errors.XML_ERROR_UNKNOWN_ENCODING, errors.XML_ERROR_INCORRECT_ENCODING)
)


class Element:
    """An element with what stands in it, in its order; names come without prefixes."""

    __slots__ = ("attributes", "content", "is_cut", "line", "name")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.content: list[str | Element] = []
        self.is_cut = False

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()

    @property
    def elements(self) -> list[Element]:
        return [part for part in self.content if isinstance(part, Element)]

    def first(self, *path: str) -> Element | None:
        """The first element along a path of children."""
        found: Element | None = self
        for name in path:
            found = next((child for child in found.elements if child.name == name), None) if found else None
        return found

    def each(self, name: str) -> list[Element]:
        return [child for child in self.elements if child.name == name]

    def below(self, *names: str) -> Iterator[Element]:
        """Every element of these names, however deep, in the order of the file; what is inside them is not searched."""
        waiting = list(reversed(self.elements))
        while waiting:
            element = waiting.pop()
            if element.name in names:
                yield element
            else:
                waiting.extend(reversed(element.elements))

    @property
    def text(self) -> str:
        """All text in it, without the blanks around it."""
        return "".join(self._texts()).strip()

    def _texts(self) -> Iterator[str]:
        waiting: list[str | Element] = list(reversed(self.content))
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                yield part
            else:
                waiting.extend(reversed(part.content))


class _Trees:
    """Builds a tree for each element of the wanted names, and lets go of everything else."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted
        self.done: list[Element] = []
        self.open: list[Element] = []
        self.depth = 0
        self.characters = 0
        self.count = 0
        self.total = 0
        self.silent = 0
        self.parser = new_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FileRefused.because(
                FileCode.E_UNSUPPORTED,
                f"Line {self.parser.CurrentLineNumber:,} is nested deeper than {DEEPEST} levels, which no question is.",
                line=self.parser.CurrentLineNumber,
            )
        name = local_name(name)
        if not self.open and name not in self.wanted:
            return
        self.total += 1
        if self.total > MOST_IN_FILE:
            raise FileRefused.because(
                FileCode.E_TOO_MANY_ROWS,
                f"The file has more than {MOST_IN_FILE:,} elements. Split it into smaller files.",
            )
        if attributes:
            attributes = {local_name(key): value for key, value in attributes.items()}
        element = Element(name, attributes, self.parser.CurrentLineNumber)
        self.silent += name in NOT_COLLECTED
        self._count(sum(map(len, attributes.values())) if attributes else 0)
        if self.open and not self.open[0].is_cut:
            self.open[-1].content.append(element)
        self.open.append(element)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if not self.open:
            return
        self.silent -= local_name(name) in NOT_COLLECTED
        element = self.open.pop()
        if not self.open:
            self.done.append(element)
            self.characters = self.count = 0

    def _text(self, text: str) -> None:
        if not self.open or self.silent or self.open[0].is_cut:
            return
        self._count(len(text))
        content = self.open[-1].content
        if content and isinstance(content[-1], str):
            content.append(content.pop() + text)  # type: ignore[operator]
        else:
            content.append(text)

    def _count(self, characters: int) -> None:
        self.characters += characters
        self.count += 1
        if self.open and (self.characters > MOST_CHARACTERS or self.count > MOST_ELEMENTS):
            self.open[0].is_cut = True
            self.open[0].content.clear()


def trees(stream: IO[bytes], *wanted: str) -> Iterator[Element]:
    """Each element of these names as soon as it has ended. Raises `FileRefused` for XML that cannot be read.

    A tree that is larger than a question can be is empty and says `is_cut`.
    """
    building = _Trees(frozenset(wanted))
    try:
        for _ in feed(building.parser, stream):
            yield from building.done
            building.done.clear()
    except (ExpatError, LookupError, ValueError) as error:
        raise _refusal(error, building.parser.ErrorLineNumber) from error


def _refusal(error: Exception, line: int) -> FileRefused:
    if not isinstance(error, ExpatError) or error.code in ENCODING_ERRORS:
        return FileRefused.because(
            FileCode.E_ENCODING, "The encoding that the XML declares cannot be read. Save it as UTF-8.", line=line or 1
        )
    what = errors.messages.get(error.code, "not well-formed")
    return FileRefused.because(
        FileCode.E_UNSUPPORTED, f"The XML is broken on line {line:,}: {what}. Export it again.", line=line
    )


def root_name(stream: IO[bytes]) -> str:
    """The name of the first element. Raises `FileRefused` for XML that cannot be read so far."""
    found: list[str] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, _attributes: found.append(local_name(name))
    try:
        for _ in feed(parser, stream):
            if found:
                break
    except (ExpatError, LookupError, ValueError) as error:
        if not found:
            raise _refusal(error, parser.ErrorLineNumber) from error
    return found[0] if found else ""
