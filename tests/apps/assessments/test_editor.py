"""The editor: all questions of an assessment on one page, saved together or not at all."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.assessments.forms import as_posted
from apps.assessments.models import Answer, Assessment, Question
from apps.assessments.services import AnswerDraft, QuestionDraft, archive_assessment, write_questions
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from tests.apps.catalog.screens import MOST_QUERIES, text
from tests.recipes import assessments


def editor(quiz: Assessment) -> str:
    return f"/admin/assessments/assessment/{quiz.pk}/change/?tab=questions"


def lines_of(quiz: Assessment) -> tuple[str, list[Any]]:
    posted = json.loads(as_posted(quiz))
    return posted["seen"], posted["questions"]


def send(client: Client, quiz: Assessment, lines: Any, seen: str = "", **facts: str) -> Any:
    value = json.dumps({"seen": seen or lines_of(quiz)[0], "questions": lines})
    return client.post(editor(quiz), {"questions": value, **facts})


def asked(quiz: Assessment) -> list[tuple[Any, ...]]:
    return list(Question.objects.filter(assessment=quiz).values_list("code", "order", "text", "points"))


def test_questions_are_added_changed_moved_and_removed_in_one_change(
    as_instructor: Client, quiz: Assessment, choice: Question, essay: Question
) -> None:
    _, (first, second) = lines_of(quiz)
    new = {"text": "Which loops are there?", "type": "multiple_choice", "points": "3"}
    answers = [
        {"text": "for", "is_correct": True},
        {"text": ""},
        {"text": "while", "is_correct": True, "feedback": "Yes."},
    ]
    third = assessments.question.make(assessment=quiz, code="q7", text="Gone soon")
    before = ChangeSet.objects.count()

    answer = send(
        as_instructor, quiz, [{**new, "answers": answers}, {**second, "points": "5"}, first], _reason="Term 2"
    )

    assert answer.status_code == 302, text(answer)
    assert asked(quiz) == [
        ("q8", 1, "Which loops are there?", 3),
        ("q2", 2, "Why names?", 5),
        ("q1", 3, "What is a name?", 1),
    ]
    assert Question.with_archived.get(pk=third.pk).is_archived
    stored = Answer.objects.filter(question__code="q8")
    assert list(stored.values_list("order", "text", "feedback")) == [(1, "for", ""), (2, "while", "Yes.")]
    assert ChangeSet.objects.count() == before + 1
    assert choice.history.first().history_change_reason == "Term 2"


def test_what_nobody_changed_leaves_no_trace(as_instructor: Client, quiz: Assessment, choice: Question) -> None:
    before = ChangeSet.objects.count()

    send(as_instructor, quiz, lines_of(quiz)[1])

    assert ChangeSet.objects.count() == before
    assert choice.history.count() == 1


def test_answers_are_known_by_their_place_and_change_there(
    as_instructor: Client, quiz: Assessment, choice: Question
) -> None:
    _, (first,) = lines_of(quiz)
    kept = choice.answers.get(order=1).pk

    send(as_instructor, quiz, [{**first, "answers": list(reversed(first["answers"]))}])
    assert list(choice.answers.values_list("order", "text", "is_correct")) == [
        (1, "A box", False),
        (2, "A label", True),
    ]
    send(as_instructor, quiz, [{**first, "answers": [{"text": "Only this", "is_correct": True}]}])

    assert list(choice.answers.values_list("pk", "text")) == [(kept, "Only this")]
    gone = Answer.history.filter(history_type="-").get()
    assert (gone.order, gone.text) == (2, "A label")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"text": " "}, "Question: This field is required."),
        ({"type": "riddle"}, "Type: Select a valid choice."),
        ({"points": "-1"}, "Points: Ensure this value is greater than or equal to 0."),
        ({"points": "many"}, "Points: Enter a whole number."),
        ({"text": "nul\0"}, "Question: Null characters are not allowed."),
        ({"answers": [{"text": "", "is_correct": True}]}, "Answer: This field is required."),
        ({"answers": [{"text": "x" * 501}]}, "Answer: Ensure this value has at most 500 characters"),
    ],
)
def test_what_cannot_be_saved_is_told_where_it_stands_and_nothing_is_saved(
    as_instructor: Client, quiz: Assessment, choice: Question, essay: Question, line: dict[str, Any], sentence: str
) -> None:
    _, (first, second) = lines_of(quiz)

    answer = send(as_instructor, quiz, [{**first, "text": "Changed"}, {**second, **line}])

    shown = text(answer)
    assert answer.status_code == 200
    assert sentence in shown
    assert "One question cannot be saved like this; what is wrong stands there. Nothing was saved." in shown
    assert "Changed" in shown
    assert [row[2] for row in asked(quiz)] == ["What is a name?", "Why names?"]


@pytest.mark.parametrize(
    "value", ["", "nonsense", "[]", "{}", '{"questions": [], "seen": ""}', '{"seen": "x"}', "[" * 9000]
)
def test_what_cannot_be_read_changes_nothing(
    as_instructor: Client, quiz: Assessment, choice: Question, value: str
) -> None:
    answer = as_instructor.post(editor(quiz), {"questions": value})

    assert answer.status_code == 200
    assert len(asked(quiz)) == 1


@pytest.mark.parametrize(
    "lines", [[3], ["x"], [{"answers": 3}], [{"answers": [3]}], {"a": 1}, [{"answers": {"a": 1}}], [{"text": ["x"]}]]
)
def test_questions_in_no_shape_of_ours_change_nothing(
    as_instructor: Client, quiz: Assessment, choice: Question, lines: Any
) -> None:
    answer = send(as_instructor, quiz, lines)

    assert answer.status_code == 200
    assert [row[2] for row in asked(quiz)] == ["What is a name?"]


def test_more_than_an_assessment_holds_is_refused(as_instructor: Client, quiz: Assessment, choice: Question) -> None:
    many = send(as_instructor, quiz, [{"text": "?", "type": "essay", "points": "1"}] * 501)
    deep = send(as_instructor, quiz, [{"text": "?", "type": "essay", "points": "1", "answers": [{"text": "a"}] * 51}])

    for answer in (many, deep):
        assert "at most 500 questions, and a question at most 50 answers" in text(answer)
    assert len(asked(quiz)) == 1


def test_two_people_at_once_do_not_overwrite_each_other(
    as_instructor: Client, quiz: Assessment, choice: Question, administrator: User
) -> None:
    seen, lines = lines_of(quiz)
    write_questions(quiz, [QuestionDraft("Meanwhile", code="q1")], by=administrator)

    answer = send(as_instructor, quiz, [{**lines[0], "text": "Mine"}], seen)

    assert "Somebody changed these questions in the meantime, so nothing was saved." in text(answer)
    assert "Mine" in text(answer)
    assert [row[2] for row in asked(quiz)] == ["Meanwhile"]


@pytest.mark.parametrize("codes", [["q1", "q1"], ["q99"]])
def test_a_code_that_is_not_there_or_stands_twice_is_refused(
    quiz: Assessment, choice: Question, instructor: User, codes: list[str]
) -> None:
    with pytest.raises(RuleBroken, match="in the meantime"):
        write_questions(quiz, [QuestionDraft("New", code=code) for code in codes], by=instructor)

    assert [row[2] for row in asked(quiz)] == ["What is a name?"]


def test_an_archived_assessment_is_not_written_and_shows_its_questions_to_read(
    as_instructor: Client, quiz: Assessment, choice: Question, instructor: User
) -> None:
    archive_assessment(quiz, by=instructor)

    with pytest.raises(RuleBroken, match="What a name is is archived. Restore it first."):
        write_questions(quiz, [], by=instructor)
    shown = as_instructor.get(editor(quiz))
    refused = as_instructor.post(editor(quiz), {"questions": as_posted(quiz)})

    assert b"data-editor" not in shown.content
    assert refused.status_code == 403


def test_the_page_sums_the_points_and_names_the_faults_of_each_question(
    as_instructor: Client, quiz: Assessment, choice: Question, essay: Question, django_assert_max_num_queries: Any
) -> None:
    choice.answers.update(is_correct=True)
    as_instructor.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text(as_instructor.get(editor(quiz)))

    assert "<span data-count>2</span> questions, <span data-sum>5</span> points" in shown
    assert "2 answers are marked as right. Keep one, or make it a multiple choice." in shown
    assert "1 to look at" in shown


def test_two_hundred_questions_are_written_and_read_in_few_queries(
    quiz: Assessment, instructor: User, as_instructor: Client, django_assert_max_num_queries: Any
) -> None:
    answers = [AnswerDraft("Yes", is_correct=True), AnswerDraft("No")]
    drafts = [QuestionDraft(f"Question {n}", answers=answers) for n in range(200)]

    with django_assert_max_num_queries(25):
        write_questions(quiz, drafts, by=instructor)
    with django_assert_max_num_queries(40):
        answer = send(as_instructor, quiz, [{**line, "points": 2} for line in lines_of(quiz)[1]])

    assert answer.status_code == 302
    assert sum(row[3] for row in asked(quiz)) == 400


def test_whoever_only_looks_gets_the_questions_to_read(as_manager: Client, quiz: Assessment, choice: Question) -> None:
    shown = text(as_manager.get(editor(quiz)))
    refused = as_manager.post(editor(quiz), {"questions": as_posted(quiz)})

    assert "A label" in shown
    assert "data-editor" not in shown
    assert refused.status_code == 403
