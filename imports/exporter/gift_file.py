"""The questions of one assessment as GIFT, to be taken to another platform or imported again."""

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from apps.assessments.models import Answer, Assessment, Question
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from imports.exporter.making import record_export
from imports.models import ExportRecord
from imports.questions import ParsedAnswer, ParsedQuestion, write_gift
from imports.questions.complete import (
    FULL,
    Answered,
    Weighted,
    complete,
    essay,
    matching,
    multiple_choice,
    one_of,
    short_answer,
    single_choice,
)
from imports.questions.parsed import CannotRead

FORMAT = "gift"
COLUMNS = ("question_code", "text", "type", "points", "explanation", "answers")
LESSON = ("course_code", "lesson_code")
Type = Question.Type


def export_gift(assessment: Assessment, *, by: Any, to: IO[bytes]) -> ExportRecord:
    """Writes the questions to `to` (open for reading and writing) and records it.

    Raises `RuleBroken` where they may not be exported. A question that GIFT cannot say (one without a right answer, for
    example) is named in a comment, with the reason.
    """
    if not scope(by, "export", Assessment).filter(pk=assessment.pk).exists() or masks_questions(by):
        raise RuleBroken("You may not export the questions of this assessment.")
    text = io.TextIOWrapper(to, encoding="utf-8", newline="\n", write_through=True)
    number = 0
    for question in assessment.questions.filter(archived_at=None).prefetch_related("answers"):
        try:
            text.writelines(write_gift([parsed(question)]))
            number += 1
        except CannotRead as cannot:
            text.write(f"// {question.code} cannot be written as GIFT. {cannot.reason}\n\n")
    text.detach()
    lesson = assessment.lesson
    filters = {"course_code": [lesson.course.code], "lesson_code": [lesson.code]}
    facts: dict[str, Any] = {"columns": list(COLUMNS), "filters": filters, "row_count": number}
    return record_export(to, by=by, kind="questions", fmt=FORMAT, keep=False, listing="", **facts)


def assessment_of(by: Any, filters: Mapping[str, Sequence[str]]) -> Assessment:
    """The assessment of the lesson that the filters name. Raises `RuleBroken` unless it is one to be exported."""
    codes = [filters.get(name, ()) for name in LESSON]
    if set(filters) != set(LESSON) or any(len(code) != 1 for code in codes):
        raise RuleBroken("A GIFT file holds the questions of one lesson: give --filter course_code=… lesson_code=….")
    (course,), (lesson,) = codes
    rows = scope(by, "export", Assessment).filter(lesson__course__code__iexact=course, lesson__code__iexact=lesson)
    found: Assessment | None = rows.filter(archived_at=None).select_related("lesson__course").first()
    if found is None:
        raise RuleBroken(f"There is no assessment of {course}/{lesson} that you may export.")
    return found


def masks_questions(user: Any) -> bool:
    """Whether any of what a question says is hidden from this person."""
    return any(policy_for(model).masked_fields(user) for model in (Question, Answer))


def parsed(question: Question) -> ParsedQuestion:
    """The question as a file would say it. Raises `CannotRead` for one that is not complete."""
    question_type, answers, _ = _answered(question)
    return complete(
        ParsedQuestion(
            question_type,
            question.text,
            answers,
            code=question.code,
            points=question.points,
            explanation=question.explanation,
        )
    )


def _answered(question: Question) -> Answered:
    answers = list(question.answers.all())
    if question.type == Type.ESSAY:
        return essay()
    if question.type == Type.MATCHING:
        return matching([ParsedAnswer(answer.text, match=answer.match) for answer in answers])
    if question.type == Type.SHORT_ANSWER:
        return short_answer(list(_weighted(answers, FULL, is_pattern=True)))
    if question.type == Type.MULTIPLE_CHOICE:
        right = sum(answer.is_correct for answer in answers)
        return multiple_choice(list(_weighted(answers, FULL / max(right, 1))))
    read = one_of if question.type == Type.TRUE_FALSE else single_choice
    return read(list(_weighted(answers, FULL)))


def _weighted(answers: list[Answer], share: Decimal, *, is_pattern: bool = False) -> Iterator[Weighted]:
    """In short answers of files an asterisk stands for anything, in ours for itself."""
    for answer in answers:
        text = answer.text.replace("*", "\\*") if is_pattern else answer.text
        yield Weighted(text, share if answer.is_correct else Decimal(0), answer.feedback)
