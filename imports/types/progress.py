"""How far learners are in single lessons."""

from django.utils import timezone

from apps.enrollments.models import LessonProgress
from imports.types.base import Chunk, ImportKind
from imports.types.columns import KeyPart, Moment, Reference, WholeNumber, YesNo


class Progress(ImportKind):
    key = "progress"
    heading = "Lesson progress"
    key_columns = ("student_email", "course_code", "lesson_code")
    label_column = "student_email"

    student_email = Reference(
        "enrollment",
        by=("user__email", "course__code"),
        columns=("student_email", "course_code"),
        label="Learner",
        required_on_create=True,
        aliases=("email", "student", "learner_email"),
        hint="The learner must be enrolled in the course first.",
        example="sam@example.org",
    )
    course_code = KeyPart(
        "enrollment__course__code", label="Course", required_on_create=True, aliases=("course",), example="PY-101"
    )
    lesson_code = Reference(
        "lesson",
        by=("course__code", "code"),
        columns=("course_code", "lesson_code"),
        required_on_create=True,
        aliases=("lesson",),
        example="l1",
    )
    is_completed = YesNo(aliases=("completed",), example="yes")
    completed_at = Moment(aliases=("completed_on",))
    seconds_spent = WholeNumber(aliases=("time_spent",), example="540")
    last_position_seconds = WholeNumber(aliases=("last_position",))
    progress_percent = WholeNumber(aliases=("progress", "percent"), example="100")
    last_accessed_at = Moment(aliases=("last_accessed",))

    class Meta:
        model = LessonProgress

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG002
        return ("completed_at",)

    def check(self, chunk: Chunk) -> None:
        """A lesson that is completed was completed at some moment: now, if the file does not say."""
        for draft in chunk.sound:
            if draft.values.get("is_completed") and draft.field("completed_at") is None:
                draft.values["completed_at"] = timezone.now()
