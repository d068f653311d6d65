"""GIFT, the text format of Moodle: blocks parted by blank lines, with the answers in braces.

Text is kept as it is typed; only what is marked [html] is HTML. A text of more than one line keeps its lines.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from imports.questions.complete import (
    MOST_ANSWERS,
    Answered,
    Weighted,
    code_or_nothing,
    complete,
    essay,
    matching,
    multiple_choice,
    points_of,
    short_answer,
    single_choice,
    true_or_false,
)
from imports.questions.parsed import CannotRead, ParsedAnswer, ParsedQuestion, Unreadable, Verdict
from imports.questions.rich_text import as_typed, from_html, refuse_markdown_picture

MOST_BLOCK_CHARACTERS = 500_000
MOST_BLOCK_LINES = 5_000
ESCAPED = "\\~=#{}:n"
# An escaped sign is one of these until the text was taken apart; no character has such a code point.
MARKS = {sign: chr(0xFDD0 + at) for at, sign in enumerate(ESCAPED)}
ESCAPE = re.compile(r"\\([\\~=#{}:n])")
MEANT = str.maketrans({mark: "\n" if sign == "n" else sign for sign, mark in MARKS.items()})
COMMENT_MARK = "\ufde0"
ANY_MARK = re.compile("[\ufdd0-\ufdef]")
NAME = "::"
BLANK = "_____"
GENERAL = "####"
ARROW = "->"
FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,12})?)%")
IN_COMMENT = re.compile(r"\[(id|tag|points):([^\]\x00-\x1f]{1,200})\]")
TRUE, FALSE = frozenset({"t", "true"}), frozenset({"f", "false"})


@dataclass(frozen=True, slots=True)
class Block:
    """The lines between two blank ones, with the escapes replaced by marks and the comments taken out."""

    line: int
    text: str
    notes: dict[str, str]


def read_gift(lines: Iterable[str]) -> Iterator[Verdict]:
    for line, block in _blocks(lines):
        verdict = _read(line, block)
        if verdict is not None:
            yield verdict


def _blocks(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines between two blank ones and the number of the first; one line more than may be, where there are more."""
    block: list[str] = []
    start = 1
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line:
            start = start if block else number
            if len(block) <= MOST_BLOCK_LINES:
                block.append(line)
        elif block:
            yield start, block
            block = []
    if block:
        yield start, block


def _read(line: int, lines: list[str]) -> Verdict | None:
    """The question of one block; None where it holds only comments or names a category."""
    filled = [at for at, text in enumerate(lines) if not text.startswith(("//", "$CATEGORY:"))]
    if not filled:
        return None
    first = line + filled[0]
    try:
        return _question(_block(first, lines, filled[0]))
    except CannotRead as cannot:
        title = _title(lines[filled[0]])[0] or " ".join(lines[at] for at in filled[:3])
        return Unreadable(first, cannot.reason, title[:120], cannot.code)


def _block(line: int, lines: list[str], start: int) -> Block:
    if sum(map(len, lines)) > MOST_BLOCK_CHARACTERS or len(lines) > MOST_BLOCK_LINES:
        raise CannotRead("It is larger than a question can be.")
    comments = [text for text in lines if text.startswith("//")]
    notes = {found[1]: found[2].strip() for text in comments for found in IN_COMMENT.finditer(text)}
    kept = [COMMENT_MARK if text.startswith("//") else text for text in lines[start:]]
    text = "\n".join(kept)
    if ANY_MARK.search(text.replace(COMMENT_MARK, "")):
        raise CannotRead("It holds code points that are no characters; remove them.")
    return Block(line, ESCAPE.sub(lambda found: MARKS[found[1]], text), notes)


def _question(block: Block) -> ParsedQuestion:
    title, text = _title(block.text)
    if "{" not in text and "}" not in text:
        raise CannotRead("It has no answers in braces, so nothing is asked.")
    if text.count("{") != 1 or text.count("}") != 1 or text.index("{") > text.index("}"):
        raise CannotRead(
            "Its braces do not form one pair. Close the brace before the blank line, begin the next question after a "
            "blank line, and write \\{ and \\} for braces that are text."
        )
    before, _, rest = text.partition("{")
    inside, _, after = rest.partition("}")
    inside, _, general = inside.rpartition(GENERAL) if GENERAL in inside else (inside, "", "")
    asked, kind = _formatted(f"{before}{BLANK if after.strip() else ''}{after}", "moodle")
    line = block.line + block.text.count("\n", 0, block.text.rindex("{"))
    question_type, answers, left_out = _answered(inside, kind, line)
    if "tag" in block.notes:
        left_out += ("tags",)
    return complete(
        ParsedQuestion(
            question_type,
            asked,
            answers,
            title=title,
            code=code_or_nothing(block.notes.get("id", "")),
            points=points_of(block.notes.get("points", "")),
            explanation=_formatted(general, kind)[0],
            left_out=left_out,
            line=block.line,
        )
    )


