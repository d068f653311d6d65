"""Enrolling one learner: with a seat where one is free, and on the waiting list where none is."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.recording import change_set
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.services.seats import (
    free_seats,
    give_free_seats,
    locked_course,
    refresh_counters,
    refusal_to_enroll,
)
from apps.enrollments.services.states import WORDS
from apps.enrollments.states import EnrollmentStatus
from apps.records.rules import RuleBroken

Status = EnrollmentStatus


def enroll(
    course: Course,
    user: Any,
    *,
    by: Any,
    source: str = Enrollment.Source.STAFF,
    access_ends_at: datetime | None = None,
    reason: str = "",
) -> Enrollment:
    """Enrolls a learner; where no seat is free they wait for one. Raises `RuleBroken` for who cannot be enrolled."""
    with change_set(by=by, reason=reason, title=f"Enroll {user} in {course}"):
        course = locked_course(course.pk)
        if refusal := refusal_to_enroll(course, status=Status.WAITLISTED, seats_in_use=0):
            raise RuleBroken(refusal)
        refuse_person(user)
        if access_ends_at and access_ends_at <= timezone.now():
            raise RuleBroken("The end of access lies in the past. Choose a later moment or leave it empty.")
        refuse_duplicate(course, user)
        status = status_on_arrival(course, by=by)
        enrollment = Enrollment(course=course, user=user, status=status, source=source, access_ends_at=access_ends_at)
        save_new(enrollment)
        refresh_counters([course.pk])
    return enrollment


def status_on_arrival(course: Course, *, by: Any) -> str:
    """Nobody passes those who wait: a free seat is theirs first. The course is locked by the caller."""
    if course.seats is None:
        return Status.ACTIVE
    give_free_seats(course, by=by)
    return Status.ACTIVE if free_seats(course) else Status.WAITLISTED


def save_new(enrollment: Enrollment) -> None:
    """Raises `RuleBroken` where somebody else made the same enrollment in this very moment."""
    try:
        with transaction.atomic():
            enrollment.save()
    except IntegrityError:
        raise RuleBroken(f"{enrollment.user} is enrolled in {enrollment.course} already.") from None


def refuse_person(user: Any) -> None:
    if not user.is_active or user.is_archived:
        raise RuleBroken(f"{user} cannot sign in, so they cannot be enrolled. Activate the account first.")


def refuse_duplicate(course: Course, user: Any) -> None:
    existing = Enrollment.with_archived.filter(course=course, user=user).first()
    if existing is None:
        return
    if existing.is_archived:
        raise RuleBroken(f"{user} was enrolled in {course} before. Restore that enrollment instead.")
    raise RuleBroken(f"{user} is enrolled in {course} already ({WORDS[existing.status].lower()}).")
