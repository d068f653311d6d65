"""The rows of a plan as the page shows them: by outcome, by column, by what is searched for, fifty at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from imports.admin.repair import EditableCell, Mark, Repairs
from imports.codes import cut
from imports.corrections import corrected_rows
from imports.models import ImportJob, ImportRow
from imports.parts import Part
from imports.words import noun

ROWS_PER_PAGE = 50
LINE_DIGITS = 9
CORRECTED = "corrected"
Outcome = ImportRow.Outcome

TABS: tuple[tuple[str, str], ...] = (
    (Outcome.INVALID, "Cannot be read"),
    (Outcome.CONFLICT, "Changed meanwhile"),
    (Outcome.CREATE, "New"),
    (Outcome.UPDATE, "Changed"),
    ("notes", "Notes"),
    (Outcome.REPEATED, "Repeated"),
    (Outcome.UNCHANGED, "Unchanged"),
    (CORRECTED, "Corrected"),
    ("all", "All"),
)
FIGURES: tuple[tuple[str, str, str, str], ...] = (
    (Outcome.CREATE, "+", "i-good", "new"),
    (Outcome.UPDATE, "✎", "i-accented", "changed"),
    (Outcome.UNCHANGED, "=", "i-quiet", "unchanged"),
    (Outcome.REPEATED, "=", "i-quiet", "repeated"),
    (Outcome.INVALID, "✕", "i-bad", "cannot be read"),
    (Outcome.CONFLICT, "✕", "i-bad", "changed meanwhile"),
    ("notes", "⚠", "i-warn", "with notes"),
)
BESIDE = ("notes", CORRECTED)
ALWAYS_SHOWN = (Outcome.CREATE, Outcome.UPDATE, "all")
FAULTY = (Outcome.INVALID, Outcome.CONFLICT)


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str
    number: int
    is_open: bool
    query: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One message of a row."""

    label: str
    text: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the line above the rows."""

    sign: str
    tone: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class SheetTab:
    """One table of a composite file, with what its rows do."""

    label: str
    figures: list[Figure]
    is_open: bool
    query: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row ready to be shown."""

    row: ImportRow
    changes: list[Change]
    findings: list[Finding]
    cells: list[tuple[str, str]]
    own_name: str
    editable: list[EditableCell]
    marks: list[Mark]
    is_edited: bool

    @property
    def name(self) -> str:
        return self.row.label or self.own_name or self.row.key or "Without a name"

    @property
    def told(self) -> list[Finding]:
        """The findings that do not stand beside a cell of the form."""
        beside = {text for cell in self.editable for text, _ in cell.faults}
        return [finding for finding in self.findings if finding.text not in beside]

    @property
    def first(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    @property
    def more(self) -> int:
        return len(self.findings) - 1

    @property
    def telling(self) -> list[Change]:
        """What a new record holds besides its name and its key."""
        return [change for change in self.changes if change.after not in (self.row.label, self.row.key, "")][:4]


def sheet_tabs(parts: Sequence[Part], shown: int | None) -> list[SheetTab]:
    return [
        SheetTab(
            part.source,
            [figure for figure in figures_of(part.counts) if figure.number],
            part.index == shown,
            f"?sheet={part.index}",
        )
        for part in parts
    ]


def total_of(counts: Mapping[str, int]) -> int:
    return sum(int(counts.get(outcome, 0)) for outcome in Outcome.values)


def figures_of(counts: Mapping[str, int]) -> list[Figure]:
    """The line above the rows; what is none is left out, but for what people look for."""
    return [
        Figure(sign, tone, number, words)
        for key, sign, tone, words in FIGURES
        if (number := int(counts.get(key, 0))) or key in ALWAYS_SHOWN
    ]


class PlanRows:
    """One page of rows of one table; `asked` is the query of the address, `repairer` who may correct them, if any."""

    def __init__(self, job: ImportJob, part: Part, asked: QueryDict, repairer: Any = None) -> None:
        self.job = job
        self.part = part
        self.kind = part.kind
        self.sheet = {"sheet": str(part.index)} if job.parts else {}
        self.repairer = repairer
        self.edited = asked.get("edit", "") if repairer else ""
        self.tab = asked.get("tab", "")
        if self.tab not in dict(TABS):
            self.tab = self._first_tab()
        columns = {column.name for column in self.kind.columns}
        self.column = column if (column := asked.get("column", "")) in columns else ""
        self.search = asked.get("q", "").strip()[:100]
        line = asked.get("line", "")[: LINE_DIGITS + 1]
        self.line = int(line) if line.isdecimal() and len(line) <= LINE_DIGITS else 0
        self._number = asked.get("page", "1")

    @cached_property
    def notes(self) -> int:
        return int(self.part.counts.get("notes", 0))

    @cached_property
    def tabs(self) -> list[Tab]:
        return [
            Tab(key, label, number, key == self.tab, f"?{urlencode({**self.sheet, 'tab': key})}")
            for key, label in TABS
            if (number := self._number_of(key)) or key in ALWAYS_SHOWN or key == self.tab
        ]

    @cached_property
    def page(self) -> Page[ImportRow]:
        paginator = Paginator(self._rows(), ROWS_PER_PAGE)
        if not self.is_filtered:
            paginator.__dict__["count"] = self._number_of(self.tab)
        return paginator.get_page(self._number)

    @cached_property
    def shown(self) -> list[PlannedRow]:
        rows = list(self.page.object_list)
        repairs = Repairs(self.job, self.part, rows, self.repairer, self.edited)
        return [self._shown(row, repairs) for row in rows]

    @property
    def noun(self) -> str:
        return noun(self.kind.key, 1)

    @property
    def is_faulty(self) -> bool:
        return self.tab in FAULTY

    @property
    def is_filtered(self) -> bool:
        return bool(self.column or self.search or self.line)

    @property
    def unfiltered_query(self) -> str:
        return f"?{urlencode({**self.sheet, 'tab': self.tab})}"

    @property
    def place(self) -> str:
        """The query by which one comes back to this page of rows."""
        return f"{self.filter_query}&page={self.page.number}"

    @property
    def filter_query(self) -> str:
        asked = QueryDict(mutable=True)
        asked.update({**self.sheet, "tab": self.tab})
        for name, value in (("column", self.column), ("q", self.search), ("line", self.line)):
            if value:
                asked[name] = str(value)
        return asked.urlencode()

    def _first_tab(self) -> str:
        return next((key for key, _ in TABS if key not in BESIDE and self._number_of(key)), "all")

    def _number_of(self, tab: str) -> int:
        counts = self.part.counts
        if tab == "notes":
            return self.notes
        if tab == "all":
            return total_of(counts)
        return int(counts.get(tab, 0))

    def _rows(self) -> QuerySet[ImportRow]:
        rows = self.job.rows.filter(part=self.part.index).order_by("number", "pk")
        if self.tab == "notes":
            rows = self._noted(rows)
        elif self.tab == CORRECTED:
            rows = corrected_rows(rows)
        elif self.tab != "all":
            rows = rows.filter(outcome=self.tab)
        if self.column:
            rows = rows.filter(Q(changes__has_key=self.column) | Q(messages__icontains=f'"column": "{self.column}"'))
        if self.line:
            rows = rows.filter(number=self.line)
        if self.search:
            found = Q(label__icontains=self.search) | Q(key__icontains=self.search)
            if self.search.isdecimal() and len(self.search) <= LINE_DIGITS:
                found |= Q(number=int(self.search))
            rows = rows.filter(found)
        return rows

    @staticmethod
    def _noted(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
        return rows.filter(messages__icontains='"code": "W_')

    def _shown(self, row: ImportRow, repairs: Repairs) -> PlannedRow:
        changes = [
            Change(self.kind.label_of(name), str(before), str(after)) for name, (before, after) in row.changes.items()
        ]
        findings = [self._finding(message) for message in row.messages]
        cells = [(header, cut(str(cell))) for header, cell in zip(self.part.headers, row.cells, strict=False) if header]
        name = self._cell(row, self.kind.label_column or self.kind.key_columns[-1])
        return PlannedRow(
            row,
            changes,
            findings,
            cells,
            cut(name or ""),
            repairs.cells_of(row),
            repairs.marks_of(row),
            repairs.is_edited(row),
        )

    def _cell(self, row: ImportRow, column: str) -> str | None:
        """What stands in the file for this column of ours; None where no column of the file is mapped to it."""
        header = self.part.header_of(column)
        place = self.part.headers.index(header) if header and header in self.part.headers else -1
        return str(row.cells[place]) if 0 <= place < len(row.cells) else None

    def _finding(self, message: dict[str, Any]) -> Finding:
        name = str(message.get("column") or "")
        column = self.part.mapping.get(name) or name
        return Finding(
            self.kind.label_of(column),
            str(message.get("message", "")),
            str(message.get("code", "")),
            str(message.get("value") or ""),
        )
