"""What can be done to assessments, their questions and the essays of learners."""

from apps.assessments.services.archiving import (
    archive_assessment,
    archive_question,
    restore_assessment,
    restore_question,
)
from apps.assessments.services.grading import grade_attempt_answer, settle_result
from apps.assessments.services.questions import AnswerDraft, QuestionDraft, write_questions

__all__ = [
    "AnswerDraft",
    "QuestionDraft",
    "archive_assessment",
    "archive_question",
    "grade_attempt_answer",
    "restore_assessment",
    "restore_question",
    "settle_result",
    "write_questions",
]
