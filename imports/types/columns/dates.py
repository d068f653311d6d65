"""Columns of days and of moments."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from imports.codes import RowCode
from imports.readers.base import CellValue
from imports.types.columns.base import CellFault, Column, Reader

WITH_A_TIME = "year-month-day and a time"
DATE_FORMATS = {
    "day.month.year": "%d.%m.%Y",
    "day/month/year": "%d/%m/%Y",
    "month/day/year": "%m/%d/%Y",
    WITH_A_TIME: "",
}


class Day(Column):
    """A day as 2026-03-01, as a date cell, or in a format chosen for the column."""

    type_name = "date"
    fault = RowCode.R_DATE
    formats = {name: f"Dates like {name}" for name in DATE_FORMATS}

    def reader(self, header: str = "", chosen_format: str = "") -> Reader:  # noqa: ARG002
        pattern = DATE_FORMATS.get(chosen_format)
        if pattern is None:
            return self.read

        def read(cell: CellValue) -> Any:
            if not isinstance(cell, str):
                return self.read(cell)
            text, zone = cell.strip(), timezone.get_default_timezone()
            try:
                found = (
                    datetime.strptime(text, pattern).astimezone(zone)
                    if pattern
                    else datetime.fromisoformat(text).astimezone(zone)
                )
            except ValueError:
                raise CellFault(RowCode.R_DATE, f"{self.label} must be a date like {chosen_format}.") from None
            return self.read(found.strftime("%Y-%m-%d"))

        return read

    def read(self, cell: CellValue) -> Any:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        try:
            if isinstance(cell, str) and len(text := cell.strip()) == 10 and text.isascii():
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise CellFault(RowCode.R_DATE, f"{self.label} must be a date like 2026-03-01, or choose a date format.")

    def show(self, value: Any) -> str:
        return value.isoformat() if value is not None else ""


class Moment(Day):
    """A moment as 2026-03-01 14:30 or in ISO 8601; without a time zone it is the platform's."""

    type_name = "date and time"

    def read(self, cell: CellValue) -> datetime:
        found: datetime | None = None
        if isinstance(cell, datetime):
            found = cell
        elif isinstance(cell, date):
            found = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - made aware below
        elif isinstance(cell, str) and cell.isascii() and "-" in cell:
            try:
                found = datetime.fromisoformat(cell.strip())
            except ValueError:
                found = None
        if found is None:
            raise CellFault(RowCode.R_DATE, f"{self.label} must be a moment like 2026-03-01 14:30.")
        return timezone.make_aware(found) if timezone.is_naive(found) else found

    def show(self, value: Any) -> str:
        return value.astimezone(timezone.get_default_timezone()).isoformat(sep=" ") if value is not None else ""
