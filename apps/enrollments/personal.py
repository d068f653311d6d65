"""What of enrollments is about a person; an erasure leaves them, so that figures stay."""

from apps.accounts.about import Personal, about_people, left_out
from apps.enrollments.models import Enrollment, LessonProgress

about_people(
    Personal(model=Enrollment),
    Personal(model=LessonProgress, path="enrollment__user"),
)
left_out["enrollments.enrollment.archived_by"] = "It says who archived somebody's enrollment: a fact about the learner."
