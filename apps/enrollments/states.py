"""The states of an enrollment and the ways from one to another."""

from django.db import models


class EnrollmentStatus(models.TextChoices):
    WAITLISTED = "waitlisted", "Waitlisted"
    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    DROPPED = "dropped", "Dropped"
    SUSPENDED = "suspended", "Suspended"
    EXPIRED = "expired", "Expired"


TRANSITIONS: dict[str, frozenset[str]] = {
    EnrollmentStatus.WAITLISTED: frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.DROPPED}),
    EnrollmentStatus.ACTIVE: frozenset(
        {EnrollmentStatus.COMPLETED, EnrollmentStatus.DROPPED, EnrollmentStatus.SUSPENDED, EnrollmentStatus.EXPIRED}
    ),
    EnrollmentStatus.COMPLETED: frozenset({EnrollmentStatus.ACTIVE}),
    EnrollmentStatus.DROPPED: frozenset({EnrollmentStatus.ACTIVE}),
    EnrollmentStatus.SUSPENDED: frozenset(
        {EnrollmentStatus.ACTIVE, EnrollmentStatus.DROPPED, EnrollmentStatus.EXPIRED}
    ),
    EnrollmentStatus.EXPIRED: frozenset({EnrollmentStatus.ACTIVE}),
}

# States that take one of the seats of a course.
SEATED = frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED})
# States from which a learner can be transferred to another course.
MOVABLE = SEATED | {EnrollmentStatus.WAITLISTED}
# States in which somebody counts as a learner of a course: everybody who began, unless they left.
LEARNING = frozenset(EnrollmentStatus) - {EnrollmentStatus.WAITLISTED, EnrollmentStatus.DROPPED}


def transition_allowed(before: str, after: str) -> bool:
    """Whether an enrollment in the first state may enter the second; staying where it is always may."""
    return before == after or after in TRANSITIONS[before]
