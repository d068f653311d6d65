"""What a policy answers, with its reasons."""

from typing import Any

from django.db.models import Model

from apps.records.policy import policy_for
from apps.records.reasons import ByRole, Reason


def answer_of(user: Any, verb: str, record: Model) -> tuple[bool, list[Reason | ByRole]]:
    """Whether they may, and what lets them, or what is missing."""
    policy = policy_for(type(record))
    may = policy.may(user, verb, record)
    return may, (policy.because if may else policy.missing)(user, verb, record)
