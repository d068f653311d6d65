"""Certificates as files: every script is shaped and runs its way, and what no font has is said."""

import io
import re
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
import uharfbuzz
from django.test import Client
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from apps.accounts.models import User
from apps.certificates.languages import PHRASES, day_in
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.pdf import Unwritable, address_to_check, draw_certificate
from apps.certificates.pdf.samples import SAMPLES, draw_sample
from apps.certificates.pdf.typesetting import FOLDER, SERIF, in_visual_order, writable
from apps.certificates.services import reissue_certificate, revoke_certificate
from apps.records.rules import RuleBroken
from tests.recipes import certificates

ARABIC, DEVANAGARI, CHINESE = (
    "NotoNaskhArabic-Regular.ttf",
    "NotoSerifDevanagari-Regular.ttf",
    "NotoSansCJKsc-Regular.otf",
)
DAY = datetime(2026, 3, 5, 12, tzinfo=UTC)


def made(**facts: Any) -> Certificate:
    """A certificate as it comes from the database, without one."""
    template = CertificateTemplate(
        name="T", version="1.0", language=facts.pop("language", "en"), organization="Lantern Academy"
    )
    words = {"learner_name": "Zoë Marlow", "course_title": "Data", "number": "0000-1111", **facts}
    return Certificate(template=template, completed_at=DAY, issued_at=DAY, **words)


def shapes(font: TTFont, glyphs: Any) -> set[Any]:
    """The outlines of these glyphs, as they are drawn."""
    outlines = set()
    for glyph in glyphs:
        pen = DecomposingRecordingPen(font.getGlyphSet())
        font.getGlyphSet()[glyph].draw(pen)
        if pen.value:
            outlines.add(str(pen.value))
    return outlines


def embedded(file: bytes, name: str) -> set[Any]:
    """The outlines of the fonts in the file that are like this one."""
    found = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            data = zlib.decompress(stream)
        except zlib.error:
            continue
        if data[:4] in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
            font = TTFont(io.BytesIO(data))
            found |= shapes(font, font.getGlyphOrder())
    assert found, f"{name} is not embedded."
    return found


def shaped(text: str, name: str) -> tuple[set[Any], set[Any]]:
    """The outlines the text has when it is shaped, and those of its letters one by one that it has then no more."""
    font = TTFont(FOLDER / name)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(uharfbuzz.Font(uharfbuzz.Face((FOLDER / name).read_bytes())), buffer, {})
    order = font.getGlyphOrder()
    right = shapes(font, {order[info.codepoint] for info in buffer.glyph_infos})
    alone = shapes(font, {font.getBestCmap()[ord(letter)] for letter in text if letter != " "})
    return right, alone - right


@pytest.mark.parametrize(
    ("name", "font"), [("محمد عبد الله", ARABIC), ("क्षितिज श्रीवास्तव", DEVANAGARI), ("हिन्दी", DEVANAGARI)]
)
def test_letters_take_the_form_their_neighbors_ask_for(name: str, font: str) -> None:
    right, wrong = shaped(name, font)

    drawn = embedded(draw_certificate(made(learner_name=name)), font)

    assert right <= drawn
    assert wrong
    assert not wrong & drawn


def test_a_line_of_two_directions_stands_in_the_order_it_is_read() -> None:
    inside = [(run.text, run.font, run.is_right_to_left) for run in in_visual_order("Layla محمد 12", SERIF)]
    around = [
        (run.text.strip(), run.is_right_to_left)
        for run in in_visual_order("مقدمة في Python 3.11 للمبتدئين", SERIF, is_right_to_left=True)
    ]

    assert [text.strip() for text, _, _ in inside if text.strip()] == ["Layla", "12", "محمد"]
    assert ("محمد ", ARABIC, True) in inside
    assert [pair for pair in around if pair[0]] == [
        ("للمبتدئين", True),
        ("Python 3.11", False),
        ("مقدمة في", True),
    ]


def test_each_letter_comes_from_a_font_that_has_it() -> None:
    runs = in_visual_order("Zoë 王小明 體驗 김민준 さくら हिन्दी", SERIF)

    assert {run.text.strip(): run.font for run in runs if run.text.strip()} == {
        "Zoë": SERIF,
        "王小明": CHINESE,
        "體驗": CHINESE,
        "김민준": CHINESE,
        "さくら": CHINESE,
        "हिन्दी": DEVANAGARI,
    }


def test_what_no_font_has_is_said_and_symbols_are_left_out() -> None:
    with pytest.raises(Unwritable, match=r"“Ada 𓀀𓀁” cannot be drawn: no font here has 𓀀, 𓀁\. The certificate itself"):
        draw_certificate(made(learner_name="Ada 𓀀𓀁"))

    assert writable("Data\u202e 🎓\ufe0f\x00 science\u200d", SERIF).replace("\u200d", "") == "Data  science"
    assert writable("Zoe\u0308", SERIF) == "Zoë"


@pytest.mark.parametrize("language", PHRASES)
def test_the_phrases_of_every_language_can_be_written(language: str) -> None:
    phrases = PHRASES[language]

    assert all(writable(words, SERIF) == words for words in vars(phrases).values() if isinstance(words, str))
    assert (
        day_in(language, DAY)
        == {
            "en": "5 March 2026",
            "de": "5. März 2026",
            "fr": "5 mars 2026",
            "es": "5 de marzo de 2026",
            "ar": "5 مارس، 2026",
            "zh": "2026年3月5日",
            "hi": "5 मार्च 2026",
        }[language]
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_same_certificate_makes_the_same_file_twice(language: str) -> None:
    certificate = made(language=language, course_title="A very long title " * 8, valid_until=DAY.replace(year=2028))

    first, second = draw_certificate(certificate), draw_certificate(certificate)

    assert first == second
    assert first.startswith(b"%PDF-")
    assert address_to_check("0000-1111").encode() in first


def test_a_sample_is_drawn_in_every_script() -> None:
    template = CertificateTemplate(language="ar", organization="أكاديمية", signatory_name="Ada", valid_months=6)

    assert [script for script in SAMPLES if not draw_sample(template, script).startswith(b"%PDF-")] == []


def test_what_counts_no_more_is_not_drawn(certificate: Certificate, administrator: User) -> None:
    replacement = reissue_certificate(certificate, by=administrator, reason="Asked.")
    revoke_certificate(replacement, by=administrator, reason="Asked.")

    for gone, words in ((certificate, "is replaced"), (replacement, "is revoked")):
        with pytest.raises(RuleBroken, match=words):
            draw_certificate(gone)


def test_the_file_is_fetched_under_the_name_of_the_learner_and_written_down(
    as_support: Client, certificate: Certificate
) -> None:
    unwritable = certificates.certificate.make(learner_name="𓀀")

    answer = as_support.get(f"/admin/certificates/certificate/{certificate.pk}/file/")
    refused = as_support.get(f"/admin/certificates/certificate/{unwritable.pk}/file/", follow=True)

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == f'attachment; filename="Lou-Marlow-{certificate.number}.pdf"'
    assert "no font here has 𓀀" in refused.content.decode()
