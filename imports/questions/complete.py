"""What makes a question complete: which answers are right, and whether everything it says can be held."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from unicodedata import category

from django.conf import settings

from apps.records.keys import CODE_PATTERN
from imports.codes import CONTROL, RowCode
from imports.questions.parsed import CannotRead, ParsedAnswer, ParsedQuestion, QuestionType

FULL = Decimal(100)
# Thirds and sevenths are rounded in files, by some people to whole percents.
ROUNDING = Decimal("1.5")
MOST_ANSWERS = 200
MOST_POINTS = 10_000
ANSWER_CHARACTERS = 500
CODE_CHARACTERS = 60
# Code points that are no characters; the readers use some as marks of their own.
NO_CHARACTER = re.compile("[\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{0,20})?")
UNSEEN, UNSEEN_LETTERS = frozenset({"Cf", "Zs", "Zl", "Zp"}), "\u3164\u2800\u115f\u1160\n"
PENALTY = "points taken off for a wrong answer"


@dataclass(frozen=True, slots=True)
class Weighted:
    """An answer with the share of the points it earns, in percent."""

    text: str
    percent: Decimal
    feedback: str = ""
    line: int = 0

    @property
    def is_right(self) -> bool:
        return self.percent > 0

    def answer(self) -> ParsedAnswer:
        return ParsedAnswer(self.text, self.is_right, self.feedback, line=self.line)


Answered = tuple[QuestionType, tuple[ParsedAnswer, ...], tuple[str, ...]]


def single_choice(answers: Sequence[Weighted]) -> Answered:
    """Exactly one is right, and nothing else earns points."""
    right = [answer for answer in answers if answer.is_right]
    if len(right) > 1:
        if any(FULL - answer.percent > ROUNDING for answer in right):
            raise CannotRead("Some answers earn a part of the points, which cannot be held.")
        raise CannotRead("Two answers are right although only one can be chosen.")
    _refuse_none_right(right)
    if FULL - right[0].percent > ROUNDING:
        raise CannotRead(f"Its best answer earns only {_percent(right[0].percent)} of the points.")
    return QuestionType.SINGLE_CHOICE, tuple(answer.answer() for answer in answers), _penalty(answers)


def multiple_choice(answers: Sequence[Weighted]) -> Answered:
    """All right ones earn the same share, together all points."""
    right = [answer for answer in answers if answer.is_right]
    _refuse_none_right(right)
    shares = [answer.percent for answer in right]
    if max(shares) - min(shares) > ROUNDING or abs(sum(shares) - FULL) > ROUNDING:
        raise CannotRead(
            f"Its right answers earn {', '.join(map(_percent, shares[:6]))}; only equal shares of 100 % can be held."
        )
    return QuestionType.MULTIPLE_CHOICE, tuple(answer.answer() for answer in answers), _penalty(answers)


def short_answer(answers: Sequence[Weighted]) -> Answered:
    """Texts that are accepted, and texts that are known to be wrong. An asterisk stands for anything."""
    left_out: list[str] = []
    kept = []
    for answer in answers:
        if answer.is_right and FULL - answer.percent > ROUNDING:
            raise CannotRead(
                f"“{answer.text[:60]}” earns {_percent(answer.percent)} of the points; a part of them cannot be held."
            )
        if _is_pattern(answer.text):
            if answer.is_right:
                raise CannotRead(f"“{answer.text[:60]}” is a pattern with an asterisk, which cannot be held.")
            left_out.append("what is said to any other answer")
            continue
        kept.append(replace(answer.answer(), text=answer.text.replace("\\*", "*")))
    _refuse_none_right([answer for answer in kept if answer.is_correct])
    return QuestionType.SHORT_ANSWER, tuple(kept), (*left_out, *_penalty(answers))


def true_or_false(*, is_true: bool, if_true: str = "", if_false: str = "", line: int = 0) -> Answered:
    """`if_true` and `if_false` are what is said to who answers so."""
    answers = (
        ParsedAnswer("True", is_true, if_true, line=line),
        ParsedAnswer("False", not is_true, if_false, line=line),
    )
    return QuestionType.TRUE_FALSE, answers, ()


def one_of(answers: Sequence[Weighted]) -> Answered:
    """A single choice; one between true and false is a question of that type."""
    found = single_choice(answers)
    by_word = {answer.text.strip().lower(): answer for answer in answers}
    if len(answers) != 2 or by_word.keys() != {"true", "false"}:
        return found
    if_true, if_false = by_word["true"], by_word["false"]
    question_type, parsed, _ = true_or_false(
        is_true=if_true.is_right, if_true=if_true.feedback, if_false=if_false.feedback, line=answers[0].line
    )
    return question_type, parsed, found[2]


def matching(pairs: Sequence[ParsedAnswer]) -> Answered:
    """Pairs, and right sides that belong to nothing."""
    if len([pair for pair in pairs if pair.text]) < 2:
        raise CannotRead("It has fewer than two pairs.")
    if any(not pair.match for pair in pairs):
        raise CannotRead("A pair has no right side.")
    return QuestionType.MATCHING, tuple(replace(pair, is_correct=bool(pair.text)) for pair in pairs), ()


def essay() -> Answered:
    return QuestionType.ESSAY, (), ()


def _refuse_none_right(right: Sequence[object]) -> None:
    if not right:
        raise CannotRead("None of its answers is right.")


def _penalty(answers: Sequence[Weighted]) -> tuple[str, ...]:
    return (PENALTY,) if any(answer.percent < 0 for answer in answers) else ()


def _percent(share: Decimal) -> str:
    return f"{share.normalize():f} %"


def _is_pattern(text: str) -> bool:
    return "*" in text.replace("\\*", "")


def complete(question: ParsedQuestion) -> ParsedQuestion:
    """The question with its texts tidied. Raises `CannotRead` unless all of it can be held."""
    answers = tuple(
        replace(answer, text=tidy(answer.text), feedback=tidy(answer.feedback), match=tidy(answer.match))
        for answer in question.answers
    )
    question = replace(
        question,
        text=tidy(question.text),
        explanation=tidy(question.explanation),
        title=" ".join(tidy(question.title).split()),
        answers=answers,
    )
    if not question.text:
        raise CannotRead("It asks nothing: its text is blank.")
    if question.type in {QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE} and len(answers) < 2:
        raise CannotRead("It has fewer than two answers to choose from.")
    if len(answers) > MOST_ANSWERS:
        raise CannotRead(f"It has {len(answers):,} answers; at most {MOST_ANSWERS} are imported.")
    if question.type != QuestionType.MATCHING and any(not answer.text for answer in answers):
        raise CannotRead("One of its answers is blank.")
    if any(max(len(answer.text), len(answer.match)) > ANSWER_CHARACTERS for answer in answers):
        raise CannotRead(f"One of its answers is longer than {ANSWER_CHARACTERS} characters. Shorten it.")
    for text in texts_of(question):
        _refuse_strange(text)
    return question


def texts_of(question: ParsedQuestion) -> list[str]:
    texts = [question.text, question.title, question.explanation]
    for answer in question.answers:
        texts += (answer.text, answer.feedback, answer.match)
    return texts


def _refuse_strange(text: str) -> None:
    most = settings.IMPORT_MAX_CELL_CHARACTERS
    if len(text) > most:
        raise CannotRead(f"One of its texts has {len(text):,} characters; at most {most:,} are imported.")
    if found := CONTROL.search(text) or NO_CHARACTER.search(text):
        sign = ord(found.group())
        raise CannotRead(f"It holds the invisible control character U+{sign:04X}; remove it.", RowCode.R_CONTROL_CHARS)


def tidy(text: str) -> str:
    """The text without blanks around it; one in which nothing can be seen is blank."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if any(category(char) not in UNSEEN and char not in UNSEEN_LETTERS for char in text) else ""


def points_of(text: str) -> int | None:
    """What a question is worth, if the file says so. Raises `CannotRead` unless it is a whole number."""
    if not text.strip():
        return None
    if not NUMBER.fullmatch(text.strip()):
        raise CannotRead(f"What it is worth is no number: “{text.strip()[:40]}”.")
    points = Decimal(text.strip())
    if points != int(points) or not 0 <= points <= MOST_POINTS:
        raise CannotRead(
            f"It is worth {points.normalize():f} points; only whole points up to {MOST_POINTS:,} can be held."
        )
    return int(points)


def code_or_nothing(text: str) -> str:
    """The text when it may serve as the code of a question."""
    text = text.strip()
    return text if len(text) <= CODE_CHARACTERS and re.fullmatch(CODE_PATTERN, text) else ""
