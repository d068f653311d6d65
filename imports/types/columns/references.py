"""Columns that name another record."""

import unicodedata
from typing import Any

from django.db import models

from apps.records.writing.formulas import unescape
from imports.readers.base import CellValue
from imports.types.columns.texts import Code


class Reference(Code):
    """Another record by its natural key; `within` names the columns that come before this one in that key.

    `columns` names all of them where this one is not the last. `to` is for what is no field of the kind's own model,
    `only` for records that qualify, `verb` for what the person must be allowed to do to the record to refer to it, and
    `also` for a right besides, whose lack is told.
    """

    type_name = "reference"

    def __init__(
        self,
        attribute: str,
        *,
        by: str | tuple[str, ...],
        within: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
        verb: str = "import",
        to: type[models.Model] | None = None,
        only: models.Q | None = None,
        hint: str = "Check the spelling, or import it first.",
        lists_unknown: bool = False,
        also: str = "",
        **options: Any,
    ) -> None:
        super().__init__(attribute, virtual=to is not None, **options)
        self.by = (by,) if isinstance(by, str) else by
        self.columns = columns or (*within, "")
        self.verb = verb
        self.only = only
        self.hint = hint
        self.lists_unknown = lists_unknown
        self.also = also
        self.model: type[models.Model] = to or models.Model

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        field = self.model_field
        if field is not None and isinstance(field.related_model, type):
            self.model = field.related_model
        self.max_length = None
        self.checks = []
        self.columns = tuple(column or name for column in self.columns)

    @property
    def path(self) -> str:
        return str(self.attribute) if self.virtual else f"{self.attribute}__{self.own_part}"

    def read(self, cell: CellValue) -> str:
        if not isinstance(cell, str):
            return str(super().read(cell))
        cell = unescape(cell)
        return cell.strip() if cell.isascii() else unicodedata.normalize("NFC", cell.strip())

    @property
    def own_part(self) -> str:
        """The part of the key this column itself holds."""
        return self.by[self.columns.index(self.name)]
