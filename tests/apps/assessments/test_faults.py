"""What is wrong with a question, as sentences for whoever writes it; and what the database refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.assessments.faults import faults_of
from apps.assessments.models import Answer, Assessment, Attempt, AttemptAnswer, Question
from apps.assessments.services import AnswerDraft
from tests.recipes import assessments

RIGHT, WRONG = AnswerDraft("Yes", is_correct=True), AnswerDraft("No")
ALSO_RIGHT = AnswerDraft("Perhaps", is_correct=True)
PAIR, LONELY = AnswerDraft("Row", match="Record"), AnswerDraft("Column")
CASES = [
    ("single_choice", 1, [RIGHT, WRONG], []),
    ("single_choice", 1, [WRONG, LONELY], ["No answer is marked as right."]),
    (
        "single_choice",
        1,
        [RIGHT, ALSO_RIGHT],
        ["2 answers are marked as right. Keep one, or make it a multiple choice."],
    ),
    ("single_choice", 1, [RIGHT], ["There is nothing to choose from. Add at least two answers."]),
    ("single_choice", 1, [RIGHT, WRONG, AnswerDraft("no ")], ["“no ” stands there more than once."]),
    ("multiple_choice", 2, [RIGHT, ALSO_RIGHT, WRONG], []),
    ("multiple_choice", 2, [WRONG, LONELY], ["No answer is marked as right."]),
    ("multiple_choice", 0, [RIGHT, WRONG], ["It is worth no points."]),
    ("true_false", 1, [RIGHT, WRONG], []),
    ("true_false", 1, [RIGHT, WRONG, LONELY], ["A question of true or false has exactly two answers."]),
    ("short_answer", 1, [RIGHT], []),
    ("short_answer", 1, [WRONG], ["No answer is accepted as right."]),
    ("matching", 1, [PAIR, AnswerDraft("Cell", match="Field")], []),
    ("matching", 1, [PAIR, LONELY], ["“Column” is matched with nothing."]),
    ("matching", 1, [PAIR], ["There is nothing to match. Add at least two pairs."]),
    ("essay", 5, [], []),
    ("essay", 5, [RIGHT], ["An essay is graded by a person. Remove its answers."]),
    (
        "single_choice",
        0,
        [],
        [
            "It is worth no points.",
            "There is nothing to choose from. Add at least two answers.",
            "No answer is marked as right.",
        ],
    ),
]


@pytest.mark.parametrize(("kind", "points", "answers", "faults"), CASES)
def test_each_fault_is_a_sentence_and_a_sound_question_has_none(
    kind: str, points: int, answers: list[AnswerDraft], faults: list[str]
) -> None:
    assert faults_of(kind, points, answers) == faults


def test_a_code_and_a_place_left_blank_are_made_up(quiz: Assessment, choice: Question) -> None:
    question = Question.objects.create(assessment=quiz, text="And then?")
    answers = [Answer.objects.create(question=question, text=text) for text in ("This", "That")]

    assert (question.code, question.order) == ("q2", 2)
    assert [answer.order for answer in answers] == [1, 2]


@pytest.mark.usefixtures("choice", "attempt")
def test_the_database_refuses_what_cannot_be(quiz: Assessment, choice: Question, attempt: Attempt) -> None:
    broken: list[Callable[[], Any]] = [
        lambda: Assessment.objects.filter(pk=quiz.pk).update(passing_score=101),
        lambda: assessments.assessment.make(lesson=quiz.lesson),
        lambda: assessments.question.make(assessment=quiz, code="Q1"),
        lambda: assessments.answer.make(question=choice, order=1),
        lambda: Answer.objects.filter(question=choice).update(order=0),
        lambda: Attempt.objects.filter(pk=attempt.pk).update(score=6),
        lambda: Attempt.objects.filter(pk=attempt.pk).update(completed_at=None),
        lambda: assessments.attempt.make(user=attempt.user, assessment=quiz, number=1),
        lambda: AttemptAnswer.objects.filter(attempt=attempt).update(points_earned=9),
    ]

    for deed in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()
