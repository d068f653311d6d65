"""The editor of the questions of an assessment: what it shows, as the one value that a browser posts back."""

import json
from typing import Any

from django import forms
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

from apps.assessments.faults import faults_of
from apps.assessments.models import Question
from apps.assessments.services import AnswerDraft

Problems = dict[tuple[int, int | None], list[str]]
"""What cannot be saved: by the place of the question, and of the answer where it is one's."""


class QuestionsEditor(forms.Widget):
    """Questions with their answers, to be added, changed, moved and removed. `problems` stand where they arose."""

    template_name = "assessments/editor.html"

    class Media:
        js = (forms.Script("assessments/editor.js", defer=True),)
        css = {"all": ("assessments/assessments.css",)}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.problems: Problems = {}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        try:
            lines = [self.shown(place, line) for place, line in enumerate(read(value)[1])]
        except ValueError:
            lines = []
        return {
            **context,
            "lines": lines,
            "blank": {"points": 1, "answers": [{}, {}]},
            "types": Question.Type.choices,
            "new_type": Question.Type.SINGLE_CHOICE,
            "points": sum(line["worth"] for line in lines),
            "input_classes": " ".join(INPUT_CLASSES),
            "select_classes": " ".join(SELECT_CLASSES),
            "textarea_classes": " ".join(TEXTAREA_CLASSES),
        }

    def shown(self, place: int, line: dict[str, Any]) -> dict[str, Any]:
        """One question with what is wrong with it."""
        answers = [
            {**answer, "problems": self.problems.get((place, at), [])} for at, answer in enumerate(line["answers"])
        ]
        return {
            **line,
            "answers": answers,
            "worth": (worth := number_from(line.get("points"))),
            "problems": self.problems.get((place, None), []),
            "faults": faults_of(
                line.get("type", ""), worth, [draft_from(answer) for answer in answers if answer.get("text")]
            ),
        }


def read(value: Any) -> tuple[str, list[dict[str, Any]]]:
    """The state somebody started from, and the questions, each with its answers. Raises `ValueError` for all else."""
    try:
        posted = json.loads(value)
        lines = [
            {**line, "answers": [{**answer} for answer in list(line.get("answers", ()))]}
            for line in posted["questions"]
        ]
        seen = str(posted["seen"])
    except (TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError from None
    if not seen:
        raise ValueError
    return seen, lines


def number_from(value: Any) -> int:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def draft_from(answer: dict[str, Any]) -> AnswerDraft:
    return AnswerDraft(
        text=str(answer.get("text", "")),
        is_correct=answer.get("is_correct") is True,
        match=str(answer.get("match", "")),
    )
