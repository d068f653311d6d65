"""Enrolling learners and everything that can happen to an enrollment afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from apps.audit.recording import change_set
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import learner_counts, seats_taken
from apps.enrollments.states import SEATED, EnrollmentStatus, transition_allowed
from apps.records.rules import RuleBroken

Status = EnrollmentStatus
WORDS = dict(EnrollmentStatus.choices)


def enroll(
    course: Course,
    user: Any,
    *,
    by: Any,
    source: str = Enrollment.Source.STAFF,
    access_ends_at: datetime | None = None,
    waitlist: bool = False,
    reason: str = "",
) -> Enrollment:
    """Enrolls a learner, or puts them on the waiting list. Raises `RuleBroken` when the course cannot take them."""
    with change_set(by=by, reason=reason, title=f"Enroll {user} in {course}"):
        course = Course.with_archived.select_for_update().get(pk=course.pk)
        status = Status.WAITLISTED if waitlist else Status.ACTIVE
        if refusal := refusal_to_enroll(course, status=status, seats_in_use=_seats_in_use(course, status)):
            raise RuleBroken(refusal)
        if not user.is_active or user.is_archived:
            raise RuleBroken(f"{user} cannot sign in, so they cannot be enrolled. Activate the account first.")
        if access_ends_at and access_ends_at <= timezone.now():
            raise RuleBroken("The end of access lies in the past. Choose a later moment or leave it empty.")
        _refuse_duplicate(course, user)
        enrollment = Enrollment(course=course, user=user, status=status, source=source, access_ends_at=access_ends_at)
        try:
            with transaction.atomic():
                enrollment.save()
        except IntegrityError:
            raise RuleBroken(f"{user} is enrolled in {course} already.") from None
        refresh_counters([course.pk])
    return enrollment


def refusal_to_enroll(course: Course, *, status: str, seats_in_use: int) -> str:
    """Why a course cannot take another learner in this state, as a sentence; empty when it can.

    Reads nothing: imports call it for thousands of rows with the numbers they counted once.
    """
    if course.is_archived:
        return f"{course} is archived and takes no learners. Restore it first."
    if status in SEATED and course.seats is not None and seats_in_use >= course.seats:
        seats = "The only seat" if course.seats == 1 else f"All {course.seats:,} seats"
        taken = "is" if course.seats == 1 else "are"
        return f"{seats} of {course} {taken} taken. Put the learner on the waiting list or add seats."
    return ""


def enter_status(enrollment: Enrollment, status: str, *, now: datetime | None = None) -> None:
    """Puts an enrollment into a state and sets what follows from it, without saving. Raises `RuleBroken`.

    The one place where a status is assigned: services, jobs and imports all come through here.
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


def activate_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Gives somebody on the waiting list, or somebody who left or finished, a seat. Raises `RuleBroken` without one."""
    with _changing(enrollment, "Activate", by=by, reason=reason):
        _take_seat(enrollment)
        _refuse_past_end(enrollment)
        enter_status(enrollment, Status.ACTIVE)
    return enrollment


def complete_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Says that the learner has finished the course."""
    return _move(enrollment, Status.COMPLETED, "Complete", by=by, reason=reason)


def drop_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Says that the learner has left the course; what they did is kept."""
    return _move(enrollment, Status.DROPPED, "Drop", by=by, reason=reason)


def suspend_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Takes away access for a time; the seat stays theirs."""
    return _move(enrollment, Status.SUSPENDED, "Suspend", by=by, reason=reason)


def resume_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Gives access back to somebody suspended."""
    if enrollment.status != Status.SUSPENDED:
        raise RuleBroken(f"This enrollment is {WORDS[enrollment.status].lower()}, not suspended.")
    with _changing(enrollment, "Resume", by=by, reason=reason):
        _refuse_past_end(enrollment)
        enter_status(enrollment, Status.ACTIVE)
    return enrollment


def expire_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Ends access."""
    return _move(enrollment, Status.EXPIRED, "Expire", by=by, reason=reason)


