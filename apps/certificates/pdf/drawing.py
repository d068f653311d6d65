"""The page of a certificate: one sheet, mirrored for scripts that run from right to left."""

from dataclasses import dataclass
from urllib.parse import quote

import segno
from django.conf import settings
from django.urls import reverse
from fpdf import FPDF
from fpdf.enums import TextDirection

from apps.certificates.languages import PHRASES, Phrases, day_in
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.pdf.typesetting import FOLDER, SANS, SERIF, Run, in_visual_order, writable
from apps.certificates.states import CertificateState
from apps.records.rules import RuleBroken

WIDTH, HEIGHT = 297.0, 210.0  # millimeters: A4, landscape
MARGIN = 30.0
QR_SIZE, QR_QUIET = 30.0, 2
INK, SOFT = (33, 37, 41), (95, 102, 110)
LONG_TITLE = 56  # characters
LINE_OF_POINT = 0.5  # millimeters of a line's height for each point of its size


def draw_certificate(certificate: Certificate) -> bytes:
    """The file; the same certificate always makes the same. Raises `RuleBroken` for one that counts no more."""
    standing = certificate.standing()
    if standing in (CertificateState.REVOKED, CertificateState.REPLACED):
        raise RuleBroken(f"This certificate is {standing.label.lower()}, so it is not drawn any more.")
    return Sheet(certificate, certificate.template).drawn()


def address_to_check(number: str) -> str:
    """Where anybody sees whether this certificate counts."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('verify')}{quote(number, safe='')}"


@dataclass
class Sheet:
    """One certificate on its way to paper."""

    certificate: Certificate
    template: CertificateTemplate

    def __post_init__(self) -> None:
        self.phrases: Phrases = PHRASES[self.template.language]
        color = self.template.color.lstrip("#")
        self.color = tuple(int(color[at : at + 2], 16) for at in (0, 2, 4))
        self.pdf = FPDF(orientation="landscape", unit="mm", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)

    def drawn(self) -> bytes:
        pdf, certificate, phrases = self.pdf, self.certificate, self.phrases
        pdf.set_title(f"{phrases.heading}: {certificate.learner_name}")
        pdf.set_author(self.template.organization)
        pdf.set_lang(phrases.locale)
        pdf.set_creation_date(certificate.issued_at)
        pdf.add_page()
        self.frame()
        middle = WIDTH / 2
        self.line(self.template.organization, middle, 33, 14, ink=SOFT)
        self.line(phrases.heading, middle, 52, 32, ink=self.color)
        self.line(phrases.certifies, middle, 71, 13, font=SANS, ink=SOFT)
        self.line(certificate.learner_name, middle, 89, 36)
        pdf.set_draw_color(*self.color)
        pdf.set_line_width(0.3)
        pdf.line(middle - 45, 99, middle + 45, 99)
        self.line(phrases.completed, middle, 109, 13, font=SANS, ink=SOFT)
        self.title(certificate.course_title, middle, 124)
        day = day_in(self.template.language, certificate.completed_at)
        self.line(phrases.on.format(date=day), middle, 138, 13, font=SANS, ink=SOFT)
        self.foot()
        return bytes(pdf.output())

    def title(self, text: str, middle: float, center: float) -> None:
        """A long title stands in two lines."""
        words = text.split()
        if len(text) <= LONG_TITLE or len(words) == 1:
            self.line(text, middle, center, 22)
            return
        at = min(range(1, len(words)), key=lambda place: abs(len(" ".join(words[:place])) - len(text) / 2))
        self.line(" ".join(words[:at]), middle, center - 4.5, 17)
        self.line(" ".join(words[at:]), middle, center + 4.5, 17)

    def frame(self) -> None:
        pdf = self.pdf
        pdf.set_draw_color(*self.color)
        for inset, width in ((9, 1.4), (12, 0.3)):
            pdf.set_line_width(width)
            pdf.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)

    def foot(self) -> None:
        """The signature where reading begins, the code where it ends, and the number between them."""
        pdf, certificate, phrases = self.pdf, self.certificate, self.phrases
        begins, ends = MARGIN + 30, WIDTH - MARGIN - QR_SIZE / 2
        if phrases.is_right_to_left:
            begins, ends = WIDTH - begins, WIDTH - ends
        if self.template.signatory_name:
            pdf.set_draw_color(*SOFT)
            pdf.set_line_width(0.2)
            pdf.line(begins - 30, 171, begins + 30, 171)
            self.line(self.template.signatory_name, begins, 176, 12, widest=64)
            self.line(self.template.signatory_title, begins, 182, 10, font=SANS, ink=SOFT, widest=64)
        self.line(phrases.number, WIDTH / 2, 170, 9, font=SANS, ink=SOFT, widest=100)
        self.line(certificate.number, WIDTH / 2, 176, 11, font=SANS, widest=100, is_code=True)
        if certificate.valid_until:
            until = phrases.valid_until.format(date=day_in(self.template.language, certificate.valid_until))
            self.line(until, WIDTH / 2, 183, 9, font=SANS, ink=SOFT, widest=100)
        self.code(address_to_check(certificate.number), ends - QR_SIZE / 2, 148)
        self.line(phrases.verify, ends, 182, 7.5, font=SANS, ink=SOFT, widest=60)
        _scheme, _, place = address_to_check("").partition("://")
        self.line(place, ends, 186, 7.5, font=SANS, widest=60, is_code=True)

    def code(self, address: str, left: float, top: float) -> None:
        """The QR code as squares, which stay sharp at any size, linked to what it says."""
        rows = segno.make(address, error="m", boost_error=False).matrix_iter(border=QR_QUIET)
        matrix = [list(row) for row in rows]
        side = QR_SIZE / len(matrix)
        self.pdf.set_fill_color(0, 0, 0)
        for down, row in enumerate(matrix):
            across = 0
            while across < len(row):
                length = 0
                while across + length < len(row) and row[across + length]:
                    length += 1
                if length:
                    self.pdf.rect(left + across * side, top + down * side, length * side, side, style="F")
                across += length or 1
        self.pdf.link(left, top, QR_SIZE, QR_SIZE, address)

    def line(
        self,
        text: str,
        middle: float,
        center: float,
        points: float,
        *,
        font: str = SERIF,
        ink: tuple[int, ...] = INK,
        widest: float = WIDTH - 2 * MARGIN,
        is_code: bool = False,
    ) -> None:
        """One line around this point, smaller where it would be wider than it may be; a code runs left to right."""
        is_right_to_left = self.phrases.is_right_to_left and not is_code
        runs = in_visual_order(writable(text, font), font, is_right_to_left=is_right_to_left)
        width = sum(self.width_of(run, points) for run in runs)
        if width > widest:
            points *= widest / width
            width = widest
        self.pdf.set_text_color(*ink)
        height = points * LINE_OF_POINT
        left = middle - width / 2
        for run in runs:
            taken = self.width_of(run, points)
            self.pdf.set_xy(left, center - height / 2)
            self.pdf.cell(taken, height, run.text, align="L")
            left += taken

    def width_of(self, run: Run, points: float) -> float:
        """Prepares the font of the run as well, so that it can be drawn next."""
        family = run.font.partition(".")[0]
        if family.lower() not in self.pdf.fonts:
            self.pdf.add_font(family, fname=FOLDER / run.font)
        direction = TextDirection.RTL if run.is_right_to_left else TextDirection.LTR
        self.pdf.set_font(family, size=points)
        self.pdf.set_text_shaping(True, direction=direction.value.lower())
        self.pdf.c_margin = 0
        return float(self.pdf.get_string_width(run.text))
