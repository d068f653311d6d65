"""Whether the cells of one of their columns could be what one of ours holds."""

from collections.abc import Callable, Sequence
from typing import Any

from imports.mapping.values import suggest_value
from imports.types.columns import LOOKS_NUMERIC, CellFault, Column

ENOUGH = 8


def fits(column: Column, values: Sequence[str]) -> bool:
    """Whether at least half of some sample values can be read, or could be with a format or a value mapping."""
    values = list(dict.fromkeys(values))[:ENOUGH]
    return not values or 2 * sum(_could_be(column, value) for value in values) >= len(values)


def _could_be(column: Column, value: str) -> bool:
    if column.name.endswith("email"):
        return "@" in value
    if _reads(column.read, value) or any(_reads(column.reader("", name), value) for name in column.formats):
        return True
    if column.choices:
        return suggest_value(column, value) is not None
    return "number" in column.type_name and bool(LOOKS_NUMERIC.match(value.strip()))


def _reads(read: Callable[[str], Any], value: str) -> bool:
    try:
        read(value)
    except CellFault:
        return False
    return True
