"""What learners of the demo platform answered in the quizzes they finished; the latest essays wait for a grade."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from apps.assessments.models import Answer, Assessment, Attempt, AttemptAnswer, Question
from apps.assessments.services import settle_result
from apps.enrollments.models import LessonProgress
from backoffice.seed.writing import World, write_all

ATTEMPTS = 1_500
UNGRADED_DAYS = 21
Type = Question.Type
BEGINNINGS = (
    "At work we had exactly this last month.",
    "I first met this in the second lesson and did not trust it.",
    "Before this module I would have answered differently.",
    "My example is small, but it happens every week.",
)
MIDDLES = (
    "I wrote down what I expected, tried it, and compared the two; only then did I see what I had overlooked.",
    "The mistake is to begin with the tool. I begin with the question and look for the simplest thing that answers it.",
    "What helped was to explain it to a colleague, who asked the one thing I had no answer to.",
    "I kept the first attempt beside the second, so that everybody could see what had become better.",
)
ENDINGS = (
    "Next time I would stop earlier and ask.",
    "It took an afternoon, and it has saved one every week since.",
    "What could go wrong is that nobody keeps it up to date, so I put a date on it.",
    "I am still not sure about the last step, and would like to see another example.",
)
FEEDBACK = {
    5: "A clear example, and you say what could go wrong. Nothing to add.",
    4: "A good example. Say in one sentence why it fits, and it is complete.",
    3: "You describe what happened; the question was also why. Look at lesson two again.",
    2: "The example has little to do with the concept. Try it once more with one from your own work.",
}


def make_attempts(world: World, assessments: Sequence[Assessment]) -> None:
    """Attempts for some of those who finished a lesson with an assessment."""
    dice = world.dice("attempts")
    by_lesson = {assessment.lesson_id: assessment for assessment in assessments}
    finished = LessonProgress.objects.filter(lesson__in=by_lesson, is_completed=True).select_related("enrollment")
    chosen = list(finished.order_by("pk"))
    chosen = dice.sample(chosen, min(len(chosen), world.many(ATTEMPTS)))
    questions = questions_by_assessment(by_lesson.values())
    attempts: list[Attempt] = []
    answers: list[list[AttemptAnswer]] = []
    for progress in sorted(chosen, key=lambda row: row.pk):
        assessment = by_lesson[progress.lesson_id]
        skill = dice.betavariate(5, 2)
        for number in range(1, 2 + (skill < 0.55 and assessment.max_attempts != 1)):
            at = progress.completed_at or world.now
            at -= timedelta(days=1) if number == 1 and skill < 0.55 else timedelta()
            luck = skill if number == 1 else 1 - (1 - skill) / 2
            attempt, given = answer_all(world, dice, assessment, questions[assessment.pk], at, luck)
            attempt.user_id, attempt.number = progress.enrollment.user_id, number
            attempts.append(attempt)
            answers.append(given)
    write_all(attempts, touched="completed_at")
    for attempt, given in zip(attempts, answers, strict=True):
        for answer in given:
            answer.attempt_id = attempt.pk
    write_all([answer for given in answers for answer in given], touched="answered_at")


def questions_by_assessment(
    assessments: Sequence[Assessment] | object,
) -> dict[int, list[tuple[Question, list[Answer]]]]:
    found: dict[int, list[tuple[Question, list[Answer]]]] = defaultdict(list)
    rows = Question.with_archived.filter(assessment__in=assessments).prefetch_related("answers")
    for question in rows.order_by("assessment_id", "order"):
        found[question.assessment_id].append((question, list(question.answers.all())))
    return found


def answer_all(
    world: World,
    dice: random.Random,
    assessment: Assessment,
    questions: Sequence[tuple[Question, list[Answer]]],
    at: datetime,
    skill: float,
) -> tuple[Attempt, list[AttemptAnswer]]:
    """One attempt handed in at this moment."""
    seconds = dice.randint(40, 110) * len(questions)
    attempt = Attempt(
        assessment=assessment,
        started_at=at - timedelta(seconds=seconds),
        created_at=at - timedelta(seconds=seconds),
        completed_at=at,
        seconds_spent=seconds,
    )
    is_old = (world.now - at).days > UNGRADED_DAYS
    given = [
        write_essay(dice, question, is_graded=is_old)
        if question.type == Type.ESSAY
        else answer_one(dice, question, answers, knows=dice.random() < skill)
        for question, answers in questions
    ]
    for answer in given:
        answer.answered_at = answer.created_at = at
    settle_result(attempt, given)
    return attempt, given


def answer_one(dice: random.Random, question: Question, answers: list[Answer], *, knows: bool) -> AttemptAnswer:
    chosen, text = [], ""
    if question.type == Type.MATCHING:
        matches = [answer.match for answer in answers]
        if not knows:
            matches = matches[1:] + matches[:1]
        chosen = [f"{answer.text} → {match}" for answer, match in zip(answers, matches, strict=True)]
    elif question.type == Type.SHORT_ANSWER:
        text = answers[0].text if knows else dice.choice(("no idea", "something else", "?"))
    else:
        chosen = [answer.text for answer in answers if answer.is_correct is knows]
        chosen = chosen if knows else chosen[:1]
    return AttemptAnswer(
        question=question,
        chosen=chosen,
        text_answer=text,
        is_correct=knows,
        points_earned=question.points if knows else 0,
        max_points=question.points,
    )


def write_essay(dice: random.Random, question: Question, *, is_graded: bool) -> AttemptAnswer:
    text = f"{dice.choice(BEGINNINGS)} {dice.choice(MIDDLES)}\n\n{dice.choice(MIDDLES)} {dice.choice(ENDINGS)}"
    points = dice.choices(list(FEEDBACK), (30, 40, 20, 10))[0]
    return AttemptAnswer(
        question=question,
        text_answer=text,
        is_correct=points == question.points if is_graded else None,
        points_earned=points if is_graded else None,
        max_points=question.points,
        feedback=FEEDBACK[points] if is_graded else "",
    )
