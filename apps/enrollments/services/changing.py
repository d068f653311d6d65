"""What can happen to an enrollment after it was made: each a way of the table, or a new end of access."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from apps.audit.recording import change_set
from apps.enrollments.models import Enrollment
from apps.enrollments.services.seats import give_free_seats, locked_course, refresh_counters, refuse_without_seat
from apps.enrollments.services.states import WORDS, enter_status
from apps.enrollments.states import SEATED, EnrollmentStatus
from apps.records.rules import RuleBroken

Status = EnrollmentStatus


def activate_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Gives somebody on the waiting list, or somebody who left or finished, a seat. Raises `RuleBroken` without one."""
    with changing(enrollment, "Activate", by=by, reason=reason):
        refuse_without_seat(enrollment)
        refuse_past_end(enrollment)
        enter_status(enrollment, Status.ACTIVE)
    return enrollment


def complete_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Says that the learner has finished the course; the seat is free for the next."""
    return _move(enrollment, Status.COMPLETED, "Complete", by=by, reason=reason)


def drop_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Says that the learner has left the course; what they did is kept."""
    return _move(enrollment, Status.DROPPED, "Drop", by=by, reason=reason)


def suspend_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Takes away access for a time; the seat stays theirs."""
    return _move(enrollment, Status.SUSPENDED, "Suspend", by=by, reason=reason)


def resume_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Gives access back to somebody suspended."""
    with changing(enrollment, "Resume", by=by, reason=reason):
        if enrollment.status != Status.SUSPENDED:
            raise RuleBroken(f"This enrollment is {WORDS[enrollment.status].lower()}, not suspended.")
        refuse_past_end(enrollment)
        enter_status(enrollment, Status.ACTIVE)
    return enrollment


def expire_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Ends access."""
    return _move(enrollment, Status.EXPIRED, "Expire", by=by, reason=reason)


def extend_access(enrollment: Enrollment, until: datetime | None, *, by: Any, reason: str = "") -> Enrollment:
    """Moves the end of access to a later moment, or takes it away with None; whose access had expired is let in again.

    It never shortens: to end access earlier is to expire it.
    """
    if until is not None and until <= timezone.now():
        raise RuleBroken("The new end of access lies in the past. Choose a later moment.")
    with changing(enrollment, "Extend", by=by, reason=reason):
        if enrollment.status in (Status.DROPPED, Status.COMPLETED):
            raise RuleBroken(f"This enrollment is {WORDS[enrollment.status].lower()}. Activate it first.")
        _refuse_shorter(enrollment, until)
        enrollment.access_ends_at = until
        if enrollment.status == Status.EXPIRED:
            refuse_without_seat(enrollment)
            enter_status(enrollment, Status.ACTIVE)
    return enrollment


def archive_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Hides an enrollment; it gives its seat back and no longer counts."""
    with changing(enrollment, "Archive", by=by, reason=reason):
        enrollment.archived_at, enrollment.archived_by = timezone.now(), by
    return enrollment


def restore_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Brings an enrollment back in the state it had. Raises `RuleBroken` when its seat has been given away."""
    if not enrollment.is_archived:
        raise RuleBroken("This enrollment is not archived.")
    with change_set(by=by, reason=reason, title=f"Restore {enrollment}"):
        refuse_without_seat(enrollment)
        enrollment.archived_at = enrollment.archived_by = None
        enrollment.save()
        refresh_counters([enrollment.course_id])
    return enrollment


def delete_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> None:
    """Deletes an enrollment for good, with its progress."""
    with change_set(by=by, reason=reason, title=f"Delete {enrollment}"):
        course = enrollment.course
        try:
            with transaction.atomic():
                enrollment.delete()
        except ProtectedError:
            raise RuleBroken(f"{enrollment} is in use, so it cannot be deleted. Archive it instead.") from None
        refresh_counters([course.pk])
        if course.seats is not None:
            give_free_seats(course, by=by)


def _move(enrollment: Enrollment, status: str, verb: str, *, by: Any, reason: str) -> Enrollment:
    with changing(enrollment, verb, by=by, reason=reason):
        if enrollment.status == status:
            raise RuleBroken(f"This enrollment is {WORDS[status].lower()} already.")
        enter_status(enrollment, status)
    return enrollment


@contextmanager
def changing(enrollment: Enrollment, verb: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around a change of one current enrollment, its saving and the counters of its course.

    Two at a time see each other: the course is held, the enrollment read anew. A seat given back goes to the next.
    """
    with change_set(by=by, reason=reason, title=f"{verb} {enrollment}"):
        course = locked_course(enrollment.course_id)
        enrollment.refresh_from_db(from_queryset=Enrollment.with_archived.select_related("user", "course"))
        if enrollment.is_archived:
            raise RuleBroken("This enrollment is archived. Restore it first.")
        had_seat = enrollment.status in SEATED
        yield
        enrollment.save()
        refresh_counters([enrollment.course_id])
        if had_seat and (enrollment.is_archived or enrollment.status not in SEATED) and course.seats is not None:
            give_free_seats(course, by=by)


def refuse_past_end(enrollment: Enrollment) -> None:
    if enrollment.access_ends_at and enrollment.access_ends_at <= timezone.now():
        raise RuleBroken("Access has ended. Extend it instead.")


def _refuse_shorter(enrollment: Enrollment, until: datetime | None) -> None:
    """Raises `RuleBroken` for an end that is not later than the present one."""
    if until is None or enrollment.status == Status.EXPIRED:
        return
    if enrollment.access_ends_at is None:
        raise RuleBroken("Access has no end, so there is nothing to extend.")
    if until <= enrollment.access_ends_at:
        raise RuleBroken("Access ends later than that already. Choose a later moment.")
