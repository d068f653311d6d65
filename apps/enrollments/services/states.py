"""The one place where the state of an enrollment is assigned."""

from datetime import datetime

from django.utils import timezone

from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus, transition_allowed
from apps.records.rules import RuleBroken

Status = EnrollmentStatus
WORDS = dict(EnrollmentStatus.choices)


def enter_status(enrollment: Enrollment, status: str, *, now: datetime | None = None) -> None:
    """Puts an enrollment into a state and sets what follows from it, without saving. Raises `RuleBroken`.

    Services, jobs and imports all come through here.
    """
    if not transition_allowed(enrollment.status, status):
        raise RuleBroken(
            f"This enrollment is {WORDS[enrollment.status].lower()} and cannot become {WORDS[status].lower()}."
        )
    if enrollment.status == status:
        return
    if status == Status.COMPLETED:
        enrollment.completed_at = enrollment.completed_at or now or timezone.now()
        enrollment.progress_percent = 100
    elif enrollment.status == Status.COMPLETED:
        enrollment.completed_at = None
    enrollment.status = status
