"""What stands for records that a plan makes, until they are made: ids below zero, unlike any real one."""

from typing import Any

IDS_OF_A_PART = 10_000_000_000
"""More than a file has lines."""


def provisional_id(part: int, number: int) -> int:
    """The id of what the row on this line of this part makes."""
    return -(part * IDS_OF_A_PART + number)


def row_of(provisional: int) -> tuple[int, int]:
    """The part and the line of the row that makes this record."""
    return divmod(-provisional, IDS_OF_A_PART)


def is_provisional(value: Any) -> bool:
    return isinstance(value, int) and value < 0
