"""Grading what a program cannot: essays. The result of an attempt follows from the points of its answers."""

from collections.abc import Collection
from typing import Any

from apps.assessments.models import Attempt, AttemptAnswer
from apps.assessments.states import AttemptState, transition_allowed
from apps.audit.recording import change_set
from apps.records.rules import RuleBroken


def grade_attempt_answer(
    answer: AttemptAnswer, *, by: Any, points: int, feedback: str = "", reason: str = ""
) -> AttemptAnswer:
    """Gives an essay its points and says why; the attempt gets its result. A grade may be given anew.

    Raises `RuleBroken` for anything but an essay that was handed in, and for more points than it is worth.
    """
    if not answer.is_essay:
        raise RuleBroken("Only essays are graded by a person; all other answers were graded when they were given.")
    with change_set(by=by, reason=reason, title=f"Grade an essay of {answer.attempt}"):
        attempt = Attempt.objects.select_for_update().get(pk=answer.attempt_id)
        if attempt.state == AttemptState.STARTED:
            raise RuleBroken("This attempt is still under way. It can be graded once it is handed in.")
        if not 0 <= points <= answer.max_points:
            raise RuleBroken(f"This essay is worth 0 to {answer.max_points:,} points. Give it points within that.")
        answer.points_earned, answer.feedback = points, feedback
        answer.is_correct = points == answer.max_points
        answer.save()
        settle_result(attempt, list(attempt.answers.all()))
        attempt.save()
        answer.attempt = attempt
    return answer


def settle_result(attempt: Attempt, answers: Collection[AttemptAnswer]) -> None:
    """Sets what follows from the answers of an attempt that was handed in, without saving: points, state and result."""
    attempt.score = sum(answer.points_earned or 0 for answer in answers)
    attempt.max_score = sum(answer.max_points for answer in answers)
    is_graded = all(answer.points_earned is not None for answer in answers)
    enter_state(attempt, AttemptState.GRADED if is_graded else AttemptState.WAITING)
    needed = attempt.assessment.passing_score * attempt.max_score
    attempt.is_passed = attempt.score * 100 >= needed if is_graded else None


def enter_state(attempt: Attempt, state: str) -> None:
    """The one place where the state of an attempt is assigned. Raises `RuleBroken`."""
    if not transition_allowed(attempt.state, state):
        words = dict(AttemptState.choices)
        raise RuleBroken(f"This attempt is {words[attempt.state].lower()} and cannot become {words[state].lower()}.")
    attempt.state = state