def extend_access(enrollment: Enrollment, until: datetime | None, *, by: Any, reason: str = "") -> Enrollment:
    """Moves the end of access, or takes it away with None; somebody whose access had expired is let in again."""
    if until is not None and until <= timezone.now():
        raise RuleBroken("The new end of access lies in the past. Choose a later moment.")
    if enrollment.status in (Status.DROPPED, Status.COMPLETED):
        raise RuleBroken(f"This enrollment is {WORDS[enrollment.status].lower()}. Activate it first.")
    with _changing(enrollment, "Extend", by=by, reason=reason):
        enrollment.access_ends_at = until
        if enrollment.status == Status.EXPIRED:
            _take_seat(enrollment)
            enter_status(enrollment, Status.ACTIVE)
    return enrollment


def archive_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Hides an enrollment; it gives its seat back and no longer counts."""
    with _changing(enrollment, "Archive", by=by, reason=reason):
        enrollment.archived_at, enrollment.archived_by = timezone.now(), by
    return enrollment


def restore_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> Enrollment:
    """Brings an enrollment back in the state it had. Raises `RuleBroken` when its seat has been given away."""
    if not enrollment.is_archived:
        raise RuleBroken("This enrollment is not archived.")
    with change_set(by=by, reason=reason, title=f"Restore {enrollment}"):
        _take_seat(enrollment)
        enrollment.archived_at = enrollment.archived_by = None
        enrollment.save()
        refresh_counters([enrollment.course_id])
    return enrollment


def delete_enrollment(enrollment: Enrollment, *, by: Any, reason: str = "") -> None:
    """Deletes an enrollment for good, with its progress."""
    with change_set(by=by, reason=reason, title=f"Delete {enrollment}"):
        try:
            with transaction.atomic():
                enrollment.delete()
        except ProtectedError:
            raise RuleBroken(f"{enrollment} is in use, so it cannot be deleted. Archive it instead.") from None
        refresh_counters([enrollment.course_id])


def refresh_counters(course_ids: Iterable[int]) -> None:
    """Counts the learners of these courses anew, in one statement a thousand; kept out of their history."""
    ids = list(course_ids)
    for start in range(0, len(ids), 1000):
        Course.with_archived.filter(pk__in=ids[start : start + 1000]).update(**learner_counts())


def _move(enrollment: Enrollment, status: str, verb: str, *, by: Any, reason: str) -> Enrollment:
    if enrollment.status == status:
        raise RuleBroken(f"This enrollment is {WORDS[status].lower()} already.")
    with _changing(enrollment, verb, by=by, reason=reason):
        enter_status(enrollment, status)
    return enrollment


@contextmanager
def _changing(enrollment: Enrollment, verb: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around a change of one current enrollment, its saving and the counters of its course."""
    with change_set(by=by, reason=reason, title=f"{verb} {enrollment}"):
        if enrollment.is_archived:
            raise RuleBroken("This enrollment is archived. Restore it first.")
        yield
        enrollment.save()
        refresh_counters([enrollment.course_id])


def _seats_in_use(course: Course, status: str) -> int:
    return seats_taken(course) if course.seats is not None and status in SEATED else 0


def _take_seat(enrollment: Enrollment) -> None:
    """Raises `RuleBroken` when the enrollment needs a seat it does not hold and none is left."""
    if enrollment.status in SEATED and not enrollment.is_archived:
        return
    status = enrollment.status if enrollment.is_archived else Status.ACTIVE
    course = Course.with_archived.select_for_update().get(pk=enrollment.course_id)
    if refusal := refusal_to_enroll(course, status=status, seats_in_use=_seats_in_use(course, status)):
        raise RuleBroken(refusal)


def _refuse_past_end(enrollment: Enrollment) -> None:
    if enrollment.access_ends_at and enrollment.access_ends_at <= timezone.now():
        raise RuleBroken("Access has ended. Extend it instead.")


def _refuse_duplicate(course: Course, user: Any) -> None:
    existing = Enrollment.with_archived.filter(course=course, user=user).first()
    if existing is None:
        return
    if existing.is_archived:
        raise RuleBroken(f"{user} was enrolled in {course} before. Restore that enrollment instead.")
    raise RuleBroken(f"{user} is enrolled in {course} already ({WORDS[existing.status].lower()}).")
