"""Which encoding a text file is in: UTF-8 and UTF-16 with their mark are read, anything else is asked for."""

import codecs
from pathlib import Path
from zipfile import Path as Member

from imports.codes import CONTROL, FileCode, FileRefused

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "cp1252": "Windows-1252 (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp850": "DOS 850 (Western)",
    "iso-8859-1": "ISO 8859-1 (Latin 1)",
    "iso-8859-2": "ISO 8859-2 (Latin 2)",
    "iso-8859-15": "ISO 8859-15 (Latin 9)",
    "mac-roman": "Macintosh (Western)",
    "shift_jis": "Shift JIS (Japanese)",
    "euc-kr": "EUC-KR (Korean)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
}
EIGHT_BIT_GUESSES = ("cp1252", "cp1250", "cp1251", "mac-roman", "cp850")
PREVIEW_LINES = 5
PREVIEW_CHARACTERS = 200
CHUNK = 1024 * 1024
SAMPLE = 4_096


def text_encoding(path: Path | Member, chosen: str = "") -> str:
    """The encoding to read the whole file with; raises `E_ENCODING` naming line and byte where it does not fit."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    encoding = _normal(chosen) if chosen else _marked_encoding(path, head)
    if encoding.startswith("utf-16") and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, read, ended_in_return = 0, 0, False
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK)
            read += len(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, errors="ignore")
                line = lines + _line_breaks(before, after_return=ended_in_return) + 1
                offset = read - len(error.object) + error.start
                raise _not_decodable(path, encoding, line, offset, error.object[error.start]) from error
            lines += _line_breaks(text, after_return=ended_in_return)
            ended_in_return = text.endswith("\r") if text else ended_in_return
            if not chunk:
                return encoding


def encoding_previews(path: Path | Member) -> list[tuple[str, list[str]]]:
    """Likely encodings of a file that is not UTF-8, each with its doubtful lines as they would read."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    if _looks_like_utf16(head):
        little = head[1::2].count(0) > head[0::2].count(0)
        encoding = "utf-16-le" if little else "utf-16-be"
        text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
        return [(encoding, [line[:PREVIEW_CHARACTERS] for line in text.splitlines()[:PREVIEW_LINES]])]
    doubtful = _doubtful_lines(path)
    previews = []
    for encoding in EIGHT_BIT_GUESSES:
        try:
            lines = [line.decode(encoding)[:PREVIEW_CHARACTERS] for line in doubtful]
        except UnicodeDecodeError:
            continue
        if not any(CONTROL.search(line) for line in lines):
            previews.append((encoding, lines))
    return previews


def _normal(chosen: str) -> str:
    try:
        name = codecs.lookup(chosen).name
    except LookupError:
        name = ""
    for encoding in ENCODINGS:
        if name and name == codecs.lookup(encoding).name:
            return "utf-8-sig" if encoding == "utf-8" else encoding
    if name == "utf-8-sig":
        return name
    raise FileRefused.because(
        FileCode.E_ENCODING, f"This encoding cannot be chosen; choose one of {', '.join(ENCODINGS)}.", value=chosen
    )


def _marked_encoding(path: Path | Member, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefused.because(FileCode.E_ENCODING, "The file is in UTF-32; save it as CSV UTF-8.", line=1)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _looks_like_utf16(head):
        raise FileRefused.because(
            FileCode.E_ENCODING,
            f"The file is not UTF-8: byte {head.index(0)} on line 1 is zero, as in UTF-16 without its mark. "
            f"Save it as CSV UTF-8, or choose the encoding ({_offer(path)}).",
            line=1,
        )
    return "utf-8-sig"


def _looks_like_utf16(head: bytes) -> bool:
    """Every second byte of Western text in UTF-16 is zero; a stray zero byte in UTF-8 is a row's fault."""
    return head.count(0) * 4 > len(head)


def _line_breaks(text: str, *, after_return: bool) -> int:
    breaks = text.count("\n") + text.count("\r") - text.count("\r\n")
    return breaks - 1 if after_return and text.startswith("\n") else breaks


def _not_decodable(path: Path | Member, encoding: str, line: int, offset: int, byte: int) -> FileRefused:
    name = ENCODINGS.get(encoding.removesuffix("-sig"), encoding)
    advice = f"Save it as CSV UTF-8, or choose the encoding ({_offer(path)})." if encoding == "utf-8-sig" else ""
    return FileRefused.because(
        FileCode.E_ENCODING,
        f"The file is not {name}: byte 0x{byte:02X} on line {line:,} (byte {offset:,} of the file) does not fit. "
        f"{advice or 'Choose another encoding, or save it as CSV UTF-8.'}",
        line=line,
        value=f"0x{byte:02X}",
    )


def _offer(path: Path | Member) -> str:
    likely = [ENCODINGS[encoding] for encoding, _ in encoding_previews(path)]
    return f"likely {', '.join(likely[:3])}" if likely else "none of the usual ones fits"


def _doubtful_lines(path: Path | Member) -> list[bytes]:
    found: list[bytes] = []
    with path.open("rb") as stream:
        while len(found) < PREVIEW_LINES and (line := stream.readline(SAMPLE)):
            if not line.isascii():
                found.append(line.rstrip(b"\r\n"))
    return found
