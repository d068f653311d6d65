"""Columns of set words: yes or no, one of a list, several names."""

from typing import Any

from django.db import models

from apps.records.keys import fold_key
from imports.codes import RowCode
from imports.readers.base import CellValue
from imports.types.columns.base import CellFault, Column, text_of

YES = frozenset({"yes", "true", "1", "y", "on"})
NO = frozenset({"no", "false", "0", "n", "off"})


class YesNo(Column):
    type_name = "yes or no"
    fault = RowCode.R_BOOL

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self.choices = (("yes", "Yes"), ("no", "No"))

    def read(self, cell: CellValue) -> bool:
        if isinstance(cell, bool):
            return cell
        word = text_of(cell).strip().lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise CellFault(RowCode.R_BOOL, f"{self.label} must be yes or no (true, false, 1, 0, y, n, on and off do too).")

    def show(self, value: Any) -> str:
        return "" if value is None else "yes" if value else "no"


class Choice(Column):
    """One of a list; value and label are both understood, without case."""

    type_name = "choice"
    fault = RowCode.R_CHOICE

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self._known = {fold_key(label): value for value, label in self.choices}
        self._known |= {fold_key(value): value for value, _ in self.choices} | {
            value: value for value, _ in self.choices
        }

    def read(self, cell: CellValue) -> str:
        text = text_of(cell)
        value = self._known.get(text) or self._known.get(fold_key(text))
        if value is None:
            raise CellFault(RowCode.R_CHOICE, f"{self.label} must be one of {self.allowed()}.")
        return value

    def allowed(self) -> str:
        values = [value for value, _ in self.choices]
        return ", ".join(values[:12]) + (", …" if len(values) > 12 else "")


class Names(Column):
    """Several names in one cell, joined by a semicolon."""

    type_name = "list"

    def read(self, cell: CellValue) -> tuple[str, ...]:
        return tuple(sorted({name.strip() for name in text_of(cell).split(";") if name.strip()}))

    def show(self, value: Any) -> str:
        return ";".join(sorted(value or ()))

    def cleared(self) -> tuple[str, ...]:
        return ()
