"""Instructors in the states they can be in, and what a suspension proposes for their courses."""

from typing import Any

from django.utils import timezone

from apps.instructors.models import InstructorProfile
from apps.instructors.plan import fingerprint, suspension_plan
from apps.instructors.services import suspend_instructor
from apps.instructors.states import InstructorStatus
from tests.recipes import instructors


def approved_profile(user: Any, **facts: Any) -> InstructorProfile:
    made: InstructorProfile = instructors.instructor_profile.make(
        **{"user": user, "status": InstructorStatus.APPROVED, "approved_at": timezone.now(), **facts}
    )
    return made


def suspended_profile(user: Any) -> InstructorProfile:
    """Without what a suspension does to courses."""
    return approved_profile(user, status=InstructorStatus.SUSPENDED, suspension_reason="Asked for money.")


def suspend(profile: InstructorProfile, by: Any, *, successor: Any = None, **fates: str) -> InstructorProfile:
    """As proposed, but for the courses whose fate is given by their code."""
    plan = suspension_plan(profile.user)
    chosen = {part.course.pk: fates.get(part.course.code.replace("-", "_"), part.choices[0][0]) for part in plan}
    return suspend_instructor(
        profile, chosen, shown=fingerprint(plan), successor=successor, by=by, reason="Asked for money."
    )
