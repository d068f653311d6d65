"""What can be written anew in the rows of a page, what was, and which records may have been meant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from admin_theme.displays import relative_time
from apps.records.keys import fold_key
from imports.codes import RowCode, cut
from imports.models import ImportJob, ImportRow
from imports.parts import Part
from imports.planner.nearest import Key, Offer, nearest
from imports.readers import fold_header
from imports.types.columns import Reference

LONG = 60
MOST_LINES = 6
MOST_CHOICES = 8


@dataclass(slots=True)
class EditableCell:
    """One cell of the file that can be written anew; `column` is ours, empty where theirs is not imported."""

    at: int
    header: str
    column: str
    label: str
    value: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    are_choices: bool = False
    """Whether what is offered is all that the column takes."""
    is_alone: bool = False
    """Whether the same text in another row may mean something else, so that it is replaced in this row only."""

    @property
    def is_renamed(self) -> bool:
        """Whether their header says anything that our label does not."""
        return bool(self.column) and fold_header(self.header) not in (self.column, fold_header(self.label))

    @property
    def place(self) -> str:
        return str(self.at)

    @property
    def lines(self) -> int:
        return min(MOST_LINES, 1 + self.value.count("\n") + len(self.value) // LONG)


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell that was corrected: what the file holds, and who wrote what now stands there."""

    header: str
    was: str
    by: str
    when: SafeString


class Repairs:
    """The rows of one page as they can be repaired; `edited` is the row all of whose cells are open."""

    def __init__(self, job: ImportJob, part: Part, rows: Sequence[ImportRow], user: Any, edited: str) -> None:
        self.job = job
        self.part = part
        self.kind = part.kind
        self.rows = rows
        self.user = user
        self.edited = edited
        self._places = {header: at for at, header in enumerate(part.headers) if header}

    def cells_of(self, row: ImportRow) -> list[EditableCell]:
        """The faulty cells of a row, or all of them where that was asked for; none for whoever may not correct it."""
        return self._cells[row.pk] if self.user else []

    def marks_of(self, row: ImportRow) -> list[Mark]:
        return self._marks.get(row.number, [])

    def is_edited(self, row: ImportRow) -> bool:
        return str(row.pk) == self.edited

    @cached_property
    def _cells(self) -> dict[int, list[EditableCell]]:
        found = {row.pk: self._editable(row) for row in self.rows}
        self._offer((row, cell) for row in self.rows for cell in found[row.pk])
        return found

    def _editable(self, row: ImportRow) -> list[EditableCell]:
        faults: dict[str, list[tuple[str, str]]] = {}
        for message in row.messages:
            faults.setdefault(message["column"], []).append((message["message"], message["code"]))
        headers = [header for header in self._places if header in faults or self.is_edited(row)]
        return [self._cell(row, header, faults.get(header, [])) for header in headers]

    def _cell(self, row: ImportRow, header: str, faults: list[tuple[str, str]]) -> EditableCell:
        at, column = self._places[header], self.part.mapping.get(header, "")
        value = str(row.cells[at]) if at < len(row.cells) else ""
        label = self.kind.label_of(column) if column else header
        return EditableCell(at, header, column, label, value, faults)

    def _offer(self, cells: Iterable[tuple[ImportRow, EditableCell]]) -> None:
        """Fills in the choices there are, and the nearest records of references that lead nowhere, column by column."""
        asked: dict[str, list[tuple[Key, EditableCell]]] = {}
        for row, cell in cells:
            if any(code == RowCode.R_CHOICE for _, code in cell.faults) and cell.column:
                cell.offers, cell.are_choices = self._choices(cell.column), True
            if any(code == RowCode.R_FK_MISSING for _, code in cell.faults) and cell.column:
                reference: Any = self.kind.column(cell.column)
                if isinstance(reference, Reference) and (key := self._key(row, reference)):
                    cell.is_alone = len(reference.columns) > 1
                    asked.setdefault(cell.column, []).append((key, cell))
        for name, pairs in asked.items():
            reference = self.kind.column(name)
            found = nearest(reference, {key for key, _ in pairs}, self.user)
            for key, cell in pairs:
                cell.offers = found.get(key, [])

    def _choices(self, name: str) -> list[Offer]:
        """What the column takes, where that is a handful; a label that says the same as the value is left out."""
        choices = self.kind.column(name).choices
        if len(choices) > MOST_CHOICES:
            return []
        return [Offer(value, "" if fold_header(label) == fold_header(value) else label) for value, label in choices]

    def _key(self, row: ImportRow, reference: Reference) -> Key | None:
        """What the row says in the columns of the reference; None while one of them is not in the file."""
        parts = []
        for name in reference.columns:
            at = self._places.get(self.part.header_of(name), -1)
            if not 0 <= at < len(row.cells) or not str(row.cells[at]).strip():
                return None
            parts.append(fold_key(str(row.cells[at])))
        return tuple(parts)

    @cached_property
    def _marks(self) -> dict[int, list[Mark]]:
        lines = [row.number for row in self.rows]
        corrections = self.job.corrections.filter(part=self.part.index, number__in=lines).select_related("by")
        found: dict[int, list[Mark]] = {}
        for correction in corrections.order_by("number", "at"):
            header = self.part.headers[correction.at]
            mark = Mark(header, cut(correction.was), str(correction.by), relative_time(correction.corrected_at))
            found.setdefault(correction.number, []).append(mark)
        return found
