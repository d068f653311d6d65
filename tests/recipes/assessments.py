"""Assessments with their questions and answers, and attempts at them."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.assessments.models import Answer, Assessment, Attempt, AttemptAnswer, Question
from tests.recipes.accounts import person
from tests.recipes.catalog import lesson

assessment = Recipe(Assessment, lesson=foreign_key(lesson), title=seq("Check yourself, part "), archived_by=None)
question = Recipe(
    Question,
    assessment=foreign_key(assessment),
    code=seq("q"),
    text=seq("What is the answer to question "),
    type=Question.Type.SINGLE_CHOICE,
    order=seq(0),
    archived_by=None,
)
answer = Recipe(Answer, question=foreign_key(question), text=seq("Answer "), order=seq(0))
attempt = Recipe(Attempt, user=foreign_key(person), assessment=foreign_key(assessment))
attempt_answer = Recipe(AttemptAnswer, attempt=foreign_key(attempt), question=foreign_key(question))
