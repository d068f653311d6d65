"""XML read as a stream, with no document type, no entities and no way out of the file."""

from collections.abc import Iterator
from typing import IO, Never
from xml.parsers.expat import ParserCreate, XMLParserType

from imports.codes import FileCode, FileRefused

CHUNK = 64 * 1024
LONGEST_TOKEN = 4 * 1024 * 1024

Element = tuple[str, dict[str, str]]


def new_parser() -> XMLParserType:
    """An expat parser that raises `FileRefused` at the first sign of a DTD or an entity."""
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_declaration: object) -> Never:
    raise FileRefused.because(
        FileCode.E_XML_ENTITY, "The file declares a document type or entities, which is never read."
    )


def feed(parser: XMLParserType, stream: IO[bytes]) -> Iterator[None]:
    """Parses chunk by chunk, giving control back after each; one endless tag is not collected in memory."""
    fed = 0
    while chunk := stream.read(CHUNK):
        parser.Parse(chunk)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
            raise FileRefused.because(FileCode.E_ARCHIVE_BOMB, "The file holds an endless tag and is not opened.")
        yield
    parser.Parse(b"", True)  # noqa: FBT003 - expat takes no keyword here
    yield


def local_name(name: str) -> str:
    return name.rpartition(":")[2]


def elements(stream: IO[bytes]) -> Iterator[Element]:
    """Each element as it begins: its name without prefix, and its attributes."""
    found: list[Element] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: found.append((local_name(name), attributes))
    for _ in feed(parser, stream):
        yield from found
        found.clear()
