"""A report on the screen: its first rows, its totals, and what it is narrowed by."""

from decimal import Decimal
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma

from apps.records.writing import Head, Shape
from apps.reports.making import Table
from apps.reports.making.totals import Told, total_lines
from apps.reports.making.words import grouped, narrowed

PREVIEWED = 50
NUMBERS = frozenset({Shape.WHOLE, Shape.NUMBER})
DATES = frozenset({Shape.DAY, Shape.MOMENT})
LONGEST = 120


def preview(table: Table) -> dict[str, Any]:
    """What the template shows of at most fifty rows; one more is read, to say whether there are more."""
    batches = list(table.batches(PREVIEWED + 1))
    columns: list[list[Any]] = [[value for cells in one for value in cells] for one in zip(*batches, strict=True)]
    cells = [
        [cell(head, value) for value in values[:PREVIEWED]] for head, values in zip(table.heads, columns, strict=False)
    ]
    rows = list(zip(*cells, strict=True)) if cells else []
    is_more = bool(columns) and len(columns[0]) > PREVIEWED
    return {
        "heads": [{"label": head.label, "is_number": head.shape in NUMBERS} for head in table.heads],
        "rows": rows,
        "is_more": is_more,
        "previewed": PREVIEWED,
        "row_count": table.count() if is_more else len(rows),
        "totals": [total_cells(table, name, told) for name, told in total_lines(table)] if rows else [],
        "narrowed": list(narrowed(table)),
        "grouped": grouped(table) if table.is_grouped else [],
        "as_of": table.as_of,
        "list_title": table.source.title,
    }


def cell(head: Head, value: Any) -> dict[str, Any]:
    return {
        "text": shown(head, value),
        "is_number": head.shape in NUMBERS,
        "is_fixed": head.shape in DATES,
    }


def shown(head: Head, value: Any) -> str:
    """As in the file, but with separators in numbers, and without the end of long texts."""
    text = head.show(value)
    if head.shape is Shape.WHOLE and text:
        return str(intcomma(text))
    if head.shape is Shape.NUMBER and text:
        return str(intcomma(f"{Decimal(text):.{head.decimals}f}"))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def total_cells(table: Table, name: str, told: Told) -> list[dict[str, Any]]:
    cells = [cell(*told[part.name]) if part.name in told else {"text": ""} for part in table.parts]
    if cells and not cells[0]["text"]:
        cells[0] = {"text": name}
    return cells
