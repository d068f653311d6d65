"""The forms of the screens: all questions of an assessment at once, and the grade of an essay."""

import json
from collections import defaultdict
from typing import Any

from django import forms
from django.utils.text import capfirst

from admin_theme.widgets import dress
from apps.assessments.models import Answer, Assessment, AttemptAnswer, Question
from apps.assessments.queries import questions_of
from apps.assessments.services import AnswerDraft, QuestionDraft
from apps.assessments.services.questions import ANSWER_FIELDS, QUESTION_FIELDS, state_of
from apps.assessments.widgets import Problems, QuestionsEditor, read

MOST_QUESTIONS, MOST_ANSWERS = 500, 50
CANNOT_BE_READ = "These questions cannot be read. Reload the page and enter them again."


class QuestionLine(forms.ModelForm):  # type: ignore[type-arg]
    """One question as it was posted."""

    class Meta:
        model = Question
        fields = QUESTION_FIELDS


class AnswerLine(forms.ModelForm):  # type: ignore[type-arg]
    """One answer as it was posted."""

    class Meta:
        model = Answer
        fields = ANSWER_FIELDS


class QuestionsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The questions of an assessment, posted as one value; `questions` is cleaned to drafts."""

    questions = forms.CharField(widget=QuestionsEditor, strip=False)

    class Meta:
        model = Assessment
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = ""
        self.problems: Problems = defaultdict(list)
        self.fields["questions"].widget.problems = self.problems
        if self.instance.pk:
            self.initial["questions"] = as_posted(self.instance)

    def clean_questions(self) -> list[QuestionDraft]:
        try:
            self.seen, lines = read(self.cleaned_data["questions"])
        except ValueError:
            raise forms.ValidationError(CANNOT_BE_READ) from None
        if len(lines) > MOST_QUESTIONS or any(len(line["answers"]) > MOST_ANSWERS for line in lines):
            raise forms.ValidationError(
                f"An assessment has at most {MOST_QUESTIONS} questions, and a question at most {MOST_ANSWERS} answers."
            )
        drafts = [self._draft(place, line) for place, line in enumerate(lines)]
        if number := len({place for place, _ in self.problems}):
            what = "One question cannot" if number == 1 else f"{number} questions cannot"
            raise forms.ValidationError(f"{what} be saved like this; what is wrong stands there. Nothing was saved.")
        return drafts

    def _draft(self, place: int, line: dict[str, Any]) -> QuestionDraft:
        facts = self._checked(QuestionLine(line), place, None)
        answers = [
            AnswerDraft(**self._checked(AnswerLine(answer), place, at))
            for at, answer in enumerate(line["answers"])
            if not is_blank(answer)
        ]
        return QuestionDraft(**facts, code=str(line.get("code", "")), answers=answers)

    def _checked(self, line: Any, place: int, at: int | None) -> dict[str, Any]:
        for name, errors in line.errors.items():
            label = capfirst(line.fields[name].label)
            self.problems[place, at] += [f"{label}: {error}" for error in errors]
        return {name: line.cleaned_data.get(name, "") for name in line.fields}


def is_blank(answer: dict[str, Any]) -> bool:
    """Whether nothing was entered for this answer, so that it is left out."""
    return not answer.get("is_correct") and not any(
        str(answer.get(name, "")).strip() for name in ANSWER_FIELDS if name != "is_correct"
    )


def as_posted(assessment: Assessment) -> str:
    """The questions of an assessment in the shape in which the editor posts them."""
    questions = questions_of(assessment)
    lines = [
        {
            "code": question.code,
            **{name: getattr(question, name) for name in QUESTION_FIELDS},
            "answers": [{name: getattr(answer, name) for name in ANSWER_FIELDS} for answer in question.answers.all()],
        }
        for question in questions
    ]
    return json.dumps({"seen": state_of(questions), "questions": lines})


class GradeForm(forms.Form):
    """The points of an essay and the words for its writer."""

    points = forms.IntegerField()
    feedback = forms.CharField(
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="The learner reads this.",
    )

    def __init__(self, *args: Any, answer: AttemptAnswer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"] = forms.IntegerField(
            label=f"Points, 0 to {answer.max_points:,}", min_value=0, max_value=answer.max_points
        )
        self.fields["points"].widget.attrs["autofocus"] = answer.points_earned is None
        self.initial = {"points": answer.points_earned, "feedback": answer.feedback, **self.initial}
        for asked in self.fields.values():
            dress(asked)
