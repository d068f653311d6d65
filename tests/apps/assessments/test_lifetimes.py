"""What happens to assessments when they, or what they lie below, are archived, restored, copied or deleted."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.assessments import services
from apps.assessments.models import Answer, Assessment, Attempt, Question
from apps.catalog import services as catalog
from apps.catalog.models import Course, Lesson
from apps.records.rules import RuleBroken

pytestmark = pytest.mark.usefixtures("choice", "essay")


def is_archived(*records: Any) -> list[bool]:
    return [type(record).with_archived.get(pk=record.pk).is_archived for record in records]


@pytest.mark.parametrize("what", ["course", "module", "lesson"])
def test_what_lies_below_goes_and_comes_back_with_what_it_lies_below(
    what: str, lesson: Lesson, quiz: Assessment, choice: Question, essay: Question, administrator: User
) -> None:
    services.archive_question(essay, by=administrator)
    above = {"course": lesson.course, "module": lesson.module, "lesson": lesson}[what]

    getattr(catalog, f"archive_{what}")(above, by=administrator, reason="Old.")
    assert is_archived(quiz, choice) == [True, True]
    assert choice.history.first().history_change_reason == "Old."
    getattr(catalog, f"restore_{what}")(above, by=administrator)

    assert is_archived(quiz, choice, essay) == [False, False, True]


def test_an_assessment_takes_its_questions_along_and_brings_them_back(
    quiz: Assessment, choice: Question, administrator: User
) -> None:
    services.archive_assessment(quiz, by=administrator)
    assert is_archived(quiz, choice) == [True, True]
    with pytest.raises(RuleBroken, match="archived already"):
        services.archive_assessment(quiz, by=administrator)

    services.restore_assessment(quiz, by=administrator)

    assert is_archived(quiz, choice) == [False, False]


def test_nothing_is_restored_below_what_is_archived(
    lesson: Lesson, quiz: Assessment, choice: Question, administrator: User
) -> None:
    services.archive_assessment(quiz, by=administrator)
    catalog.archive_lesson(lesson, by=administrator)
    choice.refresh_from_db()
    quiz.refresh_from_db()

    with pytest.raises(RuleBroken, match="What a variable is is archived. Restore it first."):
        services.restore_assessment(quiz, by=administrator)
    with pytest.raises(RuleBroken, match="What a name is is archived. Restore it first."):
        services.restore_question(choice, by=administrator)

    assert is_archived(quiz, choice) == [True, True]


def test_a_new_version_of_a_course_asks_the_same(
    course: Course, quiz: Assessment, essay: Question, administrator: User
) -> None:
    services.archive_question(essay, by=administrator)

    copy = catalog.clone_course(course, by=administrator)

    asked = Assessment.objects.get(lesson__course=copy)
    assert (asked.title, asked.passing_score) == (quiz.title, 60)
    assert [question.code for question in asked.questions.all()] == ["q1"]
    answers = Answer.objects.filter(question__assessment=asked)
    assert list(answers.values_list("order", "text", "is_correct")) == [(1, "A label", True), (2, "A box", False)]
    assert Assessment.objects.get(lesson__course=course).questions.count() == 1
    assert asked.history.count() == 1


def test_what_somebody_has_tried_is_not_deleted(
    course: Course, lesson: Lesson, quiz: Assessment, attempt: Attempt, administrator: User
) -> None:
    for delete, record in ((catalog.delete_record, quiz), (catalog.delete_record, lesson)):
        with pytest.raises(RuleBroken, match="is in use, so it cannot be deleted. Archive it instead."):
            delete(record, by=administrator)
    with pytest.raises(RuleBroken, match="has learners, so it cannot be deleted"):
        catalog.delete_course(course, by=administrator)

    assert Attempt.objects.filter(pk=attempt.pk).exists()
    assert Question.objects.filter(assessment=quiz).count() == 2
