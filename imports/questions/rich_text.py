"""HTML as plain text, by one rule for every format.

Paragraphs, list items and table rows become lines, cells are parted by " | ", links keep their address in parentheses,
raised and lowered digits become ² and ₂. Pictures, sound, video, formulas in MathML and form fields cannot be kept:
they make a question one that cannot be imported.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Self

from imports.questions.parsed import CannotRead

TAG = re.compile(r"""</?([a-zA-Z][a-zA-Z0-9:-]*+)((?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""")
ATTRIBUTE = re.compile(r"""([a-zA-Z][a-zA-Z-]*+)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
MARKUP = re.compile(rf"<!--|{TAG.pattern}")
COMMENT_END = "-->"
MOST_TAGS = 2_000
BLOCK_NAMES = """
address article aside blockquote dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr
legend li main nav ol p pre section summary table tbody tfoot thead tr ul
"""
BLOCKS = frozenset(BLOCK_NAMES.split())
CELLS = frozenset({"td", "th"})
SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "link", "meta"})
CANNOT_BE_KEPT = {
    **dict.fromkeys(("img", "image", "picture", "svg", "canvas", "map"), "a picture"),
    **dict.fromkeys(("audio", "video", "embed", "object", "iframe", "applet", "source"), "a media file"),
    **dict.fromkeys(("math",), "a formula in MathML"),
    **dict.fromkeys(("input", "select", "textarea", "button"), "a form field"),
}
MARKDOWN_PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}+\]\(")
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
SPACES = re.compile(r"[ \t\n\r\f\v\u00a0]+")


class PlainText:
    """Takes a page apart as it comes, tag by tag and text by text."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._silent = 0
        self._preformatted = 0
        self._links: list[tuple[str, int]] = []
        self._shift: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Raises `CannotRead` for what no text can say."""
        if name in CANNOT_BE_KEPT:
            raise CannotRead(f"It holds {CANNOT_BE_KEPT[name]}, which cannot be imported.")
        if name in SILENT:
            self._silent += 1
        elif name == "br" or name in BLOCKS:
            self._break()
            self._preformatted += name == "pre"
            if name == "li":
                self._line.append("- ")
        elif name in CELLS and self._line:
            self._line.append(" | ")
        elif name in {"sup", "sub"}:
            self._shift.append(name)
        elif name == "a":
            address = attributes.get("href", "").strip()
            if "@@pluginfile@@" in address.lower():
                raise CannotRead("It holds a link to a file of its own, which cannot be imported.")
            self._links.append((address, len(self._line)))

    def end(self, name: str) -> None:
        if name in SILENT:
            self._silent = max(0, self._silent - 1)
        elif name in BLOCKS:
            self._break()
            if name == "pre":
                self._preformatted = max(0, self._preformatted - 1)
        elif name in {"sup", "sub"} and self._shift:
            self._shift.pop()
        elif name == "a" and self._links:
            address, since = self._links.pop()
            shown = "".join(self._line[since:]).strip()
            if address.startswith(("http://", "https://", "mailto:")) and shown not in address:
                self._line.append(f" ({address})")

    def text(self, text: str) -> None:
        if self._silent or not text:
            return
        if self._shift:
            text = _shifted(text, self._shift[-1])
        if self._preformatted:
            first, *others = text.split("\n")
            self._line.append(first)
            for other in others:
                self._break()
                self._line.append(other)
        else:
            self._line.append(SPACES.sub(" ", text))

    def written(self, html: str) -> Self:
        """Everything that stands in a piece of HTML."""
        for text, name, attributes in _pieces(html):
            if name.startswith("/"):
                self.end(name[1:])
            elif name:
                self.start(name, attributes)
                if name in SILENT and name in {"link", "meta"}:
                    self.end(name)
            else:
                self.text(text)
        return self

    def result(self) -> str:
        self._break()
        return "\n".join(self._lines)

    def _break(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        if self._preformatted or (line := SPACES.sub(" ", line).strip()):
            self._lines.append(line)
        self._links = [(address, 0) for address, _ in self._links]


def _shifted(text: str, way: str) -> str:
    table, sign = (RAISED, "^") if way == "sup" else (LOWERED, "_")
    bare = text.strip()
    if not bare:
        return text
    if all(ord(char) in table for char in bare):
        return bare.translate(table)
    return f"{sign}{bare}" if len(bare) == 1 else f"{sign}({bare})"


def _pieces(html: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Text, or a tag with its name (a closing one begins with a slash) and its attributes."""
    if html.count("<") > MOST_TAGS:
        raise CannotRead(f"One of its texts has more than {MOST_TAGS:,} tags.")
    at = 0
    while (found := MARKUP.search(html, at)) is not None:
        if found.start() > at:
            yield unescape(html[at : found.start()]), "", {}
        at, name = found.end(), (found[1] or "").lower()
        if not name:
            end = html.find(COMMENT_END, at)
            at = end + len(COMMENT_END) if end >= 0 else len(html)
        elif html[found.start() + 1] == "/":
            yield "", f"/{name}", {}
        else:
            yield "", name, _attributes(found[2])
            if name in {"script", "style"}:
                end = html.lower().find(f"</{name}", at)
                at = end if end >= 0 else len(html)
    if at < len(html):
        yield unescape(html[at:]), "", {}


def _attributes(text: str) -> dict[str, str]:
    return {found[1].lower(): unescape(found[2].strip("\"'")) for found in ATTRIBUTE.finditer(text)}


def from_html(html: str) -> str:
    """The plain text of a piece of HTML. Raises `CannotRead` for what no text can say."""
    return PlainText().written(html).result()


def from_automatic(text: str) -> str:
    """Text whose line breaks count, and which may hold tags."""
    return "\n".join(filter(None, (from_html(line) for line in text.split("\n")))) if "<" in text else unescape(text)


def as_typed(text: str) -> str:
    """Text that is not marked as HTML. Raises `CannotRead` when it holds a picture all the same."""
    if any(found[1].lower() in CANNOT_BE_KEPT for found in TAG.finditer(text)):
        raise CannotRead("It holds a picture or a media file, which cannot be imported.")
    return text


def refuse_markdown_picture(text: str) -> None:
    if MARKDOWN_PICTURE.search(text):
        raise CannotRead("It holds a picture, which cannot be imported.")
