"""Files of assessments, questions and answers: what is made up, what is refused, and for whom."""

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.assessments.models import Answer, Assessment, Question
from apps.catalog.models import Course, Lesson
from imports import services
from imports.models import ImportJob
from imports.types import KINDS
from tests.support.importing import applied, codes, outcomes, planned, row
from tests.support.people import teach

HEADER = "course_code,lesson_code,question_code,order,text,is_correct\n"
PLACE = "PY-101,l1,q1,"


def answers_of(question: Question) -> list[tuple[int, str]]:
    return list(question.answers.values_list("order", "text"))


@pytest.fixture
def importer(co_instructor_with: Callable[[str], User]) -> User:
    return co_instructor_with("import_content")


def test_answers_without_a_place_come_last_and_the_same_file_changes_nothing_again(
    choice: Question, importer: User
) -> None:
    text = f"{HEADER}{PLACE},A number,no\n{PLACE},A sign,yes\n"

    job = applied("answers", text, importer)
    again = planned("answers", text, importer)

    assert job.status == ImportJob.Status.APPLIED
    assert answers_of(choice) == [(1, "A label"), (2, "A box"), (3, "A number"), (4, "A sign")]
    assert outcomes(again) == ["unchanged", "unchanged"]
    services.undo_now(job, by=importer)
    assert answers_of(choice) == [(1, "A label"), (2, "A box")]


def test_an_answer_is_found_by_its_place(choice: Question, importer: User) -> None:
    job = applied("answers", f"{HEADER}{PLACE}2,A crate,\npy-101,L1,Q1,3,A third,no\n", importer)

    assert outcomes(job) == ["update", "create"]
    assert answers_of(choice) == [(1, "A label"), (2, "A crate"), (3, "A third")]


@pytest.mark.parametrize("place", ["0", "-1", "2.0", "02", "two", "1e1", "99999999999"])
def test_a_place_is_spelled_in_one_way_only(choice: Question, importer: User, place: str) -> None:
    job = planned("answers", f"{HEADER}{PLACE}{place},A crate,\n", importer)

    assert outcomes(job) == ["invalid"]
    assert set(codes(job, 2)) <= {"R_NUMBER", "R_RANGE"}
    assert answers_of(choice) == [(1, "A label"), (2, "A box")]


def test_a_place_that_was_made_up_is_not_given_twice(choice: Question, importer: User) -> None:
    job = planned("answers", f"{HEADER}{PLACE},First,\n{PLACE}3,Third,\n{PLACE}9,Ninth,\n{PLACE},Tenth,\n", importer)

    assert outcomes(job) == ["create", "invalid", "create", "create"]
    assert codes(job, 3) == ["R_DUP_IN_FILE"]
    assert row(job, 5).values["order"] == 10


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("assessments", "course_code,lesson_code,title,passing_score\nPY-101,l1,Mine,101\n", "R_RANGE"),
        ("assessments", "course_code,lesson_code,title,quiz_type\nPY-101,l1,Mine,riddle\n", "R_CHOICE"),
        ("assessments", "course_code,lesson_code,title\nPY-101,l9,Mine\n", "R_FK_MISSING"),
        ("assessments", "course_code,lesson_code,title\nART-1,l1,Theirs\n", "R_FK_MISSING"),
        ("questions", "course_code,lesson_code,text,type\nPY-101,l1,Why?,riddle\n", "R_CHOICE"),
        ("questions", "course_code,lesson_code,text,points\nPY-101,l1,Why?,many\n", "R_NUMBER"),
        ("questions", "course_code,lesson_code,text\nPY-101,l9,Why?\n", "R_FK_MISSING"),
        ("questions", "course_code,lesson_code,question_code,text\nPY-101,l1,no spaces,Why?\n", "R_RULE"),
        ("answers", f"{HEADER}PY-101,l1,q99,1,Yes,\n", "R_FK_MISSING"),
        ("answers", f"{HEADER}{PLACE}3,{'x' * 501},\n", "R_TOO_LONG"),
        ("answers", f"{HEADER}{PLACE}3,Yes,perhaps\n", "R_BOOL"),
        ("answers", f"{HEADER}{PLACE}3,,yes\n", "R_REQUIRED"),
    ],
)
@pytest.mark.usefixtures("choice", "other_course")
def test_a_row_that_cannot_be_is_refused_with_its_code(kind: str, text: str, code: str, importer: User) -> None:
    job = planned(kind, text, importer)

    assert (outcomes(job), codes(job, 2)) == (["invalid"], [code])


def test_what_belongs_to_others_is_neither_found_nor_changed(
    choice: Question, other_instructor: User, other_course: Course, co_instructor_with: Callable[[str], User]
) -> None:
    teach(other_instructor, other_course)
    viewer = co_instructor_with("view_course")

    theirs = planned("questions", "course_code,lesson_code,question_code,text\nPY-101,l1,q1,Taken\n", other_instructor)

    assert codes(theirs, 2) == ["R_FK_MISSING"]
    assert [kind for kind in ("assessments", "questions", "answers") if KINDS[kind].may_import(viewer)] == []
    choice.refresh_from_db()
    assert choice.text == "What is a name?"


def test_codes_and_places_of_questions_are_made_up_after_those_there_are(choice: Question, importer: User) -> None:
    job = applied(
        "questions", "course_code,lesson_code,text,type\nPY-101,l1,Why?,essay\nPY-101,l1,How?,Essay\n", importer
    )

    assert job.status == ImportJob.Status.APPLIED
    made = Question.objects.filter(assessment=choice.assessment).values_list("code", "order", "type")
    assert list(made) == [("q1", 1, "single_choice"), ("q2", 2, "essay"), ("q3", 3, "essay")]


def test_a_lesson_has_one_assessment_which_a_second_file_changes(lesson: Lesson, importer: User) -> None:
    applied("assessments", "course_code,lesson_code,title\nPY-101,l1,First\n", importer)

    job = applied("assessments", "course_code,lesson_code,title,time_limit\nPY-101,L1,Second,15\n", importer)

    assert outcomes(job) == ["update"]
    assert list(Assessment.objects.values_list("title", "time_limit_minutes")) == [("Second", 15)]


def test_a_course_archived_by_a_file_takes_its_assessments_along_and_back(
    choice: Question, quiz: Assessment, administrator: User
) -> None:
    job = applied("courses", "course_code,status\nPY-101,archived\n", administrator)
    assert not Assessment.objects.exists()
    assert not Question.objects.exists()

    services.undo_now(job, by=administrator)

    assert job.status == ImportJob.Status.UNDONE
    assert Assessment.objects.get() == quiz
    assert Question.objects.get() == choice
    assert Answer.objects.count() == 2
