"""What a writer of files needs to know of one column: its name, the shape of its values, and how they are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Cells = Sequence[Any]


class Shape(StrEnum):
    """What the values of a column are; text is what somebody typed, a word one of a few of ours."""

    TEXT = "text"
    WORD = "word"
    PLAIN = "plain"
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    YES_NO = "yes or no"


def as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Head:
    """One column of a file. `name` stands in its header, `label` in sentences about it.

    `pattern` is how a workbook shows its days, where that is not year-month-day; `number` makes a value the number
    shown, where it is kept as another.
    """

    name: str
    label: str
    shape: Shape
    show: Callable[[Any], str]
    decimals: int = 2
    pattern: str = ""
    number: Callable[[Any], Any] = as_it_is
