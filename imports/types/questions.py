"""The questions of assessments; what is right is said by their answers."""

from apps.assessments.models import Question
from imports.types.archive_column import Archive
from imports.types.base import ImportKind
from imports.types.columns import Choice, Code, KeyPart, LongText, Reference, WholeNumber


class Questions(ImportKind):
    key = "questions"
    heading = "Questions"
    key_columns = ("course_code", "lesson_code", "question_code")
    label_column = "text"
    made_up_code, code_within = "question_code", "lesson_code"
    made_up_order, order_within = "order", "lesson_code"

    course_code = KeyPart(
        "assessment__lesson__course__code",
        label="Course",
        required_on_create=True,
        aliases=("course",),
        example="PY-101",
    )
    lesson_code = Reference(
        "assessment",
        by=("lesson__course__code", "lesson__code"),
        columns=("course_code", "lesson_code"),
        label="Lesson",
        required_on_create=True,
        aliases=("lesson",),
        hint="The lesson must have an assessment first.",
        example="l1",
    )
    question_code = Code("code", label="Question code", aliases=("code",), example="q1")
    text = LongText(
        required_on_create=True, aliases=("question", "question_text"), example="What does a variable hold?"
    )
    type = Choice(aliases=("question_type",), example="single_choice")
    points = WholeNumber(aliases=("score", "mark"), example="1")
    order = WholeNumber(aliases=("position", "sort_order"), example="1")
    explanation = LongText(aliases=("general_feedback",))
    archive = Archive()

    class Meta:
        model = Question
