"""What is wrong with a question as a learner would meet it: sentences for the person who writes it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from apps.assessments.models import Question
from apps.records.keys import fold_key

Type = Question.Type
CHOICES = frozenset({Type.SINGLE_CHOICE, Type.MULTIPLE_CHOICE, Type.TRUE_FALSE})


class Said(Protocol):
    """An answer, stored or not."""

    text: str
    is_correct: bool
    match: str


def faults_of(kind: str, points: int, answers: Sequence[Said]) -> list[str]:
    """Everything that is wrong with a question of this kind with these answers. It may be kept like this."""
    faults = [] if points else ["It is worth no points."]
    if kind == Type.ESSAY:
        return faults + (["An essay is graded by a person. Remove its answers."] if answers else [])
    if kind == Type.MATCHING:
        return faults + pair_faults(answers)
    if kind == Type.SHORT_ANSWER:
        return faults + ([] if any(answer.is_correct for answer in answers) else ["No answer is accepted as right."])
    return faults + choice_faults(kind, answers)


def choice_faults(kind: str, answers: Sequence[Said]) -> list[str]:
    right = sum(answer.is_correct for answer in answers)
    faults = []
    if kind == Type.TRUE_FALSE and len(answers) != 2:
        faults.append("A question of true or false has exactly two answers.")
    elif len(answers) < 2:
        faults.append("There is nothing to choose from. Add at least two answers.")
    if not right:
        faults.append("No answer is marked as right.")
    elif right > 1 and kind != Type.MULTIPLE_CHOICE:
        faults.append(f"{right} answers are marked as right. Keep one, or make it a multiple choice.")
    return faults + twins(answer.text for answer in answers)


def pair_faults(answers: Sequence[Said]) -> list[str]:
    faults = [] if len(answers) > 1 else ["There is nothing to match. Add at least two pairs."]
    faults += [f"“{answer.text}” is matched with nothing." for answer in answers if not answer.match]
    return faults + twins(answer.text for answer in answers)


def twins(texts: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    twice: dict[str, str] = {}
    for text in texts:
        if (key := fold_key(text)) in seen:
            twice[key] = text
        seen.add(key)
    return [f"“{text}” stands there more than once." for text in twice.values()]
