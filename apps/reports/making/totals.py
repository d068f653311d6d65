"""The lines below the rows of a report: what its figures come to, for each currency where they are money."""

from collections.abc import Mapping
from typing import Any

from apps.records.writing import Head
from apps.reports.making.table import Table

LINES = {"sum": "Total", "average": "Average", "least": "Least", "most": "Most"}
MOST_TOTALS = 200
Told = Mapping[str, tuple[Head, Any]]


def total_lines(table: Table) -> list[tuple[str, Told]]:
    """The name of each line, and what stands in it below which column.

    Groups have a column for each figure. In a list of rows a figure stands below the column it is over, and its kind is
    the name of the line.
    """
    lines: list[tuple[str, Told]] = []
    for name, values in table.totals():
        if table.is_grouped:
            lines.append((name, {one.name: (one.head, values[one.name]) for one in table.figures}))
            continue
        suffix = name.removeprefix("Total")
        for function in dict.fromkeys(one.function for one in table.figures):
            if not function:
                lines.append((f"{values['rows']:,} rows{suffix}", {}))
            elif below := _below(table, function, values):
                lines.append((f"{LINES[function]}{suffix}", below))
    return lines


def _below(table: Table, function: str, values: Mapping[str, Any]) -> Told:
    """The figures of one kind whose column is in the file."""
    shown = {part.name for part in table.parts}
    return {
        column.name: (figure.head, values[figure.name])
        for figure, column in ((one, one.column) for one in table.figures if one.function == function)
        if column is not None and column.name in shown
    }
