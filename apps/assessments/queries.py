"""What is read of assessments: their questions with the answers, and figures for many at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.assessments.faults import faults_of
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, Question
from apps.assessments.states import AttemptState

MOST_ATTEMPTS, MOST_SHOWN = 2_000, 5


@dataclass(slots=True)
class Figures:
    """What an assessment comes to: how much it asks, and how many of its questions need attention."""

    questions: int = 0
    points: int = 0
    faulty: int = 0
    waiting: int = 0


def questions_of(assessment: Assessment) -> list[Question]:
    """The current questions in their order, each with its answers; two queries."""
    return list(Question.objects.filter(assessment=assessment).prefetch_related("answers").order_by("order", "pk"))


def faults_in(question: Question) -> list[str]:
    return faults_of(question.type, question.points, list(question.answers.all()))


def figures_of(assessment_ids: Iterable[int]) -> dict[int, Figures]:
    """The figures of each of these assessments; three queries for all of them."""
    found = {pk: Figures() for pk in assessment_ids}
    for question in Question.objects.filter(assessment__in=found).prefetch_related("answers").defer("explanation"):
        figures = found[question.assessment_id]
        figures.questions += 1
        figures.points += question.points
        figures.faulty += bool(faults_in(question))
    waiting = Attempt.objects.filter(assessment__in=found, state=AttemptState.WAITING).order_by().values("assessment")
    for row in waiting.annotate(number=Count("pk")):
        found[row["assessment"]].waiting = row["number"]
    return found


def essays_to_grade(answers: QuerySet[AttemptAnswer]) -> QuerySet[AttemptAnswer]:
    """Those of these answers that wait for a person, the longest first."""
    waiting: Any = answers.filter(
        question__type=Question.Type.ESSAY, points_earned=None, attempt__state=AttemptState.WAITING
    )
    return waiting.order_by("attempt__completed_at", "pk")  # type: ignore[no-any-return]


def hardest_questions(course: int, given: QuerySet[AttemptAnswer]) -> list[tuple[Question, int, int]]:
    """Questions of a course with how often they were answered and how often rightly, the least rightly first.

    Looked at are the newest graded attempts, up to a bound, and of their answers those the person who asks may see.
    Two queries.
    """
    graded = Attempt.objects.filter(assessment__lesson__course=course, state=AttemptState.GRADED).order_by("-pk")
    newest = graded.values("pk")[:MOST_ATTEMPTS]
    answers = given.filter(attempt__in=newest, is_correct__isnull=False).order_by().values_list("question")
    counted = list(answers.annotate(number=Count("pk"), right=Count("pk", filter=Q(is_correct=True))))
    chosen = sorted(counted, key=lambda row: (row[2] / row[1], -row[1], row[0]))[:MOST_SHOWN]
    questions = Question.with_archived.select_related("assessment").in_bulk([pk for pk, _, _ in chosen])
    return [(questions[pk], number, right) for pk, number, right in chosen]
