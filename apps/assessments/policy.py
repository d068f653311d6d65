"""Who may do what to assessments: what they may do to the lessons of the course. Attempts are seen like progress.

Whoever manages the learners of a course grades their essays: its primary instructor, co-instructors with that right.
"""

from typing import Any, ClassVar

from apps.assessments.models import Answer, Assessment, Attempt, AttemptAnswer, Question
from apps.catalog.policy import COURSE_VERBS, CoursePathPolicy
from apps.catalog.rights import RIGHTS, STUDENTS
from apps.records.policy import policy

WHERE_FROM = frozenset({"ip_address", "user_agent"})


@policy(Assessment)
class AssessmentPolicy(CoursePathPolicy):
    course_path = "lesson__course"


@policy(Question)
class QuestionPolicy(CoursePathPolicy):
    course_path = "assessment__lesson__course"


@policy(Answer)
class AnswerPolicy(CoursePathPolicy):
    course_path = "question__assessment__lesson__course"


class LearnersWorkPolicy(CoursePathPolicy):
    """What learners did is seen with any right on the course, and graded by those who manage its learners."""

    verbs = (*COURSE_VERBS, "grade")
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = {"view": RIGHTS, "grade": (STUDENTS,)}

    def permission(self, verb: str) -> str:
        return "assessments.grade_attempt" if verb == "grade" else super().permission(verb)


@policy(Attempt)
class AttemptPolicy(LearnersWorkPolicy):
    course_path = "assessment__lesson__course"
    key_paths = ("user__email", "assessment__lesson__course__code", "assessment__lesson__code", "number")

    def masked_fields(self, user: Any) -> frozenset[str]:
        """Where somebody sat is for those who read sign-ins."""
        return frozenset() if user.has_perm("accounts.view_loginevent") else WHERE_FROM


@policy(AttemptAnswer)
class AttemptAnswerPolicy(LearnersWorkPolicy):
    course_path = "attempt__assessment__lesson__course"
    key_paths = (*(f"attempt__{path}" for path in AttemptPolicy.key_paths), "question__code")
