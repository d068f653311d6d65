"""Why somebody can, or cannot, open a course or one lesson of it: in sentences, for those who help learners."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db.models import Count
from django.utils import timezone

from apps.catalog.models import Course, Lesson
from apps.enrollments.access import day, why_course_closed
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import waiting_place
from apps.enrollments.states import EnrollmentStatus
from apps.subscriptions.queries import subscription_of, why_premium_is_closed

Level = Lesson.AccessLevel
Status = EnrollmentStatus
VERSIONS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and each sentence that alone would be enough for a no; after a yes, what opens it."""

    is_open: bool
    because: tuple[str, ...]


def explain_access(
    person: Any,
    course: Course,
    lesson: Lesson | None = None,
    *,
    enrollment: Enrollment | None = None,
    sees_account: bool = True,
    now: datetime | None = None,
) -> Answer:
    """Whether this person can open the course, or this lesson of it, at this moment, and why.

    `enrollment` is theirs in this course where the caller has it already; otherwise it is looked up. Whether they can
    sign in is left out for those who do not see accounts.
    """
    now = now or timezone.now()
    closed = [why_course_closed(course), *(_closed_lesson(lesson, course) if lesson else ())]
    closed = [sentence for sentence in closed if sentence]
    if lesson is not None and (lesson.is_free_preview or lesson.access_level == Level.GUEST):
        words = "a free preview" if lesson.is_free_preview else "for guests"
        return Answer(not closed, tuple(closed) or (f"The lesson is {words}: everybody can open it, enrolled or not.",))
    closed += _closed_person(person) if sees_account else ()
    enrollment = enrollment or Enrollment.with_archived.filter(user=person.pk, course=course).first()
    opened, refused = _enrollment_says(enrollment, course, now)
    closed += refused
    if lesson is not None and lesson.access_level == Level.PREMIUM:
        if why := why_premium_is_closed(subscription_of(person), now):
            preview = " They are shown the version for people without premium." if lesson.registered_content else ""
            closed.append(f"The lesson is premium. {why}{preview}")
        else:
            opened.append("The lesson is premium, and their subscription opens premium lessons.")
    return Answer(not closed, tuple(closed or opened))


@dataclass(frozen=True, slots=True)
class LevelAnswer:
    """The lessons of one access level of a course."""

    label: str
    number: int
    answer: Answer


def explain_levels(enrollment: Enrollment, *, sees_account: bool = True) -> list[LevelAnswer]:
    """The answer for the lessons of each access level that the course has."""
    counted = Lesson.objects.filter(course=enrollment.course_id, module__archived_at=None).order_by()
    numbers = dict(counted.values_list("access_level").annotate(number=Count("pk")))
    course, person = enrollment.course, enrollment.user
    return [
        LevelAnswer(
            Level(level).label,
            numbers[level],
            explain_access(
                person,
                course,
                Lesson(access_level=level, course=course),
                enrollment=enrollment,
                sees_account=sees_account,
            ),
        )
        for level in Level.values
        if level in numbers
    ]


def _closed_lesson(lesson: Lesson, course: Course) -> Sequence[str]:
    if lesson.course_id != course.pk:
        return [f"The lesson belongs to another course than {course}."]
    if lesson.is_archived or (lesson.module_id and lesson.module.is_archived):
        return ["The lesson is archived."]
    return []


def _closed_person(person: Any) -> Sequence[str]:
    if person.archived_at:
        return [f"The account was archived on {day(person.archived_at)}, so that they cannot sign in."]
    if not person.is_active:
        return [f"The account is {person.get_status_display().lower()}, so that they cannot sign in."]
    return []


def _enrollment_says(enrollment: Enrollment | None, course: Course, now: datetime) -> tuple[list[str], list[str]]:
    """What opens the course and what closes it, as far as the enrollment goes."""
    if enrollment is None:
        return [], [f"They are not enrolled in {course}."]
    if enrollment.is_archived:
        return [], ["Their enrollment is archived. Restore it to let them in."]
    ends = enrollment.access_ends_at
    status = enrollment.status
    if status == Status.WAITLISTED:
        place, number = waiting_place(enrollment)
        return [], [f"They wait for a seat, as the {ordinal(place)} of {number:,} on the waiting list."]
    if status in (Status.DROPPED, Status.SUSPENDED, Status.EXPIRED):
        return [], [_taken_away(enrollment)]
    if ends is not None and ends <= now:
        return [], [f"Their access ended on {day(ends)}. Extend it to let them in."]
    until = f"until {day(ends)}" if ends else "without an end"
    if status == Status.COMPLETED:
        return [f"They completed the course, and it stays open to them {until}."], []
    return [f"They are enrolled, {until}."], []


def _taken_away(enrollment: Enrollment) -> str:
    """How access ended, when, and the reason that was given."""
    when, reason = _since(enrollment)
    on = f" on {day(when)}" if when else ""
    why = f" The reason given: {reason}" if reason else ""
    if why and not why.endswith((".", "!", "?")):
        why += "."
    if enrollment.status == Status.SUSPENDED:
        return f"Their enrollment was suspended{on}. Resume it to let them in.{why}"
    if enrollment.status == Status.EXPIRED:
        return f"Their access ended{on}. Extend it to let them in.{why}"
    if enrollment.transferred_to.exists():
        return f"They were transferred to another course{on}.{why}"
    return f"They left the course{on}. Activate the enrollment to let them in.{why}"


def _since(enrollment: Enrollment) -> tuple[datetime | None, str]:
    """The moment at which the enrollment entered its present state, and why; as far as its history is there."""
    versions = enrollment.history.order_by("-history_id").values_list("status", "history_date", "history_change_reason")
    found: tuple[datetime | None, str] = (None, "")
    for status, at, reason in versions[:VERSIONS_LOOKED_AT]:
        if status != enrollment.status:
            break
        found = at, reason or ""
    return found
