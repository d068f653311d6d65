"""The states of an instructor and the ways from one to another."""

from django.db import models


class InstructorStatus(models.TextChoices):
    PENDING = "pending", "Applied"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    SUSPENDED = "suspended", "Suspended"


class Tier(models.TextChoices):
    BRONZE = "bronze", "Bronze"
    SILVER = "silver", "Silver"
    GOLD = "gold", "Gold"
    PLATINUM = "platinum", "Platinum"


TRANSITIONS: dict[str, frozenset[str]] = {
    InstructorStatus.PENDING: frozenset({InstructorStatus.APPROVED, InstructorStatus.REJECTED}),
    InstructorStatus.APPROVED: frozenset({InstructorStatus.SUSPENDED}),
    InstructorStatus.REJECTED: frozenset({InstructorStatus.PENDING}),
    InstructorStatus.SUSPENDED: frozenset({InstructorStatus.APPROVED}),
}


def transition_allowed(before: str, after: str) -> bool:
    """Whether an instructor in the first state may enter the second."""
    return after in TRANSITIONS[before]
