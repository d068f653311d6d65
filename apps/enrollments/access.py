"""Whether an enrollment lets its learner into the course now, and why or why not, in one sentence."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from apps.catalog.models import Course
from apps.catalog.states import CourseStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus as Status

OPEN_STATES = (Status.ACTIVE, Status.COMPLETED)
COURSE_STATES = {
    CourseStatus.DRAFT: "The course is a draft: it opens to learners when it is published.",
    CourseStatus.UNPUBLISHED: "The course is not published any more, so that learners cannot open it.",
    CourseStatus.ARCHIVED: "The course is archived, so that nobody can open it.",
}


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one enrollment."""

    is_open: bool
    because: str


def is_open_now() -> Q:
    """The condition under which an enrollment gives access at this moment; what `access_now` says in words."""
    lasting = Q(access_ends_at=None) | Q(access_ends_at__gt=timezone.now())
    there = Q(archived_at=None, course__archived_at=None) & ~Q(course__status__in=COURSE_STATES)
    return Q(status__in=OPEN_STATES, user__is_active=True) & lasting & there


def access_now(enrollment: Enrollment) -> Access:
    """The first thing that closes the course to the learner, or until when it is open."""
    ends = enrollment.access_ends_at
    closed = why_closed(enrollment)
    if closed:
        return Access(is_open=False, because=closed)
    until = f"Open until {day(ends)}." if ends else "Open, without an end."
    if enrollment.status == Status.COMPLETED:
        return Access(is_open=True, because=f"Completed; the course stays open. {until if ends else ''}".strip())
    return Access(is_open=True, because=until)


def why_closed(enrollment: Enrollment) -> str:
    ends = enrollment.access_ends_at
    if enrollment.archived_at:
        return f"The enrollment was archived on {day(enrollment.archived_at)}."
    if enrollment.status == Status.WAITLISTED:
        return "Waits for a seat."
    if enrollment.status == Status.DROPPED:
        return "Left the course."
    if enrollment.status == Status.SUSPENDED:
        return "The enrollment is suspended; reactivating it opens the course again."
    if enrollment.status == Status.EXPIRED or (ends is not None and ends <= timezone.now()):
        return f"Access ended{f' on {day(ends)}' if ends else ''}; extending it opens the course again."
    if closed := why_course_closed(enrollment.course):
        return closed
    return "" if enrollment.user.is_active else "The account cannot sign in."


def why_course_closed(course: Course) -> str:
    """What keeps everybody out of the course; nothing when it is open."""
    return COURSE_STATES.get(CourseStatus.ARCHIVED if course.archived_at else CourseStatus(course.status), "")


def day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M Y")
