"""The verdicts on a question file as the tables of an import, with a row for each question that cannot be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from apps.records.writing.formulas import escape
from imports.codes import CONTROL, Message, spelled, visible
from imports.question_bank.into import Target
from imports.questions import ParsedAnswer, ParsedQuestion, QuestionType, Unreadable, Verdict
from imports.readers.base import RawRow, Shape

PLACE = ("course_code", "lesson_code")
ASSESSMENT = (*PLACE, "title")
QUESTION = (*PLACE, "question_code", "text", "type", "points", "explanation")
ANSWER = (*PLACE, "question_code", "order", "text", "is_correct", "feedback", "match")


@dataclass(slots=True)
class Rows:
    """A table that is already in memory: question files are small."""

    shape: Shape
    kept: Sequence[RawRow]
    warnings: list[Message] = field(default_factory=list)
    row_count: int = field(init=False)

    def __post_init__(self) -> None:
        self.row_count = len(self.kept)

    def rows(self) -> Iterator[RawRow]:
        return (RawRow(row.number, list(row.cells), list(row.messages)) for row in self.kept)


def rows_of(headers: Sequence[str], kept: Sequence[RawRow], file_format: str) -> Rows:
    return Rows(Shape(file_format, "", "", "", (), tuple(headers), 0), kept)


class Numbers:
    """Line numbers as an editor shows them, moved on where two rows stand on one line: each row has one of its own."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, line: int) -> int:
        self._last = max(line, self._last + 1)
        return self._last


def assessment_rows(into: Target, title: str) -> list[RawRow]:
    """One row; without a title it leaves the assessment that is there as it is."""
    return [RawRow(1, [*_place(into), escape(title)], [])]


def question_rows(verdicts: Iterable[Verdict], into: Target) -> list[RawRow]:
    numbers = Numbers()
    return [_question_row(verdict, numbers.next(verdict.line), into) for verdict in verdicts]


def _question_row(verdict: Verdict, number: int, into: Target) -> RawRow:
    if isinstance(verdict, Unreadable):
        return _unreadable_row(verdict, number, into)
    points = "" if verdict.points is None else str(verdict.points)
    cells = [verdict.code, escape(verdict.text), verdict.type.value, points, escape(verdict.explanation)]
    return RawRow(number, [*_place(into), *cells], [])


def _unreadable_row(verdict: Unreadable, number: int, into: Target) -> RawRow:
    """What it is called stands where its text would, so that one finds it."""
    title = spelled(verdict.title) if CONTROL.search(verdict.title) else verdict.title
    where = f" ({verdict.source}, line {verdict.line:,})" if verdict.source else ""
    message = Message(verdict.code, f"Cannot import{where}: {verdict.reason}", verdict.line, "", visible(verdict.title))
    return RawRow(number, [*_place(into), "", escape(title or "(without a name)"), "", "", ""], [message])


def answer_rows(verdicts: Iterable[Verdict], into: Target) -> list[RawRow]:
    numbers = Numbers()
    return [
        RawRow(numbers.next(answer.line), [*_place(into), question.code, str(order), *_said(question, answer)], [])
        for question in verdicts
        if isinstance(question, ParsedQuestion)
        for order, answer in enumerate(question.answers, start=1)
    ]


def _said(question: ParsedQuestion, answer: ParsedAnswer) -> list[str]:
    """The cells of an answer; a pair is neither right nor wrong."""
    is_right = "" if question.type == QuestionType.MATCHING else "yes" if answer.is_correct else "no"
    return [escape(answer.text), is_right, escape(answer.feedback), escape(answer.match)]


def _place(into: Target) -> list[str]:
    return [into.course_code, into.lesson_code]
