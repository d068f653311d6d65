"""Making people the primary instructors of courses, many at once, with the rights that follow."""

from collections.abc import Mapping
from typing import Any

from apps.audit.recording import write_history
from apps.catalog.grants import follow_instructors_in_bulk
from apps.catalog.models import CourseInstructor

Role = CourseInstructor.Role


def make_primary(wanted: Mapping[int, int], *, by: Any) -> None:
    """`wanted` names one person for each course; who was primary there before stays as a co-instructor."""
    if not wanted:
        return
    changed: list[CourseInstructor] = []
    teaching: set[int] = set()
    for row in CourseInstructor.objects.filter(course__in=wanted.keys()):
        is_wanted = wanted[row.course_id] == row.user_id
        before = (row.role, row.is_lead, row.is_active)
        if is_wanted:
            teaching.add(row.course_id)
            row.role, row.is_lead, row.is_active, row.expires_on = Role.PRIMARY, True, True, None
        else:
            row.is_lead = False
            row.role = Role.CO_INSTRUCTOR if row.role == Role.PRIMARY else row.role
        if before != (row.role, row.is_lead, row.is_active):
            changed.append(row)
    changed.sort(key=lambda row: row.is_lead)
    CourseInstructor.objects.bulk_update(changed, ["role", "is_lead", "is_active", "expires_on"])
    write_history(changed, "~")
    new = [
        CourseInstructor(course_id=course, user_id=user, role=Role.PRIMARY, is_lead=True)
        for course, user in wanted.items()
        if course not in teaching
    ]
    CourseInstructor.objects.bulk_create(new)
    write_history(new, "+")
    follow_instructors_in_bulk([*changed, *new], by=by)
