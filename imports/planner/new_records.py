"""References to records that the same file makes: what they lead to, and whether the person may use it."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from apps.records.keys import fold_key
from imports.codes import RowCode
from imports.parts import Part
from imports.planner.pending import Key, Made, Pending
from imports.types.base import CLEAR, Draft, Reference


class NewRecords:
    """What the earlier tables of one plan make, as the rows of a later one find it."""

    def __init__(self, pending: Pending, parts: Sequence[Part]) -> None:
        self.pending = pending
        self.parts = parts

    def resolve(self, reference: Reference, drafts: Sequence[Draft], user: Any) -> list[Draft]:
        """Gives the drafts their provisional ids, and those back that are not in the file either."""
        keys = {draft.number: key for draft in drafts if (key := _key(reference, draft)) is not None}
        found = self.pending.find(reference.model, set(keys.values()))
        unknown: list[Draft] = []
        for draft in drafts:
            made = found.get(keys[draft.number]) if draft.number in keys else None
            if made is None or not _qualifies(made, reference.only):
                unknown.append(draft)
            elif made.pk is None:
                self._refuse(reference, draft, made)
            else:
                self._use(reference, draft, made, user)
        return unknown

    def refuse_twice(self, part: Part, drafts: Sequence[Draft]) -> None:
        """Where a file has two tables of a kind, a key may still stand in one of them only."""
        new = [draft for draft in drafts if draft.is_new and all(draft.key)]
        found = self.pending.find(part.kind.model, {draft.key for draft in new})
        column = part.kind.column(part.kind.key_columns[-1])
        for draft in new:
            if (made := found.get(draft.key)) is not None and made.part != part.index:
                text = f"The same key stands on {self._place(made)}. Keep one of them."
                draft.fault(RowCode.R_DUP_IN_FILE, text, column, draft.given.get(column.name, ""))

    def _use(self, reference: Reference, draft: Draft, made: Made, user: Any) -> None:
        draft.ids[reference.name] = made.pk
        is_own = bool(made.facts.get("own"))
        draft.is_below_own = draft.is_below_own or is_own
        if reference.also and not (user.is_superuser or is_own or reference.also in made.facts.get("rights", ())):
            text = f"You may not do this in this {reference.model._meta.verbose_name}."
            draft.fault(RowCode.R_DENIED, text, reference, draft.given[reference.name])

    def _refuse(self, reference: Reference, draft: Draft, made: Made) -> None:
        noun, value = reference.model._meta.verbose_name, draft.given[reference.name]
        text = f"The {noun} “{value}” on {self._place(made)} cannot be imported. Correct that first."
        draft.fault(RowCode.R_FK_MISSING, text, reference, value)
        draft.spoiled.add(reference.name)

    def _place(self, made: Made) -> str:
        return f"line {made.line:,} of “{self.parts[made.part].source}”"


def _key(reference: Reference, draft: Draft) -> Key | None:
    """The texts of the whole key as this row writes them."""
    given = [draft.given.get(name, CLEAR) for name in reference.columns]
    return None if CLEAR in given else tuple(fold_key(text) for text in given)


def _qualifies(made: Made, only: Q | None) -> bool:
    """Whether a record that is not there yet is one the reference may lead to, by what its kind promised."""
    wanted: Collection[Any] = only.children if only is not None else ()
    return made.pk is None or all(made.facts.get(name) == value for name, value in wanted)
