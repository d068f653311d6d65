"""Archiving and restoring assessments and questions; what learners did is kept."""

from typing import Any

from apps.assessments.models import Assessment, Question
from apps.audit.recording import change_set
from apps.catalog.services.archiving import (
    archive_all,
    archive_one,
    refuse_below_archived,
    restore_all,
    restore_one,
)


def archive_assessment(assessment: Assessment, *, by: Any, reason: str = "") -> Assessment:
    """Hides an assessment with its questions."""
    with change_set(by=by, reason=reason, title=f"Archive {assessment}"):
        now = archive_one(assessment, by=by)
        archive_all(Question.objects.filter(assessment=assessment), at=now, by=by)
    return assessment


def restore_assessment(assessment: Assessment, *, by: Any, reason: str = "") -> Assessment:
    """Brings an assessment back with the questions that were archived together with it."""
    with change_set(by=by, reason=reason, title=f"Restore {assessment}"):
        refuse_below_archived(assessment.lesson)
        then = restore_one(assessment)
        restore_all(Question.with_archived.filter(assessment=assessment, archived_at=then))
    return assessment


def archive_question(question: Question, *, by: Any, reason: str = "") -> Question:
    """Hides a question with its answers; attempts that hold an answer to it keep it."""
    with change_set(by=by, reason=reason, title=f"Archive {question}"):
        archive_one(question, by=by)
    return question


def restore_question(question: Question, *, by: Any, reason: str = "") -> Question:
    """Brings a question back to its place."""
    with change_set(by=by, reason=reason, title=f"Restore {question}"):
        refuse_below_archived(question.assessment)
        restore_one(question)
    return question
