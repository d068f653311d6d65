"""The assessments of lessons."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.assessments.models import Assessment, Question
from imports.types.archive_column import Archive
from imports.types.base import ImportKind
from imports.types.columns import Choice, KeyPart, LongText, Reference, Text, WholeNumber, YesNo


class Assessments(ImportKind):
    key = "assessments"
    heading = "Assessments"
    key_columns = ("course_code", "lesson_code")
    label_column = "title"
    side_models = (Question,)
    ways_up: ClassVar = {Question: "assessment"}

    course_code = KeyPart(
        "lesson__course__code", label="Course", required_on_create=True, aliases=("course",), example="PY-101"
    )
    lesson_code = Reference(
        "lesson",
        by=("course__code", "code"),
        columns=("course_code", "lesson_code"),
        required_on_create=True,
        aliases=("lesson",),
        help="A lesson has one assessment at most.",
        example="l1",
    )
    title = Text(required_on_create=True, aliases=("assessment_title", "quiz_title", "name"), example="Check yourself")
    description = LongText(aliases=("instructions",))
    quiz_type = Choice(aliases=("type", "assessment_type"), example="graded")
    passing_score = WholeNumber(aliases=("passing_percent", "pass_mark"), example="70")
    max_attempts = WholeNumber(aliases=("attempts",), example="3")
    time_limit_minutes = WholeNumber(aliases=("time_limit", "minutes"), example="20")
    randomize_questions = YesNo(aliases=("randomize", "randomise", "shuffle_questions"))
    show_correct_answers = YesNo(aliases=("show_answers",))
    show_results = YesNo()
    archive = Archive()

    class Meta:
        model = Assessment

    def below(self, ids: Sequence[int]) -> Sequence[QuerySet[Any]]:
        return (Question.with_archived.filter(assessment__in=ids),)
