"""Moving a learner to another course: what can be taken along is, the rest stays where it was."""

from typing import Any

from apps.audit.recording import change_set
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.services.changing import changing, refuse_past_end
from apps.enrollments.services.enrolling import refuse_duplicate, refuse_person, save_new, status_on_arrival
from apps.enrollments.services.seats import refresh_counters, refusal_to_enroll
from apps.enrollments.services.states import WORDS, enter_status
from apps.enrollments.states import MOVABLE, EnrollmentStatus
from apps.records.rules import RuleBroken

Status = EnrollmentStatus


def transfer_enrollment(enrollment: Enrollment, to: Course, *, by: Any, reason: str = "") -> Enrollment:
    """Drops the learner here and enrolls them there, each enrollment knowing of the other; answers with the new one.

    The end of access, a suspension and who enrolled them go along. Progress stays: its lessons are of this course.
    Where no seat is free the learner waits for one; whoever is suspended cannot wait, for a seat ends the waiting.
    """
    if to.pk == enrollment.course_id:
        raise RuleBroken("They take this course already. Choose another one.")
    with change_set(by=by, reason=reason, title=f"Transfer {enrollment} to {to}"[:200]):
        both = Course.with_archived.select_for_update().filter(pk__in=(to.pk, enrollment.course_id))
        to = {course.pk: course for course in both.order_by("pk")}[to.pk]
        with changing(enrollment, "Transfer", by=by, reason=reason):
            if enrollment.status not in MOVABLE:
                raise RuleBroken(f"This enrollment is {WORDS[enrollment.status].lower()}: nothing can be transferred.")
            if refusal := refusal_to_enroll(to, status=Status.WAITLISTED, seats_in_use=0):
                raise RuleBroken(refusal)
            refuse_person(enrollment.user)
            refuse_past_end(enrollment)
            refuse_duplicate(to, enrollment.user)
            status = status_on_arrival(to, by=by)
            if enrollment.status == Status.SUSPENDED:
                if status == Status.WAITLISTED:
                    raise RuleBroken(f"No seat of {to} is free, and a suspended learner cannot wait for one.")
                status = Status.SUSPENDED
            made = Enrollment(
                course=to,
                user=enrollment.user,
                status=status,
                source=enrollment.source,
                access_ends_at=enrollment.access_ends_at,
                transferred_from=enrollment,
            )
            save_new(made)
            enter_status(enrollment, Status.DROPPED)
        refresh_counters([to.pk])
    return made
