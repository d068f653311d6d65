"""Makes the fonts of certificates from those of Debian's fonts-noto-core and fonts-noto-cjk, unpacked in a folder.

.venv/bin/python docs/certificate_fonts.py UNPACKED
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

OUT = Path(__file__).parents[1] / "apps" / "certificates" / "fonts"
LATIN_GREEK_CYRILLIC = (
    (0x20, 0x7E),
    (0xA0, 0x52F),
    (0x1E00, 0x1FFF),
    (0x2000, 0x206F),
    (0x20A0, 0x20BF),
    (0x2116, 0x2122),
)
KANA_AND_WIDE = ((0x3000, 0x30FF), (0xFF00, 0xFFEF))
COMMON_CHINESE = (("gb2312", 0xA1, 0xF8), ("big5", 0xA4, 0xC7), ("euc_kr", 0xA1, 0xC9))
"""Encodings of the common characters, with the first and the last leading byte: simplified, traditional, Korean."""
WHOLE = (
    "NotoNaskhArabic-Regular",
    "NotoSerifDevanagari-Regular",
    "NotoSansHebrew-Regular",
    "NotoSansThai-Regular",
)


def within(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)


def encoded(encoding: str, first: int, last: int) -> Iterator[int]:
    for lead in range(first, last):
        for trail in range(0x40, 0xFF):
            text = bytes([lead, trail]).decode(encoding, errors="ignore")
            if len(text) == 1:
                yield ord(text)


def write(font: TTFont, characters: Iterable[int], name: str) -> None:
    options = Options(layout_features=["*"], hinting=False, name_IDs=["*"], notdef_outline=True, glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set(characters))
    subsetter.subset(font)
    font.save(OUT / name)


def main(folder: Path) -> None:
    truetype = folder / "usr" / "share" / "fonts" / "truetype" / "noto"
    for name in ("NotoSerif-Regular", "NotoSans-Regular"):
        write(TTFont(truetype / f"{name}.ttf"), within(LATIN_GREEK_CYRILLIC), f"{name}.ttf")
    for name in WHOLE:
        font = TTFont(truetype / f"{name}.ttf")
        write(font, font.getBestCmap(), f"{name}.ttf")
    collection = TTCollection(folder / "usr" / "share" / "fonts" / "opentype" / "noto" / "NotoSansCJK-Regular.ttc")
    font = next(font for font in collection.fonts if font["name"].getDebugName(4) == "Noto Sans CJK SC")
    characters = {*within(KANA_AND_WIDE), *(one for facts in COMMON_CHINESE for one in encoded(*facts))}
    write(font, characters, "NotoSansCJKsc-Regular.otf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
