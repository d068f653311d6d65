"""Grading essays: by whom, within which points, and what follows for the attempt."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, Question
from apps.assessments.services import grade_attempt_answer
from apps.assessments.services.grading import enter_state
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from tests.apps.assessments.conftest import handed_in
from tests.apps.catalog.screens import MOST_QUERIES, said, text
from tests.support.people import person

State = Attempt.State
ATTEMPTS = "/admin/assessments/attempt/"


def grading(answer: AttemptAnswer) -> str:
    return f"{ATTEMPTS}{answer.attempt_id}/grade/{answer.pk}/"


def result(attempt: Attempt) -> tuple[Any, ...]:
    attempt.refresh_from_db()
    return attempt.state, attempt.score, attempt.max_score, attempt.is_passed


@pytest.mark.parametrize(("points", "is_passed"), [(2, True), (1, False), (4, True), (0, False)])
def test_the_last_grade_decides_whether_the_attempt_has_passed(
    points: int, is_passed: bool, written: AttemptAnswer, attempt: Attempt, instructor: User
) -> None:
    grade_attempt_answer(written, by=instructor, points=points, feedback="Say why.", reason="Read twice.")

    assert result(attempt) == (State.GRADED, 1 + points, 5, is_passed)
    written.refresh_from_db()
    assert (written.points_earned, written.feedback, written.is_correct) == (points, "Say why.", points == 4)
    change = ChangeSet.objects.latest("pk")
    assert (change.actor, change.reason) == (instructor, "Read twice.")
    assert written.history.first().change_set == attempt.history.first().change_set == change


def test_a_grade_is_given_anew(written: AttemptAnswer, attempt: Attempt, instructor: User) -> None:
    grade_attempt_answer(written, by=instructor, points=0)

    grade_attempt_answer(written, by=instructor, points=4, feedback="I had overlooked a line.")

    assert result(attempt) == (State.GRADED, 5, 5, True)


def test_an_attempt_waits_until_its_last_essay_is_graded(
    written: AttemptAnswer, attempt: Attempt, quiz: Assessment, instructor: User
) -> None:
    second = Question.objects.create(assessment=quiz, text="And why not?", type=Question.Type.ESSAY, points=2)
    AttemptAnswer.objects.create(attempt=attempt, question=second, max_points=2)

    grade_attempt_answer(written, by=instructor, points=4)

    assert result(attempt) == (State.WAITING, 5, 7, None)


@pytest.mark.parametrize(
    ("facts", "points", "sentence"),
    [
        ({}, 5, "This essay is worth 0 to 4 points."),
        ({}, -1, "This essay is worth 0 to 4 points."),
        ({"state": State.STARTED, "completed_at": None}, 1, "This attempt is still under way."),
    ],
)
def test_what_cannot_be_graded_is_refused_and_stays_as_it_was(
    facts: dict[str, Any], points: int, sentence: str, written: AttemptAnswer, attempt: Attempt, instructor: User
) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(**facts)

    with pytest.raises(RuleBroken, match=sentence):
        grade_attempt_answer(written, by=instructor, points=points)

    written.refresh_from_db()
    assert written.points_earned is None
    assert attempt.history.count() == 1


def test_only_essays_are_graded_by_a_person(attempt: Attempt, choice: Question, instructor: User) -> None:
    answer = AttemptAnswer.objects.get(attempt=attempt, question=choice)

    with pytest.raises(RuleBroken, match="Only essays are graded by a person"):
        grade_attempt_answer(answer, by=instructor, points=0)

    assert AttemptAnswer.objects.get(pk=answer.pk).points_earned == 1


def test_what_is_graded_waits_for_no_grade_again(attempt: Attempt) -> None:
    attempt.state = State.GRADED

    with pytest.raises(RuleBroken, match="is graded and cannot become waits for a grade"):
        enter_state(attempt, State.WAITING)


def test_the_overview_tells_those_who_grade_how_many_essays_wait(
    as_instructor: Client, as_manager: Client, attempt: Attempt
) -> None:
    assert "1 essay to grade" in text(as_instructor.get("/admin/"))
    assert "to grade" not in text(as_manager.get("/admin/"))


class TestOnTheScreen:
    """The page with one essay, and the way to the next."""

    def test_it_shows_the_essay_and_goes_to_the_one_that_waits_longest(
        self,
        as_instructor: Client,
        written: AttemptAnswer,
        attempt: Attempt,
        quiz: Assessment,
        choice: Question,
        essay: Question,
        django_assert_max_num_queries: Any,
    ) -> None:
        other = handed_in(quiz, person("second", User.Role.STUDENT), choice, essay)
        following = AttemptAnswer.objects.get(attempt=other, question=essay)
        as_instructor.get("/admin/")

        with django_assert_max_num_queries(MOST_QUERIES):
            shown = text(as_instructor.get(grading(written)))
        answer: Any = as_instructor.post(grading(written), {"points": 3, "feedback": "Good."})

        assert "Names tell." in shown
        assert "2 essays wait for a grade." in shown
        assert grading(following) in shown
        assert answer.url == grading(following)
        assert said(answer) == "Graded: 3 of 4 points for Robin Student. Here is the next one."
        last: Any = as_instructor.post(grading(following), {"points": 0})
        assert last.url == f"{ATTEMPTS}{other.pk}/change/"
        assert said(last).endswith("Graded: 0 of 4 points for Robin Second. No other essay waits for you.")
        assert result(attempt)[:2] == (State.GRADED, 4)

    @pytest.mark.parametrize("points", ["5", "-1", "", "many", "1.5"])
    def test_points_that_cannot_be_given_are_refused_where_they_were_entered(
        self, as_instructor: Client, written: AttemptAnswer, points: str
    ) -> None:
        answer = as_instructor.post(grading(written), {"points": points, "feedback": "Kept."})

        assert answer.status_code == 200
        assert "Kept." in text(answer)
        assert answer.context["form"].errors["points"]
        written.refresh_from_db()
        assert written.points_earned is None

    def test_a_rule_that_was_broken_meanwhile_is_told_on_the_page(
        self, as_instructor: Client, written: AttemptAnswer, attempt: Attempt
    ) -> None:
        Attempt.objects.filter(pk=attempt.pk).update(state=State.STARTED, completed_at=None)

        answer = as_instructor.post(grading(written), {"points": "1"})

        assert "This attempt is still under way." in text(answer)
        assert result(attempt)[0] == State.STARTED

    def test_whoever_manages_the_learners_grades_and_nobody_else(
        self,
        co_instructor_with: Callable[[str], User],
        manager: User,
        other_instructor: User,
        signed_in: Callable[[User], Client],
        written: AttemptAnswer,
        attempt: Attempt,
    ) -> None:
        asked = {
            "manage_students": co_instructor_with("manage_students"),
            "edit_content": co_instructor_with("edit_content"),
            "manager": manager,
            "stranger": other_instructor,
        }

        answers = {name: signed_in(user).get(grading(written)).status_code for name, user in asked.items()}
        refused = signed_in(manager).post(grading(written), {"points": "1"})

        assert answers == {"manage_students": 200, "edit_content": 403, "manager": 403, "stranger": 404}
        assert (refused.status_code, result(attempt)[0]) == (403, State.WAITING)
        assert "Grade it" not in text(signed_in(manager).get(f"{ATTEMPTS}{attempt.pk}/change/"))

    def test_an_answer_that_is_no_essay_or_of_another_attempt_is_not_found(
        self, as_instructor: Client, attempt: Attempt, choice: Question
    ) -> None:
        answer = AttemptAnswer.objects.get(attempt=attempt, question=choice)

        assert as_instructor.get(grading(answer)).status_code == 404
        assert as_instructor.get(f"{ATTEMPTS}{attempt.pk}/grade/999999999999999999999/").status_code == 404
