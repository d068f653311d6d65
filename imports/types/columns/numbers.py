"""Columns of numbers, and the spellings of other countries."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import BaseValidator
from django.db import models

from apps.subscriptions.money import from_minor, to_minor
from imports.codes import RowCode
from imports.readers.base import CellValue
from imports.types.columns.base import CellFault, Column, Reader, text_of

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+(\.0+)?\Z")
LOOKS_NUMERIC = re.compile(r"[+-]?[0-9][0-9.,' \u00a0\u202f]*\Z")
NUMBER_FORMATS = {"1,234.50": ",", "1.234,50": ".", "1 234,50": " "}
LARGEST_INTEGER = 2_147_483_647
LARGEST_SUM = Decimal("99999999.99")


class WholeNumber(Column):
    """A whole number; a workbook's 5.0 is 5."""

    type_name = "whole number"
    fault = RowCode.R_RANGE

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self.checks = [
            check for check in self.checks if getattr(check, "limit_value", None) not in {0, LARGEST_INTEGER}
        ]

    def read(self, cell: CellValue) -> int:
        if isinstance(cell, bool | date):
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a whole number.")
        text = text_of(cell).strip()
        if text.isdigit() and text.isascii() and len(text) < 10:
            return int(self.check(int(text))) if self.checks else int(text)
        if not WHOLE_NUMBER.match(text):
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a whole number, for example 12.")
        number = int(text.partition(".")[0])
        if not 0 <= number <= LARGEST_INTEGER:
            raise CellFault(RowCode.R_RANGE, f"{self.label} must lie between 0 and {LARGEST_INTEGER:,}.")
        return int(self.check(number))


class Number(Column):
    """A plain decimal number; other spellings only under a format chosen for the column."""

    type_name = "number"
    fault = RowCode.R_RANGE
    formats = {name: f"Numbers like {name}" for name in NUMBER_FORMATS}

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        field = self.model_field
        self.decimals = getattr(field, "decimal_places", None) or 0
        digits = getattr(field, "max_digits", None) or 12
        self.largest = Decimal(10) ** (digits - self.decimals) - Decimal(10) ** -self.decimals
        self.checks = [check for check in self.checks if isinstance(check, BaseValidator)]

    def reader(self, header: str = "", chosen_format: str = "") -> Reader:  # noqa: ARG002
        if chosen_format not in NUMBER_FORMATS:
            return self.read
        grouping = NUMBER_FORMATS[chosen_format]
        point = "." if grouping == "," else ","

        def read(cell: CellValue) -> Decimal:
            if not isinstance(cell, str):
                return self.read(cell)
            text = cell.strip().replace("\u00a0", " ").replace("\u202f", " ")
            whole, _, rest = text.partition(point)
            if not re.fullmatch(rf"[+-]?([0-9]{{1,3}}({re.escape(grouping)}[0-9]{{3}})+|[0-9]+)", whole):
                raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a number like {chosen_format}.")
            return self.read(whole.replace(grouping, "") + (f".{rest}" if rest else ""))

        return read

    def read(self, cell: CellValue) -> Decimal:
        if isinstance(cell, bool | date):
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a number.")
        text = text_of(cell).strip()
        if not PLAIN_NUMBER.match(text):
            raise CellFault(RowCode.R_NUMBER, self._doubt(text))
        value = Decimal(text)
        if value.as_tuple().exponent < -self.decimals:  # type: ignore[operator]
            value = value.normalize() + 0
            if value.as_tuple().exponent < -self.decimals:  # type: ignore[operator]
                raise CellFault(RowCode.R_NUMBER, f"{self.label} has more than {self.decimals} decimals; round it.")
        if abs(value) > self.largest:
            raise CellFault(RowCode.R_RANGE, f"{self.label} must be at most {self.largest:,}.")
        return Decimal(self.check((value + 0).quantize(Decimal(10) ** -self.decimals)))

    def number(self, value: Any) -> Any:
        """The value as the number a spreadsheet shows."""
        return value

    def _doubt(self, text: str) -> str:
        if LOOKS_NUMERIC.match(text):
            return f"{self.label} can be read in two ways; write 1234.50 or choose a number format for the column."
        return f"{self.label} must be a plain number, for example 49.00."


class Hundredths(Number):
    """Money that is kept in whole hundredths, written and read with two decimals."""

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self.decimals, self.largest = 2, LARGEST_SUM
        self.checks = [check for check in self.checks if getattr(check, "limit_value", None) == 0]

    def read(self, cell: CellValue) -> Any:
        return to_minor(super().read(cell))

    def number(self, value: Any) -> Any:
        return from_minor(value)

    def show(self, value: Any) -> str:
        return "" if value is None else str(self.number(value))
