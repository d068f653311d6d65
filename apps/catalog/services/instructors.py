"""Who teaches a course. Every change sets the rights that follow from it."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.audit.recording import change_set
from apps.catalog.grants import follow_instructor
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.queries import active_instructors
from apps.catalog.services.publishing import refuse_archived
from apps.catalog.standing import refuse_kept_away
from apps.catalog.states import CourseStatus
from apps.records.rules import RuleBroken

Role = CourseInstructor.Role


def add_instructor(
    course: Course,
    user: Any,
    *,
    by: Any,
    role: str = Role.CO_INSTRUCTOR,
    is_lead: bool | None = None,
    can_edit_content: bool = True,
    can_manage_students: bool = True,
    can_view_analytics: bool = True,
    revenue_share_percent: Decimal = Decimal(100),
    expires_on: date | None = None,
    reason: str = "",
) -> CourseInstructor:
    """Lets somebody teach a course; the first one leads it unless `is_lead` says otherwise."""
    with change_set(by=by, reason=reason, title=f"Add {user} to {course}"):
        instructor = CourseInstructor(
            course=course,
            user=user,
            role=role,
            is_lead=not has_lead(course) if is_lead is None else is_lead,
            can_edit_content=can_edit_content,
            can_manage_students=can_manage_students,
            can_view_analytics=can_view_analytics,
            revenue_share_percent=revenue_share_percent,
            expires_on=expires_on,
        )
        return save_instructor(instructor, by=by)


def change_instructor(instructor: CourseInstructor, *, by: Any, reason: str = "", **facts: Any) -> CourseInstructor:
    """Changes what somebody is and may do in a course; `facts` are fields of the row."""
    with change_set(by=by, reason=reason, title=f"Change the part of {instructor.user} in {instructor.course}"):
        for name, value in facts.items():
            setattr(instructor, name, value)
        return save_instructor(instructor, by=by)


def save_instructor(instructor: CourseInstructor, *, by: Any) -> CourseInstructor:
    """Writes a row that a form or a service has filled: checks it, keeps one lead, sets the rights that follow."""
    with change_set(by=by, title=f"Change the instructors of {instructor.course}"):
        refuse_archived(instructor.course)
        if instructor._state.adding:
            refuse_who_cannot_teach(instructor.user)
            refuse_twice(instructor)
        if instructor.is_lead and not instructor.is_active:
            raise RuleBroken(f"{instructor.user} is not active here and cannot lead {instructor.course}.")
        if instructor.is_lead:
            _take_lead_from_others(instructor)
        instructor.full_clean()
        instructor.save()
        _refuse_without_instructor(instructor.course)
        follow_instructor(instructor, by=by)
    return instructor


def remove_instructor(instructor: CourseInstructor, *, by: Any, reason: str = "") -> None:
    """Ends somebody's part in a course and takes away the rights that followed from it."""
    course = instructor.course
    with change_set(by=by, reason=reason, title=f"Remove {instructor.user} from {course}"):
        refuse_archived(course)
        instructor.is_active = False
        follow_instructor(instructor, by=by)
        instructor.delete()
        _refuse_without_instructor(course)


def has_lead(course: Course) -> bool:
    """Whether anybody leads this course yet."""
    return CourseInstructor.objects.filter(course=course, is_lead=True).exists()


def refuse_twice(instructor: CourseInstructor) -> None:
    if CourseInstructor.objects.filter(course=instructor.course, user=instructor.user).exists():
        raise RuleBroken(f"{instructor.user} teaches {instructor.course} already.")


def refuse_who_cannot_teach(user: Any) -> None:
    """Raises `RuleBroken` for people who cannot open the console: rights on a course would mean nothing to them."""
    if not user.is_active:
        raise RuleBroken(f"{user} cannot sign in, so they cannot teach. Activate the account first.")
    if not user.is_staff:
        raise RuleBroken(f"{user} is a student. Give them the role of an instructor first.")
    refuse_kept_away(user)


def _take_lead_from_others(instructor: CourseInstructor) -> None:
    others = list(CourseInstructor.objects.filter(course=instructor.course, is_lead=True).exclude(pk=instructor.pk))
    if others:
        refuse_kept_away(instructor.user)
    for other in others:
        other.is_lead = False
        other.save()


def _refuse_without_instructor(course: Course) -> None:
    if course.status == CourseStatus.PUBLISHED and not active_instructors().filter(course=course).exists():
        raise RuleBroken(
            f"{course} is published and would have no active instructor. Add another one or unpublish it first."
        )
