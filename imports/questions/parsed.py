"""What a question file says: questions that were read completely, and those that cannot be, with the reason."""

from dataclasses import dataclass, field
from enum import StrEnum

from imports.codes import RowCode


class QuestionType(StrEnum):
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    SHORT_ANSWER = "short_answer"
    MATCHING = "matching"
    ESSAY = "essay"


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """A choice, an accepted text, or the left side of a pair; `match` is the right side.

    A pair without a left side is a wrong choice among the right sides.
    """

    text: str
    is_correct: bool = False
    feedback: str = ""
    match: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """One question as every format says it; where it stood does not count when two are compared.

    `points` are None where the file does not say what it is worth.
    """

    type: QuestionType
    text: str
    answers: tuple[ParsedAnswer, ...] = ()
    title: str = ""
    code: str = ""
    points: int | None = None
    explanation: str = ""
    left_out: tuple[str, ...] = field(default=(), compare=False)
    line: int = field(default=0, compare=False)
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A question that cannot be imported, and why, as a sentence."""

    line: int
    reason: str
    title: str = ""
    code: RowCode = RowCode.R_RULE
    source: str = ""


class CannotRead(Exception):
    """This question cannot be held as it stands; `reason` is a sentence for the person."""

    def __init__(self, reason: str, code: RowCode = RowCode.R_RULE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


Verdict = ParsedQuestion | Unreadable
