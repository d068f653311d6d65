"""The answers of questions, known by their place; a place that is left blank is the next one."""

from typing import Any

from django.db.models import Max

from apps.assessments.models import Answer
from imports.codes import RowCode
from imports.readers.base import CellValue
from imports.types.base import Chunk, Draft, ImportKind
from imports.types.columns import (
    CellFault,
    KeyPart,
    LongText,
    Reference,
    Text,
    WholeNumber,
    YesNo,
    text_of,
)


class Place(WholeNumber):
    """A number that is part of a key: it is spelled in one way only, so that the same place is the same key."""

    def read(self, cell: CellValue) -> int:
        number = super().read(cell)
        if number < 1 or str(number) != text_of(cell).strip():
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a whole number from 1 on, for example 2.")
        return number

    def key_from(self, text: str) -> Any:
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class Answers(ImportKind):
    key = "answers"
    heading = "Answers"
    key_columns = ("course_code", "lesson_code", "question_code", "order")
    label_column = "text"
    made_up_key, code_within = "order", "question_code"

    course_code = KeyPart(
        "question__assessment__lesson__course__code",
        label="Course",
        required_on_create=True,
        aliases=("course",),
        example="PY-101",
    )
    lesson_code = KeyPart(
        "question__assessment__lesson__code",
        label="Lesson",
        required_on_create=True,
        aliases=("lesson",),
        example="l1",
    )
    question_code = Reference(
        "question",
        by=("assessment__lesson__course__code", "assessment__lesson__code", "code"),
        columns=("course_code", "lesson_code", "question_code"),
        required_on_create=True,
        aliases=("question",),
        example="q1",
    )
    order = Place(
        aliases=("position", "sort_order"), help="Left blank, it comes after the last one of its question.", example="1"
    )
    text = Text(required_on_create=True, aliases=("answer", "answer_text"), example="A value under a name")
    is_correct = YesNo(aliases=("correct", "right"), example="yes")
    feedback = LongText(aliases=("explanation",))
    match = Text(aliases=("matched_with", "matches"))

    class Meta:
        model = Answer

    def check(self, chunk: Chunk) -> None:
        """Gives new answers without a place the next one, after those of the database and of the file so far."""
        new = [draft for draft in chunk.sound if draft.is_new]
        last: dict[int, int] = chunk.memory.setdefault("last places", {})
        made: dict[int, set[int]] = chunk.memory.setdefault("places made up", {})
        unknown = {draft.values["question_id"] for draft in new} - last.keys()
        if unknown:
            last.update(dict.fromkeys(unknown, 0))
            there = Answer.objects.filter(question__among=unknown).order_by().values_list("question")
            last.update(dict(there.annotate(last=Max("order"))))
        for draft in new:
            question, place = draft.values["question_id"], draft.values.get("order")
            if place is None:
                place = draft.values["order"] = last[question] + 1
                draft.changes["order"] = ["", str(place)]
                made.setdefault(question, set()).add(place)
            elif place in made.get(question, ()):
                self._refuse_taken(draft, place)
            last[question] = max(last[question], place)

    def _refuse_taken(self, draft: Draft, place: int) -> None:
        text = "An earlier line without a place was given this one. Write the places of all lines, or of none."
        draft.fault(RowCode.R_DUP_IN_FILE, text, self.column("order"), place)
