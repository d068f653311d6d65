"""The states of an attempt and the ways from one to another."""

from django.db import models


class AttemptState(models.TextChoices):
    STARTED = "started", "Under way"
    WAITING = "waiting", "Waits for a grade"
    GRADED = "graded", "Graded"


TRANSITIONS: dict[str, frozenset[str]] = {
    AttemptState.STARTED: frozenset({AttemptState.WAITING, AttemptState.GRADED}),
    AttemptState.WAITING: frozenset({AttemptState.GRADED}),
    AttemptState.GRADED: frozenset(),
}


def transition_allowed(before: str, after: str) -> bool:
    """Whether an attempt in the first state may enter the second; staying where it is always may."""
    return before == after or after in TRANSITIONS[before]
