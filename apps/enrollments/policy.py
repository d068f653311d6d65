"""Who may see enrollments and progress: those with a right on the course; managing learners is a right of its own."""

from typing import Any

from django.db.models import Q

from apps.accounts.policy import people_seen_beside_roles
from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import EXPORT, IMPORT, RIGHTS, STUDENTS, courses_granted, rights_held_anywhere
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.policy import policy

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


def learners_managed_by(user: Any) -> Q:
    """The people enrolled in courses whose learners this person manages."""
    if STUDENTS not in rights_held_anywhere(user):
        return Q(pk__in=())
    taught = Enrollment.with_archived.filter(course__in=courses_granted(user, (STUDENTS,)).values("pk"))
    return Q(pk__in=taught.values("user"))


people_seen_beside_roles.append(learners_managed_by)
