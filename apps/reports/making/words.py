"""What a report shows, in sentences: for its page, and for the sheet that goes with the file."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from apps.reports.making.table import Table
from apps.reports.periods import Period


def facts(table: Table, *, title: str, by: Any, row_count: int | None) -> list[tuple[str, str]]:
    """What a reader of the file must know to trust it."""
    local = timezone.localtime(table.as_of, timezone.get_default_timezone())
    return [
        ("Report", title),
        ("List", table.source.title),
        *narrowed(table),
        *([("Grouped by", ", ".join(grouped(table)))] if table.is_grouped else []),
        ("As of", f"{date_format(local, 'j F Y, H:i:s')} ({local.tzname()})"),
        ("Made by", f"{by} ({by.email})"),
        *([("Rows", f"{row_count:,}")] if row_count is not None else []),
        ("Whose rows", f"Those that {by} may take out, and the columns open to them."),
    ]


def narrowed(table: Table) -> Iterator[tuple[str, str]]:
    """Each filter with what it lets through; it always says something."""
    definition = table.definition
    found = [(f"Only {title.lower()}", value) for title, value in table.chips]
    if definition.period:
        column = table.source.columns[definition.period_column]
        found.append((f"Only {column.label.lower()}", str(Period(definition.period).label)))
    yield from found or [("Filters", "None: all current rows.")]


def grouped(table: Table) -> list[str]:
    figures = {figure.name for figure in table.figures}
    return [part.head.label for part in table.parts if part.name not in figures]
