"""Who may see enrollments and progress: those with a right on the course; managing learners is a right of its own."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from apps.access.memory import remembering_at_least_here
from apps.accounts.policy import people_seen_beside_roles, why_people_are_seen
from apps.catalog.policy import CoursePathPolicy
from apps.catalog.reasons import granted, leading_to
from apps.catalog.rights import EXPORT, IMPORT, RIGHTS, STUDENTS, courses_granted
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.policy import policy
from apps.records.reasons import Reason

LEARNER_RIGHTS = {
    "view": RIGHTS,
    "add": (STUDENTS,),
    "change": (STUDENTS,),
    "archive": (STUDENTS,),
    "import": (IMPORT,),
    "export": (EXPORT,),
    "manage_students": (STUDENTS,),
}


@policy(Enrollment)
class EnrollmentPolicy(CoursePathPolicy):
    rights_for = LEARNER_RIGHTS


@policy(LessonProgress)
class LessonProgressPolicy(CoursePathPolicy):
    course_path = "enrollment__course"
    rights_for = LEARNER_RIGHTS


@remembering_at_least_here()
def learners_managed_by(user: Any) -> QuerySet[Any, Any]:
    """The keys of the people enrolled in courses whose learners this person manages."""
    courses = courses_granted(user, (STUDENTS,)).values("pk")
    return Enrollment.with_archived.filter(course__in=courses).values_list("user", flat=True)


def why_learner_is_seen(user: Any, learner: Any) -> list[Reason]:
    """For each course this learner takes, what lets the person manage its learners."""
    taken = Enrollment.with_archived.filter(user=learner.pk, course__in=courses_granted(user, (STUDENTS,)).values("pk"))
    return [
        leading_to(
            learner, replace(way, text=f"{way.text.rstrip('.')}; {learner} learns there, and the name is shown.")
        )
        for enrollment in taken.select_related("course__category")
        for way in granted(user, (STUDENTS,), enrollment.course)
    ]


people_seen_beside_roles.append(learners_managed_by)
why_people_are_seen.append(why_learner_is_seen)
