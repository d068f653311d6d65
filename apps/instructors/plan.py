"""What a suspension would do, course by course: read by the page that shows it and again when it is applied."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.catalog.models import Course, CourseInstructor
from apps.catalog.queries import active_instructors
from apps.catalog.states import CourseStatus
from apps.instructors.queries import teaching_of

KEEP, UNPUBLISH, SUCCESSOR, TO = "keep", "unpublish", "successor", "to:"
"""What can become of a course: it stays as it is, leaves the catalog, goes to the person named, or to a colleague."""

BY_PART = list(CourseInstructor.Role.values)


@dataclass(frozen=True)
class Part:
    """One course of the person, who else teaches it today, and what can become of it."""

    row: CourseInstructor
    others: Sequence[CourseInstructor]

    @property
    def course(self) -> Course:
        return self.row.course

    @property
    def is_published(self) -> bool:
        return bool(self.course.status == CourseStatus.PUBLISHED)

    @property
    def needs_somebody(self) -> bool:
        """Whether nobody else is in the lead: they are, or nobody else teaches it."""
        return self.row.is_lead or not self.others

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The first is what is proposed."""
        leave = (UNPUBLISH, "Unpublish it; its learners keep it")
        if not self.needs_somebody:
            stays = (KEEP, f"Leave it with {self.others[0].user}")
            return [stays, leave] if self.is_published else [stays]
        colleagues = [(f"{TO}{other.user_id}", f"Hand it over to {told(other)}") for other in self.others]
        named = (SUCCESSOR, "Hand it over to the instructor named below")
        rest = leave if self.is_published else (KEEP, "Leave it as it is; learners cannot find it")
        return [*colleagues, rest, named]


def told(row: CourseInstructor) -> str:
    return f"{row.user} ({row.get_role_display().lower()})"


def suspension_plan(person: Any) -> list[Part]:
    """In two queries, however many courses there are; those the person leads come first."""
    rows = list(teaching_of(person.pk))
    others: dict[int, list[CourseInstructor]] = {row.course_id: [] for row in rows}
    colleagues = active_instructors().filter(course__in=others, user__is_staff=True).exclude(user=person.pk)
    for other in colleagues.select_related("user").order_by("pk"):
        others[other.course_id].append(other)
    for found in others.values():
        found.sort(key=lambda row: (not row.is_lead, BY_PART.index(row.role), row.pk))
    return [Part(row, others[row.course_id]) for row in rows]


def fingerprint(plan: Sequence[Part]) -> str:
    """Differs as soon as something the choices rest on does; learners come and go without changing it."""
    facts = [
        (part.row.pk, part.course.pk, part.course.status, part.row.is_lead, [other.pk for other in part.others])
        for part in plan
    ]
    return hashlib.sha256(json.dumps(sorted(facts)).encode()).hexdigest()
