"""Who teaches which course, and what they may do there."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from apps.catalog.grants import follow_instructors_in_bulk
from apps.catalog.models import CourseInstructor, CourseUserGrant
from imports.types.base import ImportKind, Written
from imports.types.columns import Choice, Day, Reference, YesNo

Role = CourseInstructor.Role


class CourseInstructors(ImportKind):
    key = "course-instructors"
    heading = "Instructors of courses"
    key_columns = ("course_code", "instructor_email")
    label_column = "instructor_email"
    side_models = (CourseUserGrant,)

    course_code = Reference(
        "course", by="code", also="instructor", required_on_create=True, aliases=("course",), example="PY-101"
    )
    instructor_email = Reference(
        "user",
        by="email",
        verb="view",
        only=Q(is_staff=True, is_active=True),
        label="Instructor",
        required_on_create=True,
        aliases=("instructor", "email"),
        hint="It must be somebody who works here.",
        example="ada@example.org",
    )
    role = Choice(help="Left blank, a new one is a co-instructor.", example="co_instructor")
    can_edit_content = YesNo(aliases=("edit_content",))
    can_manage_students = YesNo(aliases=("manage_students",))
    can_view_analytics = YesNo(aliases=("view_analytics",))
    expires_on = Day(aliases=("expires",), example="2027-12-31")

    class Meta:
        model = CourseInstructor

    def new_values(self, user: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"role": Role.CO_INSTRUCTOR.value}

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:  # noqa: ARG002
        """The first primary instructor of a course leads it."""
        primary = [values for values in created if values.get("role") == Role.PRIMARY]
        courses = {values["course_id"] for values in primary}
        led = set(CourseInstructor.objects.filter(course__in=courses, is_lead=True).values_list("course_id", flat=True))
        for values in primary:
            if values["course_id"] not in led:
                values["is_lead"] = True
                led.add(values["course_id"])

    def after_writing(self, written: Sequence[Written], user: Any) -> None:
        rows = CourseInstructor.objects.filter(pk__in=[row.pk for row in written])
        follow_instructors_in_bulk(rows, by=user)
