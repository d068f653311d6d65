"""A report on paper: A4 across, its head on every page, one line for each row."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import IO, Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from apps.certificates.pdf.typesetting import FALLBACKS, FOLDER, SANS
from apps.records.rules import RuleBroken
from apps.records.writing import Head, Shape
from apps.reports.making.table import Table

MARGIN, LINE, HEAD_LINE = 12.0, 5.6, 6.4  # millimeters
SIZE, SMALL = 8.0, 7.5  # points
NARROW, WIDE = 14.0, 70.0
PADDING = 2.5
SAMPLE = 100
MOST_COLUMNS, MOST_ROWS = 14, 2_000
INK, SOFT, TINT = (33, 37, 41), (95, 102, 110), (243, 244, 246)
RIGHT = frozenset({Shape.WHOLE, Shape.NUMBER})
Lines = Callable[[Table], Sequence[tuple[str, Any]]]


class Paper(FPDF):
    """Pages that repeat the head of the table and count themselves."""

    def __init__(self, title: str, heads: Sequence[Head]) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self.heads, self.widths = heads, [0.0 for _ in heads]
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 4)
        self.set_title(title)
        for name in FALLBACKS:
            self.add_font(name, fname=FOLDER / name)
        self.set_fallback_fonts([name for name in FALLBACKS if name != SANS], exact_match=False)
        self.set_text_shaping(use_shaping_engine=True)

    def header(self) -> None:
        if not any(self.widths):
            return
        self.set_font(SANS, size=SMALL)
        self.set_fill_color(*TINT)
        self.set_text_color(*SOFT)
        for head, width in zip(self.heads, self.widths, strict=True):
            self.put(head.label, width, HEAD_LINE, is_right=head.shape in RIGHT, is_filled=True)
        self.ln(HEAD_LINE)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(SANS, size=SMALL)
        self.set_text_color(*SOFT)
        self.cell(0, LINE, f"{self.title}, page {self.page_no()} of {{nb}}", align="R")

    def put(self, text: str, width: float, height: float, *, is_right: bool, is_filled: bool = False) -> None:
        """One cell on one line; what does not fit ends in dots, the file of the same rows has all of it."""
        room = width - PADDING
        shown = text
        while shown and self.get_string_width(shown if shown == text else f"{shown}…") > room:
            shown = shown[: max(len(shown) - 1 - len(shown) // 12, 0)]
        align = "R" if is_right else "L"
        self.cell(width, height, shown if shown == text else f"{shown}…", align=align, fill=is_filled)

    def fit(self, rows: Sequence[Sequence[str]]) -> None:
        """Gives each column what its texts need, and less to all where the page is too narrow."""
        self.set_font(SANS, size=SIZE)
        for at, head in enumerate(self.heads):
            needs = max(self.get_string_width(text[:80]) for text in [head.label, *(row[at] for row in rows)])
            self.widths[at] = min(max(needs + 2 * PADDING, NARROW), WIDE)
        room = self.w - 2 * MARGIN
        if (total := sum(self.widths)) > room:
            self.widths = [width * room / total for width in self.widths]


def write_paper(table: Table, to: IO[bytes], *, facts: Sequence[tuple[str, str]], title: str, lines: Lines) -> None:
    """Raises `RuleBroken` for more than paper is good for."""
    if len(table.heads) > MOST_COLUMNS:
        raise RuleBroken(f"A PDF holds at most {MOST_COLUMNS} columns. Leave some out, or make a workbook.")
    rows = list(islice(shown_rows(table, MOST_ROWS + 1), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise RuleBroken(f"A PDF holds at most {MOST_ROWS:,} rows. Narrow the report down, or make a workbook.")
    paper = Paper(title, table.heads)
    paper.add_page()
    opening(paper, title, facts)
    paper.fit(rows[:SAMPLE])
    paper.header()
    paper.set_draw_color(*TINT)
    for row in rows:
        put_row(paper, row, INK)
    for name, told in lines(table):
        texts = [head.show(value) for head, value in (told.get(part.name, (part.head, None)) for part in table.parts)]
        put_row(paper, [texts[0] or name, *texts[1:]], INK, is_filled=True)
    to.write(bytes(paper.output()))


def opening(paper: Paper, title: str, facts: Sequence[tuple[str, str]]) -> None:
    paper.set_text_color(*INK)
    paper.set_font(SANS, size=15)
    paper.multi_cell(0, 8, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(SANS, size=SMALL)
    paper.set_text_color(*SOFT)
    for name, value in facts[1:]:
        paper.multi_cell(0, 4, f"{name}: {value}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(4)


def put_row(paper: Paper, row: Sequence[str], ink: tuple[int, int, int], *, is_filled: bool = False) -> None:
    if paper.will_page_break(LINE):
        paper.add_page()
    paper.set_font(SANS, size=SIZE)
    paper.set_text_color(*ink)
    for text, head, width in zip(row, paper.heads, paper.widths, strict=True):
        paper.put(text, width, LINE, is_right=head.shape in RIGHT, is_filled=is_filled)
    paper.ln(LINE)


def shown_rows(table: Table, most: int) -> Any:
    """The rows as texts on one line each."""
    shows = [head.show for head in table.heads]
    for batch in table.batches(most):
        columns = [[" ".join(show(value).split()) for value in cells] for show, cells in zip(shows, batch, strict=True)]
        yield from zip(*columns, strict=True)
