"""What is changed at random: files of our own, and the real ones beside the project where they are."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings

from tests.support import question_files
from tests.support.workbooks import row, sheet_xml, text_cell, text_row, workbook_parts, write_archive

MOST_BYTES = 200_000
CSV = 'course_code,title,price\r\nA,"Two\nlines, one comma",49.00\r\nB,Ünïcode 漢,"1.234,50"\r\n'
SHEET = sheet_xml(
    text_row(1, "course_code", "title", "price"),
    row(2, text_cell("A2", "A"), '<c r="B2" t="s"><v>0</v></c><c r="C2" s="1"><f>1</f><v>46082.5</v></c>'),
    before='<cols><col min="2" max="2" hidden="1"/></cols>',
    after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
)
WORKBOOK = workbook_parts(
    {"Courses": SHEET},
    styles='<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    shared="<sst><si><t>shared _x000D_</t></si></sst>",
)
REAL = {
    "csv": ("bad_inputs/*.csv", "lms_samples/*.csv"),
    "xlsx": ("bad_inputs/*.xlsx",),
    "gift": ("lms_samples/*.gift*",),
    "aiken": ("lms_samples/*aiken*",),
    "xml": ("lms_samples/*.xml",),
}
BLANKS = (b"\t", b"\r", b"\n", b"\n\n", b"\0", b" ", b"\xe2\x80\xa8", b"\xef\xb7\x90", b"\xef\xbb\xbf", b"\xff\xfe")
IN_CSV = b""" " "" , ; | sep=; =1+1 1e309 "," """
IN_WORKBOOK = b"""
< > &x; <!DOCTYPE r="XFD1048576" t="s" <v>1e308</v> ]]> <c> </row> <row r="0"> <f> <mergeCell ref="A1:XFD9"/> _x0000_
"""
IN_GIFT = b"""
{ } ~ = # #### -> \\ \\\\ %50% %-100% %999% :: // [html] [plain] [markdown] * <img> < & <pre> [points:1e9] [id:a]
$CATEGORY: TRUE F {} ![x](y)
"""
IN_AIKEN = b"A) a) B. ANSWER: answer:A ANSWER:AB Z) ANSWER"
IN_XML = b"""
< > &amp; &#0; &#xFFFF; &lt;b <![CDATA[ ]]> <!-- --> <!DOCTYPE " ' <item> </item> <question> <assessmentItem> <not> <or>
fraction="NaN" fraction="1e999" &lt;pre&gt; &lt;a&#32;href=' &lt;sup&gt; &lt;/sup&gt; &lt;img&gt; Infinity -1 1e400 0.5
<file/> &lt;!-- <mapping> <varequal> SCORE.max Multiple <simpleChoice> <text> </text> encoding="utf-16" encoding="big5"
"""
TOKENS: Mapping[str, tuple[bytes, ...]] = {
    kind: (*BLANKS, *words.split())
    for kind, words in {
        "csv": IN_CSV,
        "xlsx": IN_WORKBOOK,
        "gift": IN_GIFT,
        "aiken": IN_AIKEN,
        "xml": IN_XML,
        "package": b"PK\x03\x04 PK\x05\x06 PK\x01\x02 ../ \xff\xff\xff\xff",
    }.items()
}


def folder_of_real_files() -> Path:
    return Path(settings.BASE_DIR).parent / "shared"


def seeds(kind: str, scratch: Path) -> list[bytes]:
    """Where the changes begin."""
    return [*_own(kind, scratch), *_real(kind)]


def _own(kind: str, scratch: Path) -> Iterator[bytes]:
    if kind == "csv":
        yield CSV.encode()
        yield b"\xff\xfe" + CSV.encode("utf-16-le")
    elif kind == "xlsx":
        yield write_archive(scratch / "seed.xlsx", WORKBOOK).read_bytes()
    elif kind == "gift":
        yield question_files.GIFT.encode()
    elif kind == "aiken":
        yield question_files.AIKEN.encode()
    elif kind == "package":
        yield question_files.write_package(scratch / "seed.zip").read_bytes()
    else:
        for text in (question_files.MOODLE_XML, question_files.QTI1, question_files.QTI2):
            yield text.encode()


def _real(kind: str) -> Iterator[bytes]:
    for pattern in REAL.get(kind, ()):
        for path in sorted(folder_of_real_files().glob(pattern)):
            if path.stat().st_size <= MOST_BYTES:
                yield path.read_bytes()
