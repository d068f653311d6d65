"""The seats of a course: who holds them, and who of those waiting gets one that is free."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.urls import reverse

from apps.audit.recording import change_set
from apps.audit.set_based import record_history
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import people_to_tell, seats_taken, waiting_for
from apps.enrollments.services.states import enter_status
from apps.enrollments.states import SEATED, EnrollmentStatus
from apps.notifications.services import notify, notify_learners
from apps.records.rules import RuleBroken

Status = EnrollmentStatus
SEAT_FREE = "A seat became free."
NAMES_TOLD = 10

learners_changed: list[Callable[[Iterable[int]], object]] = []
"""Who counts the learners of courses, filled from above; told in the transaction in which they changed."""


def locked_course(course_id: int) -> Course:
    """The course, held until the transaction ends: whoever gives or takes seats of it comes by here."""
    course: Course = Course.with_archived.select_for_update().get(pk=course_id)
    return course


def refusal_to_enroll(course: Course, *, status: str, seats_in_use: int) -> str:
    """Why a course cannot take another learner in this state, as a sentence; empty when it can.

    Reads nothing: imports call it for thousands of rows with the numbers they counted once.
    """
    if course.is_archived:
        return f"{course} is archived and takes no learners. Restore it first."
    if status in SEATED and course.seats is not None and seats_in_use >= course.seats:
        seats = "The only seat" if course.seats == 1 else f"All {course.seats:,} seats"
        taken = "is" if course.seats == 1 else "are"
        return f"{seats} of {course} {taken} taken. Add seats, or wait until one is free."
    return ""


def refuse_without_seat(enrollment: Enrollment) -> None:
    """Raises `RuleBroken` when the enrollment needs a seat it does not hold and none is left."""
    if enrollment.status in SEATED and not enrollment.is_archived:
        return
    status = enrollment.status if enrollment.is_archived else Status.ACTIVE
    course = locked_course(enrollment.course_id)
    in_use = seats_taken(course) if course.seats is not None and status in SEATED else 0
    if refusal := refusal_to_enroll(course, status=status, seats_in_use=in_use):
        raise RuleBroken(refusal)


def free_seats(course: Course) -> int | None:
    """How many learners more the course takes; None where there is no limit."""
    return None if course.seats is None else max(course.seats - seats_taken(course), 0)


def give_free_seats(course: Course, *, by: Any = None) -> list[Enrollment]:
    """Gives every free seat of a course to whoever has waited longest, and tells them and those who care for them.

    Whoever cannot sign in, or whose access would have ended, keeps the place on the list and is passed over.
    """
    with change_set(by=by, reason=SEAT_FREE, title=f"Free seats of {course}"[:200]):
        course = locked_course(course.pk)
        if course.is_archived or (free := free_seats(course)) == 0:
            return []
        given = list(waiting_for(course).select_related("user")[:free])
        if not given:
            return []
        for enrollment in given:
            enter_status(enrollment, Status.ACTIVE)
        Enrollment.objects.bulk_update(given, ["status"], batch_size=500)
        record_history(Enrollment, [enrollment.pk for enrollment in given], "~", reason=SEAT_FREE)
        refresh_counters([course.pk])
        _tell(course, given, by=by)
    return given


def refresh_counters(course_ids: Iterable[int]) -> None:
    """The learners of these courses have changed: whoever counts them counts anew, within this transaction."""
    ids = list(course_ids)
    for count in learners_changed:
        count(ids)


def _tell(course: Course, given: Sequence[Enrollment], *, by: Any) -> None:
    """The learners by mail, and by the bell those who look after the learners of this course; not whoever did it."""
    notify_learners(
        [enrollment.user for enrollment in given],
        kind="seat",
        title=f"You have a seat in {course}",
        text="A seat became free and is yours. The course is open to you from now on.",
    )
    names = ", ".join(enrollment.learner_name for enrollment in given[:NAMES_TOLD])
    more = f" and {len(given) - NAMES_TOLD:,} more" if len(given) > NAMES_TOLD else ""
    number = "A seat" if len(given) == 1 else f"{len(given):,} seats"
    for person in people_to_tell(course):
        if by is None or person.pk != by.pk:
            notify(
                person,
                kind="seat",
                title=f"{number} of {course} went to the waiting list",
                text=f"{names}{more} may begin; they were sent a mail.",
                link=f"{reverse('admin:catalog_course_change', args=[course.pk])}?tab=learners",
            )
