"""Setting one line of text: which font has which character, and in which order runs of two directions stand."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from apps.records.rules import RuleBroken

FOLDER = Path(__file__).parents[1] / "fonts"
SERIF, SANS = "NotoSerif-Regular.ttf", "NotoSans-Regular.ttf"
FALLBACKS = (
    "NotoNaskhArabic-Regular.ttf",
    "NotoSerifDevanagari-Regular.ttf",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    SANS,
)
FOLLOWS = frozenset("MZPNC")
"""Classes of characters that look right in the font of the letter before them: marks, blanks, signs and numerals."""
JOINERS = "\u200c\u200d"


class Unwritable(RuleBroken):
    """No font of ours has these letters; what they stand in is kept, but cannot be drawn."""


@dataclass(frozen=True)
class Run:
    """Characters in one font and one direction, in the order in which they are read."""

    text: str
    font: str
    is_right_to_left: bool


@cache
def characters_of(font: str) -> frozenset[int]:
    with TTFont(FOLDER / font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def writable(text: str, font: str) -> str:
    """The text without control characters, and without symbols that no font has. Raises `Unwritable` for letters."""
    kept, missing = [], []
    for character in unicodedata.normalize("NFC", " ".join(text.split())):
        kind = unicodedata.category(character)
        if character in JOINERS or any(ord(character) in characters_of(one) for one in (font, *FALLBACKS)):
            if kind not in ("Cc", "Cf") or character in JOINERS:
                kept.append(character)
        elif kind[0] not in ("S", "C") and not unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
            missing.append(character)
    if missing:
        letters = ", ".join(dict.fromkeys(missing))
        raise Unwritable(f"“{text}” cannot be drawn: no font here has {letters}. The certificate itself stands.")
    return "".join(kept)


def in_visual_order(text: str, font: str, *, is_right_to_left: bool = False) -> list[Run]:
    """The runs of a line from left to right, as Unicode's rule L2 orders them."""
    base = TextDirection.RTL if is_right_to_left else TextDirection.LTR
    characters = BidiParagraph(text=text, base_direction=base, preserve_bn_chars=True).characters
    leveled = zip(characters, _fonts_of([one.character for one in characters], font), strict=True)
    runs = [
        (level, Run("".join(character.character for character, _ in group), name, level % 2 == 1))
        for (level, name), group in groupby(leveled, key=lambda pair: (pair[0].embedding_level, pair[1]))
    ]
    return [run for _, run in _reordered(runs)]


def _fonts_of(characters: Sequence[str], font: str) -> Iterator[str]:
    current = font
    for character in characters:
        follows = unicodedata.category(character)[0] in FOLLOWS
        if not (follows and (character in JOINERS or ord(character) in characters_of(current))):
            current = next(one for one in (font, *FALLBACKS) if ord(character) in characters_of(one))
        yield current


def _reordered(runs: list[tuple[int, Run]]) -> list[tuple[int, Run]]:
    levels = [level for level, _ in runs]
    for level in range(max(levels, default=0), 0, -1):
        ordered: list[tuple[int, Run]] = []
        for is_deep, group in groupby(runs, key=lambda pair, least=level: pair[0] >= least):  # type: ignore[misc]
            together = list(group)
            ordered += together[::-1] if is_deep else together
        runs = ordered
    return runs
