"""A question file goes into the assessment of one lesson: planned, applied, planned again, and taken back."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from apps.assessments.models import Answer, Assessment, Question
from apps.catalog.models import Course, CourseUserGrant, Lesson
from apps.records.rules import RuleBroken
from imports import services
from imports.models import ImportJob
from imports.question_bank import Target
from tests.recipes import assessments, catalog
from tests.support import question_files
from tests.support.people import teach

pytestmark = pytest.mark.django_db

GIFT = """// The first is named.
::Colors:: What is between orange and green? {
  =yellow#Yes.
  ~red
  ~blue
  ####It is the spectrum.
}

The sun rises in the east.{T}

When was Grant born? {#1822}

Which is the best animal? {
  =Frog
  =%50%Cat
}
"""
INTO = Target("PY-101", "l1")


def planned(text: str, by: Any, *, name: str = "quiz.txt", into: Target | None = INTO) -> ImportJob:
    job = services.upload_file(io.BytesIO(text.encode()), name=name, by=by, into=into)
    return job if job.status == ImportJob.Status.REFUSED else services.plan_now(job, by=by)


def applied(text: str, by: Any) -> ImportJob:
    return services.apply_now(planned(text, by), by=by, good_rows_only=True)


def asked() -> list[tuple[str, str]]:
    return list(Question.objects.order_by("order").values_list("text", "type"))


def counts(job: ImportJob) -> dict[str, int]:
    return {name: number for name, number in job.counts.items() if number and name != "notes"}


def test_a_question_file_makes_the_assessment_of_its_lesson_with_what_can_be_read(
    administrator: User, lesson: Lesson
) -> None:
    job = applied(GIFT, administrator)

    assert job.status == "partly_applied"
    assessment = Assessment.objects.get(lesson=lesson)
    assert assessment.title == "What a variable is"
    assert asked() == [
        ("What is between orange and green?", "single_choice"),
        ("The sun rises in the east.", "true_false"),
    ]
    colors = Question.objects.get(code="colors")
    assert colors.explanation == "It is the spectrum."
    assert list(colors.answers.values_list("order", "text", "is_correct", "feedback")) == [
        (1, "yellow", True, "Yes."),
        (2, "red", False, ""),
        (3, "blue", False, ""),
    ]


def test_what_cannot_be_imported_is_an_invalid_row_with_its_line_and_the_reason(
    administrator: User, lesson: Lesson
) -> None:
    job = planned(GIFT, administrator)

    faulty = job.rows.filter(outcome="invalid").order_by("number")
    assert [(row.number, [message["line"] for message in row.messages]) for row in faulty] == [(11, [11]), (13, [13])]
    assert [row.messages[0]["code"] for row in faulty] == ["R_RULE", "R_RULE"]
    assert "asks for a number" in faulty[0].messages[0]["message"]
    assert "“Cat” earns 50 %" in faulty[1].messages[0]["message"]
    assert counts(job)["create"] == 8
    assert not Question.objects.exists()


def test_the_same_file_once_more_changes_nothing(administrator: User, lesson: Lesson) -> None:
    applied(GIFT, administrator)

    again = planned(GIFT, administrator)

    assert "create" not in counts(again)
    assert "update" not in counts(again)
    assert counts(again)["unchanged"] == 8


def test_one_edited_answer_is_one_changed_field(administrator: User, lesson: Lesson) -> None:
    applied(GIFT, administrator)

    job = planned(GIFT.replace("~red", "~crimson"), administrator)

    (row,) = job.rows.filter(outcome="update")
    assert row.changes == {"text": ["red", "crimson"]}


def test_an_assessment_that_is_there_keeps_its_title_and_its_questions(administrator: User, lesson: Lesson) -> None:
    assessment = assessments.assessment.make(lesson=lesson, title="By hand")
    own = assessments.question.make(assessment=assessment, code="q1", text="By hand?", order=1)

    applied("::Q1::Is it new?{F}\n\nWhat is it?{}", administrator)

    assessment.refresh_from_db()
    assert assessment.title == "By hand"
    assert [text for text, _ in asked()] == ["By hand?", "Is it new?", "What is it?"]
    own.refresh_from_db()
    assert own.text == "By hand?"


def test_an_undo_takes_questions_answers_and_a_new_assessment_away(administrator: User, lesson: Lesson) -> None:
    job = applied(GIFT, administrator)

    services.undo_now(job, by=administrator)

    assert job.status == "undone"
    assert not Assessment.with_archived.exists()
    assert not Question.with_archived.exists()
    assert not Answer.objects.exists()


def test_a_question_edited_since_is_left_by_the_undo_with_the_assessment_it_needs(
    administrator: User, lesson: Lesson
) -> None:
    job = applied(GIFT, administrator)
    edited = Question.objects.get(code="colors")
    edited.points = 5
    edited.save()

    services.undo_now(job, by=administrator)

    assert job.status == "partly_undone"
    assert list(Question.objects.values_list("code", flat=True)) == ["colors"]
    assert Assessment.objects.count() == 1


def test_two_equal_questions_are_one_and_two_of_one_name_are_two(administrator: User, lesson: Lesson) -> None:
    text = "::Sky::The sky is blue.{T}\n\n::Sky::The sky is blue.{TRUE}\n\n::Sky::The sky is green.{F}\n"

    job = applied(text, administrator)

    assert counts(job)["repeated"] == 3
    assert list(Question.objects.order_by("order").values_list("code", "text")) == [
        ("sky", "The sky is blue."),
        ("sky-2", "The sky is green."),
    ]


def test_an_instructor_imports_into_their_own_course(instructor: User, lesson: Lesson) -> None:
    job = applied(GIFT, instructor)

    assert job.status == "partly_applied"
    assert Question.objects.count() == 2


def test_who_may_import_into_the_course_may_bring_questions(
    co_instructor_with: Callable[[str], User], lesson: Lesson
) -> None:
    job = applied(GIFT, co_instructor_with("import_content"))

    assert job.status == "partly_applied"


def test_who_may_only_edit_the_course_imports_nothing(
    co_instructor_with: Callable[[str], User], lesson: Lesson
) -> None:
    job = planned(GIFT, co_instructor_with("edit_content"))

    assert job.status == "refused"
    assert [message["code"] for message in job.messages] == ["E_DENIED"]
    assert not Assessment.objects.exists()


def test_a_lesson_out_of_reach_is_as_one_that_does_not_exist(
    other_instructor: User, lesson: Lesson, course: Course
) -> None:
    teach(other_instructor, catalog.course.make(code="XX-1"))
    assessments.assessment.make(lesson=lesson)

    hidden = planned(GIFT, other_instructor)
    missing = planned(GIFT, other_instructor, into=Target("PY-101", "l99"))

    told = [
        [
            [(message["code"], message["message"].replace("l99", "l1")) for message in messages]
            for messages in job.rows.order_by("part", "number").values_list("messages", flat=True)
        ]
        for job in (hidden, missing)
    ]
    assert told[0] == told[1]
    assert set(counts(hidden)) == {"invalid"}
    assert Question.objects.count() == 0


def test_who_may_import_nothing_is_refused(staff_without_rights: User, lesson: Lesson) -> None:
    job = planned(GIFT, staff_without_rights)

    assert job.status == "refused"
    assert [message["code"] for message in job.messages] == ["E_DENIED"]
    assert not job.file


def test_without_a_lesson_there_is_no_plan(administrator: User, lesson: Lesson) -> None:
    job = services.upload_file(io.BytesIO(GIFT.encode()), name="quiz.txt", by=administrator)

    with pytest.raises(RuleBroken, match="Choose the lesson"):
        services.plan_now(job, by=administrator)

    assert job.kind == "question-bank"
    assert not job.rows.exists()


def test_rights_lost_between_plan_and_apply_bind(
    co_instructor_with: Callable[[str], User], lesson: Lesson, course: Course
) -> None:
    colleague = co_instructor_with("import_content")
    job = planned("The sky is blue.{T}", colleague)
    CourseUserGrant.objects.filter(user=colleague).delete()

    job = services.apply_now(job, by=User.objects.get(pk=colleague.pk))

    assert job.status == "failed"
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_EMPTY"),
        ("Nothing is asked here.", "E_UNSUPPORTED"),
        ("// only a comment", "E_NO_ROWS"),
        ("<?xml version='1.0'?><quiz></quiz>", "E_NO_ROWS"),
        ("<?xml version='1.0'?><page/>", "E_UNSUPPORTED"),
        ("<?xml version='1.0'?><!DOCTYPE quiz><quiz/>", "E_XML_ENTITY"),
        ("<quiz><question type='essay'>", "E_UNSUPPORTED"),
        ("<a>" * 200, "E_UNSUPPORTED"),
    ],
)
def test_what_is_no_question_file_is_refused_as_a_whole(
    administrator: User, lesson: Lesson, text: str, code: str
) -> None:
    job = planned(text, administrator)

    assert job.status == "refused"
    assert [message["code"] for message in job.messages] == [code]


def test_other_encodings_are_offered_and_never_guessed(administrator: User, lesson: Lesson) -> None:
    content = "Sind Käse gelb?{T}".encode("cp1252")
    job = services.upload_file(io.BytesIO(content), name="quiz.txt", by=administrator, into=INTO)
    assert job.messages[0]["code"] == "E_ENCODING"

    services.configure(job, by=administrator, encoding="cp1252")
    services.apply_now(services.plan_now(job, by=administrator), by=administrator)

    assert asked() == [("Sind Käse gelb?", "true_false")]


def test_what_a_file_says_and_nothing_here_holds_is_a_warning(administrator: User, lesson: Lesson) -> None:
    job = planned("Which two? {~%50%a ~%50%b ~%-100%c}", administrator)

    (warning,) = [message for message in job.messages if message["code"] == "W_RULE"]
    assert warning["message"] == "Not taken over: points taken off for a wrong answer (question on line 1)."
    assert counts(job)["create"] == 5


def test_text_that_looks_like_a_formula_comes_as_it_was(administrator: User, lesson: Lesson) -> None:
    applied("Which equals 5? {~\\=2+2 =\\=2+3}", administrator)

    assert list(Answer.objects.values_list("text", flat=True)) == ["=2+2", "=2+3"]
    assert "update" not in counts(planned("Which equals 5? {~\\=2+2 =\\=2+3}", administrator))


def test_questions_of_other_formats_come_in_as_well_even_all_on_one_line(administrator: User, lesson: Lesson) -> None:
    one_line = "".join(line.strip() for line in question_files.MOODLE_XML.splitlines())
    job = planned(one_line, administrator, name="quiz.xml")

    services.apply_now(job, by=administrator, good_rows_only=True)
    again = planned(one_line, administrator, name="quiz.xml")

    assert [kind for _, kind in asked()] == [
        "single_choice",
        "multiple_choice",
        "true_false",
        "short_answer",
        "matching",
        "essay",
    ]
    assert {"create", "update"}.isdisjoint(counts(again))
    assert {message["line"] for row in again.rows.filter(outcome="invalid") for message in row.messages} == {1}


def test_a_package_is_recognized_by_its_manifest(administrator: User, lesson: Lesson, tmp_path: Path) -> None:
    content = question_files.write_package(tmp_path / "quiz.zip").read_bytes()
    job = services.upload_file(io.BytesIO(content), name="quiz.zip", by=administrator, into=INTO)

    services.apply_now(services.plan_now(job, by=administrator), by=administrator, good_rows_only=True)

    assert job.kind == "question-bank"
    assert Question.objects.count() == 8
    (faulty,) = job.rows.filter(outcome="invalid")
    assert "two.xml, line" in faulty.messages[0]["message"]


@pytest.mark.parametrize("text", ["x{=(Clear) ~b}", "x{=a#(clear)\n~b}", "x{=\u200b ~b}", "\u3164{T}"])
def test_a_text_that_would_be_taken_for_no_text_makes_a_question_that_cannot_be_imported(
    administrator: User, lesson: Lesson, text: str
) -> None:
    job = planned(text, administrator)

    assert job.counts["invalid"] == 1
    assert not job.rows.filter(part=2).exists()


def test_a_pair_without_a_left_side_has_no_place_here(administrator: User, lesson: Lesson) -> None:
    job = planned("Match. {=a -> b =c -> d = -> e}", administrator)

    (row,) = job.rows.filter(outcome="invalid")
    assert "“e” can be chosen but belongs to nothing" in row.messages[0]["message"]
    assert not job.rows.filter(part=2).exists()
