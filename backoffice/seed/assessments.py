"""What the demo courses ask: an assessment for each quiz, made of the concepts of its module and of those around it."""

import random
from collections.abc import Iterator

from apps.assessments.models import Answer, Assessment, Question
from apps.catalog.models import Lesson
from backoffice.seed.reading import Subject, Topic
from backoffice.seed.writing import World, write_all

Type = Question.Type
Asked = tuple[Question, list[Answer]]
ESSAYS = (
    "Explain {c} to a colleague who has never met it. Give one example from your own work.",
    "Describe a situation in which {c} would have saved you time, and what you would do differently today.",
    "What is the most common mistake with {c}, and how do you notice it early?",
)


def make_assessments(world: World, subjects: list[Subject], lessons: dict[int, list[Lesson]]) -> list[Assessment]:
    """An assessment with its questions and answers for every lesson that is a quiz."""
    dice = world.dice("assessments")
    topics_of = {subject.name: subject.topics for subject in subjects}
    quizzes = [lesson for below in lessons.values() for lesson in below if lesson.type == Lesson.Type.QUIZ]
    assessments = [make_assessment(dice, lesson) for lesson in quizzes]
    write_all(assessments)
    asked: list[Asked] = []
    for assessment in assessments:
        topics = topics_of[str(assessment.lesson.course.category)]
        asked += make_questions(dice, assessment, topics)
    write_all([question for question, _ in asked])
    for question, answers in asked:
        for answer in answers:
            answer.question_id = question.pk
    write_all([answer for _, answers in asked for answer in answers])
    return assessments


def make_assessment(dice: random.Random, lesson: Lesson) -> Assessment:
    kind = dice.choices(list(Assessment.QuizType), (60, 30, 10))[0]
    return Assessment(
        lesson=lesson,
        title=f"Quiz on {lesson.module.title.lower()}",
        description=f"Questions on {lesson.module.title.lower()}. Keep your notes at hand.",
        quiz_type=kind,
        passing_score={"practice": 50, "graded": 70, "final": 80}[kind],
        max_attempts={"practice": 0, "graded": 3, "final": 1}[kind],
        time_limit_minutes=0 if kind == Assessment.QuizType.PRACTICE else dice.choice((15, 20, 30)),
        randomize_questions=kind == Assessment.QuizType.FINAL,
        show_correct_answers=kind != Assessment.QuizType.FINAL,
        created_at=lesson.created_at,
        archived_at=lesson.archived_at,
    )


def make_questions(dice: random.Random, assessment: Assessment, topics: list[Topic]) -> list[Asked]:
    """Four to six questions; every third assessment ends with an essay."""
    own = next(topic for topic in topics if topic.title == assessment.lesson.module.title)
    others = [topic for topic in topics if topic is not own]
    makers = dice.sample((single, several, true_or_false, in_own_words, pairs), dice.choice((3, 4, 5)))
    if dice.random() < 0.35:
        makers.append(essay)
    made = [maker(dice, own, others) for maker in makers]
    for place, (question, answers) in enumerate(made, 1):
        question.assessment, question.code, question.order = assessment, f"q{place}", place
        question.created_at, question.archived_at = assessment.created_at, assessment.archived_at
        for order, answer in enumerate(answers, 1):
            answer.order, answer.created_at = order, assessment.created_at
    return made


def shuffled(dice: random.Random, right: list[str], wrong: list[str]) -> list[Answer]:
    answers = [Answer(text=capital(text), is_correct=text in right) for text in (*right, *wrong)]
    dice.shuffle(answers)
    return answers


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def foreign(dice: random.Random, own: Topic, others: list[Topic]) -> Iterator[str]:
    """Concepts of other modules, in no order."""
    concepts = [concept for topic in others for concept in topic.concepts if concept not in own.concepts]
    return iter(dice.sample(concepts, len(concepts)))


def single(dice: random.Random, own: Topic, others: list[Topic]) -> Asked:
    elsewhere = foreign(dice, own, others)
    answers = shuffled(dice, [dice.choice(own.concepts)], [next(elsewhere) for _ in range(3)])
    return Question(type=Type.SINGLE_CHOICE, text=f"Which of these belongs to “{own.title}”?", points=1), answers


def several(dice: random.Random, own: Topic, others: list[Topic]) -> Asked:
    elsewhere = foreign(dice, own, others)
    answers = shuffled(dice, dice.sample(own.concepts, 2), [next(elsewhere) for _ in range(2)])
    text = "Which of these did this module take up? More than one may be right."
    return Question(type=Type.MULTIPLE_CHOICE, text=text, points=2), answers


def true_or_false(dice: random.Random, own: Topic, others: list[Topic]) -> Asked:
    is_true = dice.random() < 0.5
    concept = dice.choice(own.concepts) if is_true else next(foreign(dice, own, others))
    question = Question(
        type=Type.TRUE_FALSE,
        text=f"“{capital(concept)}” is one of the things “{own.title}” is about.",
        explanation="Look at the overview at the beginning of the module.",
    )
    return question, [Answer(text="True", is_correct=is_true), Answer(text="False", is_correct=not is_true)]


def in_own_words(dice: random.Random, own: Topic, others: list[Topic]) -> Asked:  # noqa: ARG001
    concept = dice.choice(own.concepts)
    length = ("one word", "two words", "three words", "four words", "five words")[len(concept.split()) - 1]
    text = f"Which concept of this module begins with “{capital(concept)[0]}” and is {length} long?"
    alike = [one for one in own.concepts if one[0] == concept[0] and len(one.split()) == len(concept.split())]
    return Question(type=Type.SHORT_ANSWER, text=text, points=1), [Answer(text=one, is_correct=True) for one in alike]


def pairs(dice: random.Random, own: Topic, others: list[Topic]) -> Asked:
    chosen = [own, *dice.sample(others, 2)]
    dice.shuffle(chosen)
    answers = [Answer(text=capital(dice.choice(topic.concepts)), match=topic.title) for topic in chosen]
    return Question(type=Type.MATCHING, text="What belongs to which module?", points=3), answers


def essay(dice: random.Random, own: Topic, others: list[Topic]) -> Asked:  # noqa: ARG001
    text = dice.choice(ESSAYS).format(c=dice.choice(own.concepts))
    explanation = "A good answer names one example, says why it fits, and says what could go wrong."
    return Question(type=Type.ESSAY, text=text, explanation=explanation, points=5), []