def _title(text: str) -> tuple[str, str]:
    if text.startswith(NAME):
        title, found, rest = text.removeprefix(NAME).partition(NAME)
        if found:
            return _plain(title), rest
    return "", text


def _answered(inside: str, kind: str, line: int) -> Answered:
    """Which type of question it is follows from the signs in the braces."""
    bare = _plain(inside)
    if not bare:
        return essay()
    if inside.lstrip(f"\n {COMMENT_MARK}").startswith("#"):
        raise CannotRead("It asks for a number, which no type of question here does.")
    word = _plain(inside.partition("#")[0]).lower()
    if word in TRUE | FALSE:
        return _true_or_false(inside, kind, line, is_true=word in TRUE)
    pieces = _pieces(inside, line)
    if any(sign == "~" for sign, _, _ in pieces):
        return _choice(pieces, kind)
    with_arrow = [ARROW in text for _, text, _ in pieces]
    if all(with_arrow):
        return matching([_pair(text, kind, at) for _, text, at in pieces])
    if any(with_arrow):
        raise CannotRead("Some of its answers are pairs with an arrow (->) and some are not.")
    return short_answer([_weighted(text, kind, at, Decimal(100)) for _, text, at in pieces])


def _true_or_false(inside: str, kind: str, line: int, *, is_true: bool) -> Answered:
    _, wrong, right = [*inside.split("#", 2), "", ""][:3]
    said_if_wrong, said_if_right = _formatted(wrong, kind)[0], _formatted(right, kind)[0]
    return true_or_false(
        is_true=is_true,
        if_true=said_if_right if is_true else said_if_wrong,
        if_false=said_if_wrong if is_true else said_if_right,
        line=line,
    )


def _pieces(inside: str, line: int) -> list[tuple[str, str, int]]:
    """Each answer with the sign it begins with and its line."""
    places = [found.start() for found in re.finditer("[~=]", inside)]
    if not places or _plain(inside[: places[0]]):
        raise CannotRead("Its answers do not begin with = (right) or ~ (wrong).")
    if len(places) > MOST_ANSWERS:
        raise CannotRead(f"It has {len(places):,} answers; at most {MOST_ANSWERS} are imported.")
    ends = [*places[1:], len(inside)]
    return [
        (inside[start], inside[start + 1 : end], line + inside.count("\n", 0, start))
        for start, end in zip(places, ends, strict=True)
    ]


def _choice(pieces: list[tuple[str, str, int]], kind: str) -> Answered:
    answers = []
    for sign, text, line in pieces:
        if sign == "=" and WEIGHT.match(text.strip()):
            raise CannotRead("A right answer marked with = has a weight as well; write ~ before answers with a weight.")
        answers.append(
            _weighted(text, kind, line, Decimal(0))
            if sign == "~"
            else replace(_weighted(text, kind, line, Decimal(100)), percent=Decimal(100))
        )
    if any(sign == "=" for sign, _, _ in pieces):
        return single_choice(answers)
    return multiple_choice(answers)


def _weighted(text: str, kind: str, line: int, percent: Decimal) -> Weighted:
    text = text.strip()
    if (found := WEIGHT.match(text)) is not None:
        percent, text = Decimal(found[1]), text[found.end() :]
    answer, _, feedback = text.partition("#")
    return Weighted(_formatted(answer, kind)[0], percent, _formatted(feedback, kind)[0], line)


def _pair(text: str, kind: str, line: int) -> ParsedAnswer:
    left, _, right = text.partition(ARROW)
    return ParsedAnswer(_formatted(left, kind)[0], match=_plain(right), line=line)


def _formatted(text: str, kind: str) -> tuple[str, str]:
    """The text as it is meant, and the format it is in, which its answers take over."""
    text = text.strip()
    if (found := FORMAT.match(text)) is not None:
        kind, text = found[1].lower(), text[found.end() :]
    plain = _plain(text)
    if kind == "html":
        return from_html(plain), kind
    if kind == "markdown":
        refuse_markdown_picture(plain)
    return (plain if kind == "plain" else as_typed(plain)), kind


def _plain(text: str) -> str:
    lines = (line.strip() for line in text.split("\n") if line.strip() != COMMENT_MARK)
    return "\n".join(lines).translate(MEANT).strip()
