"""Writing all questions of an assessment at once, as its editor shows them: new, changed, moved and removed ones."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db.models import Model
from django.utils import timezone

from apps.assessments.models import Answer, Assessment, Question
from apps.assessments.queries import questions_of
from apps.audit.recording import change_set, write_history
from apps.catalog.codes import free_codes
from apps.catalog.services.archiving import archive_all
from apps.records.rules import RuleBroken

QUESTION_FIELDS = ("text", "type", "points", "explanation")
ANSWER_FIELDS = ("text", "is_correct", "match", "feedback")
CHANGED_MEANWHILE = (
    "Somebody changed these questions in the meantime, so nothing was saved. Keep what you wrote, reload the page and "
    "enter it again."
)


@dataclass(slots=True)
class AnswerDraft:
    """An answer as somebody wants it; its place is its place in the list."""

    text: str
    is_correct: bool = False
    match: str = ""
    feedback: str = ""


@dataclass(slots=True)
class QuestionDraft:
    """A question as somebody wants it; without a code it is a new one."""

    text: str
    type: str = Question.Type.MULTIPLE_CHOICE
    points: int = 1
    explanation: str = ""
    code: str = ""
    answers: list[AnswerDraft] = field(default_factory=list)


def write_questions(
    assessment: Assessment, drafts: Sequence[QuestionDraft], *, by: Any, seen: str = "", reason: str = ""
) -> Assessment:
    """Makes these the questions of the assessment, in this order; those that are not named are archived.

    `seen` is the state the writer started from, as `state_of` tells it. Raises `RuleBroken` when it is no longer so.
    """
    with change_set(by=by, reason=reason, title=f"Change the questions of {assessment}"):
        assessment = Assessment.with_archived.select_for_update().get(pk=assessment.pk)
        if assessment.is_archived:
            raise RuleBroken(f"{assessment} is archived. Restore it first.")
        there = questions_of(assessment)
        if seen and seen != state_of(there):
            raise RuleBroken(CHANGED_MEANWHILE)
        known = {question.code: question for question in there}
        codes = [draft.code for draft in drafts if draft.code]
        if len(set(codes)) != len(codes) or not known.keys() >= set(codes):
            raise RuleBroken(CHANGED_MEANWHILE)
        gone = [question.pk for code, question in known.items() if code not in codes]
        archive_all(Question.objects.filter(pk__in=gone), at=timezone.now(), by=by)
        questions = _write_questions(assessment, drafts, known)
        _write_answers(questions, drafts)
    return assessment


def state_of(questions: Iterable[Question]) -> str:
    """What tells one state of the questions and answers of an assessment from every other."""
    said = [
        [question.code, question.order, *_values(question, QUESTION_FIELDS)]
        + [_values(answer, ANSWER_FIELDS) for answer in question.answers.all()]
        for question in questions
    ]
    return sha256(json.dumps(said).encode()).hexdigest()


def _values(record: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(record, name) for name in names]


def _write_questions(
    assessment: Assessment, drafts: Sequence[QuestionDraft], known: dict[str, Question]
) -> list[Question]:
    codes = free_codes("q", Question.with_archived.filter(assessment=assessment).values_list("code", flat=True))
    questions, new, changed = [], [], []
    for order, draft in enumerate(drafts, start=1):
        question = known.get(draft.code) or Question(assessment=assessment, code=next(codes))
        if _take(question, draft, QUESTION_FIELDS, order):
            (changed if question.pk else new).append(question)
        questions.append(question)
    _create(new)
    _update(changed, QUESTION_FIELDS)
    return questions


def _write_answers(questions: Sequence[Question], drafts: Sequence[QuestionDraft]) -> None:
    new, changed, gone = [], [], []
    there = {question.pk: list(question.answers.all()) for question in questions}
    for question, draft in zip(questions, drafts, strict=True):
        answers = there[question.pk]
        gone += answers[len(draft.answers) :]
        for place, wanted in enumerate(draft.answers):
            answer = answers[place] if place < len(answers) else Answer(question=question)
            if _take(answer, wanted, ANSWER_FIELDS, place + 1):
                (changed if answer.pk else new).append(answer)
    write_history(gone, "-")
    Answer.objects.filter(pk__in=[answer.pk for answer in gone]).delete()
    _update(changed, ANSWER_FIELDS)
    _create(new)


def _take(record: Any, draft: Any, names: Sequence[str], order: int) -> bool:
    """Gives a record what the draft says and its place; answers whether it has to be written."""
    before = [*_values(record, names), record.order]
    for name in names:
        setattr(record, name, getattr(draft, name))
    record.order = order
    return record.pk is None or before != [*_values(record, names), order]


def _create(records: list[Any]) -> None:
    if records:
        _manager(records).bulk_create(records, batch_size=500)
        write_history(records, "+")


def _update(records: list[Any], names: Sequence[str]) -> None:
    if not records:
        return
    for record in records:
        record.updated_at = timezone.now()
    _manager(records).bulk_update(records, [*names, "order", "updated_at"], batch_size=200)
    write_history(records, "~")


def _manager(records: Sequence[Model]) -> Any:
    return type(records[0])._base_manager
