"""What each row of a chunk will do: what is made up, what is missing, what changes, and who may do it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from apps.access.memory import remembering
from apps.records.policy import scope
from imports.codes import RowCode
from imports.models import ImportJob, ImportRow
from imports.provisional import is_provisional
from imports.types.archive_column import Archive
from imports.types.archiving import archive_by_cell
from imports.types.base import CLEAR, CellFault, Chunk, Column, Draft, ImportKind, Reference

Outcome = ImportRow.Outcome
Place = int | tuple[str, int | None]
CODE_PREFIXES = {"module_code": "m", "lesson_code": "l", "resource_code": "r", "question_code": "q"}


@dataclass(slots=True)
class Codes:
    """The numbers of the codes of one parent: the highest so far, and the first that was made up here."""

    last: int = 0
    first: int = 0
    is_looked_up: bool = False


class Judge:
    """Decides for one plan; keeps only what later rows must know of earlier ones."""

    def __init__(self, kind: ImportKind, columns: frozenset[str], mode: str) -> None:
        self.kind = kind
        self.model: Any = kind.model
        self.columns = columns
        self.mode = mode
        self.required = [column for column in kind.columns if column.required_on_create]
        self.filled = [kind.column(name) for name in kind.filled_when_present if name in columns]
        self.protected = [column for column in kind.columns if column.right and column.name in columns]
        self.keys = frozenset(kind.key_columns)
        self.codes: dict[int, Codes] = {}
        self.orders: Counter[Place] = Counter()
        self.highest: dict[Place, int] = {}

    @remembering()
    def judge(self, chunk: Chunk) -> None:
        drafts = [draft for draft in chunk.drafts if not draft.outcome]
        for draft in drafts:
            self._hold_against_mode(draft)
            if draft.is_new:
                self._require(draft)
        self._load_beside(drafts)
        self.kind.prepare(drafts)
        sound = [draft for draft in drafts if not draft.faults]
        self._make_up_codes([draft for draft in sound if draft.is_new])
        for draft in sound:
            if not draft.faults:
                self._compare(draft)
        if (archive := self.kind.archive_column) is not None and archive.name in self.columns:
            archive_by_cell(self.kind, archive, [draft for draft in sound if not draft.faults], chunk.user)
        self._refuse_without_right(chunk, sound)
        self._check(chunk, drafts)
        self._make_up_orders([draft for draft in drafts if not draft.faults])
        for draft in drafts:
            if draft.faults:
                draft.outcome = Outcome.INVALID
            elif draft.is_new:
                draft.outcome = Outcome.CREATE
            else:
                draft.outcome = Outcome.UPDATE if draft.changes else Outcome.UNCHANGED

    def _hold_against_mode(self, draft: Draft) -> None:
        key = self.kind.column(self.kind.key_columns[-1])
        noun = self.model._meta.verbose_name
        value = draft.given.get(key.name, "")
        if self.mode == ImportJob.Mode.CREATE and draft.pk:
            draft.fault(RowCode.R_RULE, f"This {noun} exists already, and the import only creates.", key, value)
        if self.mode == ImportJob.Mode.UPDATE and draft.is_new and all(draft.key) and not draft.faults:
            draft.fault(RowCode.R_RULE, f"This {noun} does not exist, and the import only updates.", key, value)

    def _require(self, draft: Draft) -> None:
        for column in self.required:
            if column.name not in draft.given and column.name not in draft.spoiled:
                draft.fault(RowCode.R_REQUIRED, f"{column.label} is missing; a new record needs it.", column)
        for column in self.filled:
            if column.name not in draft.given and column.name not in draft.spoiled:
                text = f"{column.label} is blank; fill it, or leave the whole column out."
                draft.fault(RowCode.R_REQUIRED, text, column)

    def _load_beside(self, drafts: Sequence[Draft]) -> None:
        ids = [draft.pk for draft in drafts if draft.pk]
        beside = self.kind.beside(ids, self.columns) if ids else {}
        for draft in drafts:
            if draft.pk in beside:
                draft.current.update(beside[draft.pk])

    def _make_up_codes(self, drafts: Sequence[Draft]) -> None:
        """Blank codes follow the highest there is, in the database and in the file so far."""
        kind = self.kind
        if not kind.made_up_code:
            return
        column, parent = kind.column(kind.made_up_code), kind.column(kind.code_within)
        pattern = re.compile(rf"{CODE_PREFIXES[column.name]}([0-9]{{1,9}})\Z", re.IGNORECASE)
        given = [(draft, pattern.match(draft.given[column.name])) for draft in drafts if column.name in draft.given]
        blank = [draft for draft in drafts if column.name not in draft.given]
        self._learn_codes({draft.ids[parent.name] or 0 for draft in blank}, column, parent, pattern)
        for draft, found in given:
            if found is not None:
                self._note_code(draft, draft.ids[parent.name] or 0, int(found[1]), column)
        for draft in blank:
            made = self.codes[draft.ids[parent.name] or 0]
            made.last += 1
            made.first = made.first or made.last
            code = f"{CODE_PREFIXES[column.name]}{made.last}"
            draft.values[column.attname] = code
            draft.changes[column.name] = ["", code]

    def _learn_codes(self, parents: set[int], column: Column, parent: Column, pattern: re.Pattern[str]) -> None:
        unknown = {pk for pk in parents if pk not in self.codes or not self.codes[pk].is_looked_up}
        if not unknown:
            return
        prefix = CODE_PREFIXES[column.name]
        for pk in unknown:
            self.codes.setdefault(pk, Codes()).is_looked_up = True
        there = {pk for pk in unknown if not is_provisional(pk)}
        if not there:
            return
        siblings = self.model._base_manager.filter(**{f"{parent.attname}__among": there, "code__istartswith": prefix})
        for pk, code in siblings.order_by().values_list(parent.attname, "code"):
            if (found := pattern.match(code)) is not None:
                self.codes[pk].last = max(self.codes[pk].last, int(found[1]))

    def _note_code(self, draft: Draft, parent: int, number: int, column: Column) -> None:
        codes = self.codes.setdefault(parent, Codes())
        if codes.first and codes.first <= number <= codes.last:
            text = "An earlier line without a code was given this one. Write the codes of all lines, or of none."
            draft.fault(RowCode.R_DUP_IN_FILE, text, column, draft.given[column.name])
        codes.last = max(codes.last, number)

    def _make_up_orders(self, drafts: Sequence[Draft]) -> None:
        """A blank order is the place at the end, in the database and in the file so far: what moved there counts."""
        kind = self.kind
        if not kind.made_up_order:
            return
        column, parent = kind.column(kind.made_up_order), kind.column(kind.order_within)
        places = {draft.number: self._place(draft, parent) for draft in drafts}
        blank = [draft for draft in drafts if draft.is_new and not draft.values.get(column.attname)]
        unknown = {places[draft.number] for draft in blank} - self.orders.keys()
        self.orders.update(dict.fromkeys(unknown, 0))
        if there := {place for place in unknown if isinstance(place, int) and place > 0}:
            siblings = self.model._base_manager.filter(**{f"{parent.attname}__among": there}).order_by()
            self.orders.update(dict(siblings.values_list(parent.attname).annotate(last=Max(column.attname))))
        for draft in drafts:
            place = places[draft.number]
            if not draft.is_new and not draft.changes.keys() & {column.name, parent.name}:
                continue
            order = draft.values.get(column.attname) or draft.current.get(column.path)
            if order or not draft.is_new:
                self.highest[place] = max(order or 0, self.highest.get(place, 0))
                continue
            self.orders[place] = max(self.orders[place], self.highest.get(place, 0)) + 1
            draft.values[column.attname] = self.orders[place]
            draft.changes[column.name] = ["", str(self.orders[place])]

    def _place(self, draft: Draft, parent: Column) -> Place:
        """The parent's id, or what the parent lies in where it is made together with the row."""
        own = draft.values.get(parent.attname) or draft.current.get(parent.attname)
        return own or ("new in", draft.ids.get(self.kind.code_within))

    def _compare(self, draft: Draft) -> None:
        is_new, current = draft.is_new, draft.current
        for name, given in draft.given.items():
            if not is_new and name in self.keys:
                continue
            column = self.kind.column(name)
            if isinstance(column, Reference):
                self._compare_reference(draft, column, given)
                continue
            new = given
            if given is CLEAR:
                try:
                    new = column.cleared()
                except CellFault as fault:
                    draft.fault(fault.code, fault.text, column, "(clear)")
                    continue
            if isinstance(column, Archive):
                continue
            if is_new:
                draft.changes[name] = ["", column.show(new)]
            elif (old := current.get(column.path)) != new:
                draft.changes[name] = [column.show(old), column.show(new)]
            else:
                continue
            if column.attname:
                draft.values[column.attname] = new

    def _compare_reference(self, draft: Draft, column: Reference, given: Any) -> None:
        before = draft.current.get(column.path) or ""
        if given is CLEAR:
            try:
                column.cleared()
            except CellFault as fault:
                draft.fault(fault.code, fault.text, column, "(clear)")
                return
            after, pk = "", None
        else:
            after, pk = given, draft.ids.get(column.name)
        if column.attname:
            if not draft.is_new and pk is not None and draft.current.get(column.attname) == pk:
                return
            draft.values[column.attname] = pk
        elif str(before).casefold() == after.casefold():
            return
        if draft.is_new or before != after or pk is None:
            draft.changes[column.name] = [before, after]

    def _check(self, chunk: Chunk, drafts: Sequence[Draft]) -> None:
        """What the kind itself writes beside what a row says is shown like everything that is written."""
        said = [len(draft.values) for draft in drafts]
        self.kind.check(chunk)
        for draft, number in zip(drafts, said, strict=True):
            if len(draft.values) > number:
                self._show_what_follows(draft)

    def _show_what_follows(self, draft: Draft) -> None:
        for column in self.kind.columns:
            field = column.model_field
            if field is None or column.name in draft.changes or isinstance(column, Reference):
                continue
            old = field.get_default() if draft.is_new else draft.current.get(column.path)
            new = draft.values.get(column.attname, old)
            if new != old and (draft.is_new or column.path in draft.current):
                draft.changes[column.name] = ["" if draft.is_new else column.show(old), column.show(new)]

    def _refuse_without_right(self, chunk: Chunk, drafts: Sequence[Draft]) -> None:
        if chunk.user.is_superuser:
            return
        may: dict[str, set[int]] = {}
        for column in self.protected:
            touched = [draft for draft in drafts if self._changes(draft, column)]
            ids = [draft.pk for draft in touched if draft.pk]
            if ids and column.right not in may:
                allowed = scope(chunk.user, column.right, self.model).filter(pk__in=[d.pk for d in drafts if d.pk])
                may[column.right] = set(allowed.values_list("pk", flat=True))
            for draft in touched:
                is_allowed = (
                    draft.pk in may[column.right]
                    if draft.pk
                    else self.kind.may_set_on_create(chunk.user, column, draft)
                )
                if not is_allowed:
                    text = f"You may not set {column.label.lower()}; leave the column out or ask somebody who may."
                    draft.fault(RowCode.R_DENIED, text, column, draft.given.get(column.name, ""))

    def _changes(self, draft: Draft, column: Column) -> bool:
        if column.name not in draft.changes:
            return False
        field = column.model_field
        is_default = draft.is_new and field is not None and draft.values.get(column.attname) == field.get_default()
        return not is_default
