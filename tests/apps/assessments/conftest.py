"""A quiz with a choice and an essay, and a learner's attempt at it that waits for a grade."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, Question
from apps.catalog.models import Lesson
from tests.recipes import assessments


@pytest.fixture
def quiz(lesson: Lesson) -> Assessment:
    made: Assessment = assessments.assessment.make(lesson=lesson, title="What a name is", passing_score=60)
    return made


@pytest.fixture
def choice(quiz: Assessment) -> Question:
    question: Question = assessments.question.make(assessment=quiz, code="q1", text="What is a name?", order=1)
    for order, (text, is_correct) in enumerate({"A label": True, "A box": False}.items(), start=1):
        assessments.answer.make(question=question, text=text, is_correct=is_correct, order=order)
    return question


@pytest.fixture
def essay(quiz: Assessment) -> Question:
    return assessments.question.make(
        assessment=quiz, code="q2", text="Why names?", type=Question.Type.ESSAY, points=4, order=2
    )


def handed_in(quiz: Assessment, user: Any, choice: Question, essay: Question, **facts: Any) -> Attempt:
    """An attempt with the choice right and the essay not graded yet."""
    attempt: Attempt = assessments.attempt.make(
        assessment=quiz,
        user=user,
        **{"state": Attempt.State.WAITING, "completed_at": timezone.now(), "score": 1, "max_score": 5, **facts},
    )
    assessments.attempt_answer.make(
        attempt=attempt, question=choice, chosen=["A label"], is_correct=True, points_earned=1
    )
    assessments.attempt_answer.make(attempt=attempt, question=essay, text_answer="Names tell.", max_points=4)
    return attempt


@pytest.fixture
def attempt(quiz: Assessment, choice: Question, essay: Question, student: User) -> Attempt:
    return handed_in(quiz, student, choice, essay)


@pytest.fixture
def written(attempt: Attempt, essay: Question) -> AttemptAnswer:
    """The essay of the attempt."""
    return AttemptAnswer.objects.get(attempt=attempt, question=essay)
