"""The screens of assessments, questions and attempts, and what they put on the pages of courses and lessons."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.assessments.models import Answer, Assessment, Attempt, AttemptAnswer, Question
from apps.assessments.services import archive_question
from apps.catalog.models import Course, Lesson
from tests.apps.catalog.screens import MOST_QUERIES, fill, page, text

ADMIN = "/admin/assessments/"
LISTS = ("assessment", "question", "attempt")


def fill_quizzes(course: Course, number: int) -> list[Assessment]:
    """An assessment for each lesson of the course, each with a question, two answers and an attempt."""
    fill(course, number)
    quizzes = Assessment.objects.bulk_create(
        Assessment(lesson=lesson, title=f"Quiz {lesson.code}") for lesson in Lesson.objects.filter(course=course)
    )
    questions = Question.objects.bulk_create(
        Question(assessment=quiz, code="q1", text="Why?", type="single_choice", order=1) for quiz in quizzes
    )
    Answer.objects.bulk_create(
        Answer(question=question, text=str(order), is_correct=order == 1, order=order)
        for question in questions
        for order in (1, 2)
    )
    people = User.objects.bulk_create(User(email=f"p{quiz.pk}@example.org") for quiz in quizzes)
    Attempt.objects.bulk_create(Attempt(user=user, assessment=quiz) for user, quiz in zip(people, quizzes, strict=True))
    return list(quizzes)


@pytest.mark.parametrize("number", [10, 300])
def test_lists_and_tabs_take_the_same_few_queries_for_ten_and_for_many(
    as_administrator: Client, as_instructor: Client, course: Course, number: int, django_assert_max_num_queries: Any
) -> None:
    quiz = fill_quizzes(course, number)[0]
    question = Question.objects.get(assessment=quiz)
    attempt = Attempt.objects.get(assessment=quiz)
    AttemptAnswer.objects.create(attempt=attempt, question=question, chosen=["1"])
    pages = [
        *(f"{ADMIN}{model}/" for model in LISTS),
        *(f"{ADMIN}assessment/{quiz.pk}/change/?tab={tab}" for tab in ("facts", "questions", "attempts", "history")),
        f"{ADMIN}question/{question.pk}/change/",
        f"{ADMIN}attempt/{attempt.pk}/change/",
        page("course", course, "assessments"),
        page("lesson", quiz.lesson, "assessment"),
        f"{ADMIN}assessment/add/?course={course.pk}",
    ]

    for client in (as_administrator, as_instructor):
        client.get("/admin/")
        for address in pages:
            with django_assert_max_num_queries(MOST_QUERIES):
                assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("model", LISTS)
def test_an_empty_list_says_what_belongs_here(as_administrator: Client, db: None, model: str) -> None:
    shown = as_administrator.get(f"{ADMIN}{model}/")

    assert shown.context["cl"].model_admin.empty_text in text(shown)


def test_an_assessment_is_added_to_a_lesson_that_has_none_and_opens_at_its_questions(
    as_instructor: Client, course: Course, lesson: Lesson
) -> None:
    facts = {
        "title": "New",
        "quiz_type": "final",
        "passing_score": "80",
        "max_attempts": "1",
        "time_limit_minutes": "20",
    }

    empty = text(as_instructor.get(page("lesson", lesson, "assessment")))
    answer: Any = as_instructor.post(
        f"{ADMIN}assessment/add/?course={course.pk}&lesson={lesson.pk}", {"lesson": lesson.pk, **facts}
    )
    quiz = Assessment.objects.get(lesson=lesson)
    again = as_instructor.post(f"{ADMIN}assessment/add/", {"lesson": lesson.pk, **facts})

    assert "No assessment yet" in empty
    assert answer.url == f"{ADMIN}assessment/{quiz.pk}/change/?tab=questions"
    assert "This lesson has an assessment already." in text(again)
    assert Assessment.objects.count() == 1
    assert "No questions yet" in text(as_instructor.get(page("course", course, "assessments")))


def test_facts_that_cannot_be_are_refused(as_instructor: Client, quiz: Assessment) -> None:
    facts = {
        "title": "x",
        "quiz_type": "final",
        "passing_score": "101",
        "max_attempts": "-1",
        "time_limit_minutes": "5",
    }

    answer = as_instructor.post(f"{ADMIN}assessment/{quiz.pk}/change/", facts)

    assert set(answer.context["adminform"].form.errors) == {"title", "passing_score", "max_attempts"}
    quiz.refresh_from_db()
    assert quiz.title == "What a name is"


def test_the_course_and_the_list_say_what_is_asked_and_what_needs_attention(
    as_instructor: Client, course: Course, quiz: Assessment, choice: Question, attempt: Attempt
) -> None:
    choice.answers.update(is_correct=False)

    for shown in (
        text(as_instructor.get(page("course", course, "assessments"))),
        text(as_instructor.get(f"{ADMIN}assessment/")),
    ):
        assert "What a name is" in shown
        assert "1 to look at" in shown
        assert f"{quiz.pk}/change/?tab=questions" in shown
    assert "1 to grade" in text(as_instructor.get(page("course", course, "assessments")))


def test_a_course_without_lessons_leads_to_its_curriculum(as_instructor: Client, course: Course) -> None:
    assert "Go to the curriculum" in text(as_instructor.get(page("course", course, "assessments")))


def test_an_archived_question_is_found_and_restored(as_instructor: Client, choice: Question, instructor: User) -> None:
    archive_question(choice, by=instructor)

    found = text(as_instructor.get(f"{ADMIN}question/?archived=yes&q=name"))
    answer = as_instructor.post(f"{ADMIN}question/{choice.pk}/restore/")

    assert "What is a name?" in found
    assert answer.status_code == 302
    assert Question.objects.filter(pk=choice.pk).exists()


def test_an_attempt_shows_what_was_answered_in_the_words_it_had(
    as_instructor: Client, attempt: Attempt, choice: Question
) -> None:
    choice.answers.update(text="Written anew")

    shown = text(as_instructor.get(f"{ADMIN}attempt/{attempt.pk}/change/"))

    for expected in ("A label", "Names tell.", "Waits for a grade", "Grade it", "1 of 5"):
        assert expected in shown
    assert "Written anew" not in shown


def test_the_list_of_attempts_leads_to_the_essay_that_waits_longest_for_those_who_grade(
    as_instructor: Client, as_manager: Client, attempt: Attempt
) -> None:
    essay = AttemptAnswer.objects.get(attempt=attempt, points_earned=None)

    assert f"{attempt.pk}/grade/{essay.pk}/" in text(as_instructor.get(f"{ADMIN}attempt/"))
    assert "/grade/" not in text(as_manager.get(f"{ADMIN}attempt/"))


def test_where_a_learner_sat_is_for_those_who_read_sign_ins_and_addresses_for_those_who_see_them(
    as_instructor: Client, as_support: Client, attempt: Attempt
) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(ip_address="203.0.113.9", user_agent="An old browser")
    addresses = (f"{ADMIN}attempt/", f"{ADMIN}attempt/{attempt.pk}/change/", f"{ADMIN}attempt/{attempt.pk}/history/")

    own, support = ("".join(text(client.get(one)) for one in addresses) for client in (as_instructor, as_support))

    for word in ("203.0.113.9", "An old browser", "student@example.org"):
        assert word not in own
        assert word in support
    assert "Robin Student" in own
