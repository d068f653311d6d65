"""Enrolling learners and everything that can happen to an enrollment afterwards; each function is one change set."""

from apps.enrollments.services.changing import (
    activate_enrollment,
    archive_enrollment,
    complete_enrollment,
    delete_enrollment,
    drop_enrollment,
    expire_enrollment,
    extend_access,
    restore_enrollment,
    resume_enrollment,
    suspend_enrollment,
)
from apps.enrollments.services.enrolling import enroll
from apps.enrollments.services.many import DONE, MOST_LINES, Fate, Line, enroll_many, plan_of_many, sum_of
from apps.enrollments.services.seats import give_free_seats, refresh_counters, refusal_to_enroll
from apps.enrollments.services.states import enter_status
from apps.enrollments.services.transferring import transfer_enrollment

__all__ = [
    "DONE",
    "MOST_LINES",
    "Fate",
    "Line",
    "activate_enrollment",
    "archive_enrollment",
    "complete_enrollment",
    "delete_enrollment",
    "drop_enrollment",
    "enroll",
    "enroll_many",
    "enter_status",
    "expire_enrollment",
    "extend_access",
    "give_free_seats",
    "plan_of_many",
    "refresh_counters",
    "refusal_to_enroll",
    "restore_enrollment",
    "resume_enrollment",
    "sum_of",
    "suspend_enrollment",
    "transfer_enrollment",
]
