"""Suspension with what it does to the courses, exactly as it was shown, and the way back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.access.memory import forget
from apps.access.services import admit_instructor, dismiss_instructor
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.queries import has_active_instructor
from apps.catalog.services import add_instructor, change_instructor, unpublish_course
from apps.catalog.states import CourseStatus
from apps.instructors.models import InstructorProfile
from apps.instructors.plan import KEEP, SUCCESSOR, TO, UNPUBLISH, Part, fingerprint, suspension_plan
from apps.instructors.queries import possible_successors, teaching_of
from apps.instructors.services.changing import enter_status, holding, require_reason, tell
from apps.instructors.states import InstructorStatus
from apps.notifications.services import notify
from apps.records.rules import RuleBroken

Status = InstructorStatus
NO_LONGER = "What they teach has changed since it was shown. Nothing was done: look at it again."


def suspend_instructor(
    profile: InstructorProfile,
    fates: Mapping[int, str],
    *,
    shown: str,
    by: Any,
    reason: str,
    successor: Any = None,
) -> InstructorProfile:
    """Ends what somebody may do on courses and does to each course what was chosen, all of it or nothing.

    `fates` says for the key of each course one of the choices of its part; `shown` is the fingerprint of the plan they
    were chosen from. Rows and rights stay as they are and mean nothing until the person is reinstated.
    """
    why = require_reason(reason)
    with holding(profile, "suspend", "Suspend", by=by, reason=reason):
        enter_status(profile, Status.APPROVED, Status.SUSPENDED, to_do="they cannot be suspended")
        person = profile.user
        if person.is_superuser:
            raise RuleBroken(f"{person} is an administrator and may do everything. Change the account first.")
        if successor is not None:
            refuse_successor(successor, person, by=by)
        plan = locked_plan(person)
        if fingerprint(plan) != shown:
            raise RuleBroken(NO_LONGER)
        profile.suspension_reason = why
        profile.save()
        handed: dict[Any, list[Course]] = {}
        for part in plan:
            if (heir := settle(part, fates.get(part.course.pk, ""), successor, by=by)) is not None:
                handed.setdefault(heir, []).append(part.course)
        refuse_orphans(plan)
        dismiss_instructor(person, by=by, reason=reason)
        tell(profile, title="You are suspended as an instructor", text=f"{by}: {why}")
        tell_heirs(handed, person)
    forget()
    return profile


def locked_plan(person: Any) -> list[Part]:
    """The plan as it is now; its courses change only after this."""
    courses = teaching_of(person.pk).order_by().values("course")
    list(Course.objects.select_for_update().filter(pk__in=courses).order_by("pk").values_list("pk"))
    return suspension_plan(person)


def refuse_successor(successor: Any, person: Any, *, by: Any) -> None:
    if successor.pk == by.pk:
        raise RuleBroken("Nobody hands a course over to themselves. Name a colleague.")
    if not possible_successors(person).filter(pk=successor.pk).exists():
        raise RuleBroken(f"{successor} is no other instructor who may teach now. Name somebody else.")


def settle(part: Part, fate: str, successor: Any, *, by: Any) -> Any:
    """Does to one course what was chosen for it; returns who leads it from now on, where that is somebody else."""
    if fate not in dict(part.choices):
        raise RuleBroken(f"Choose what becomes of {part.course}.")
    if fate == UNPUBLISH:
        unpublish_course(part.course, by=by)
    if fate in (KEEP, UNPUBLISH):
        return None
    if fate == SUCCESSOR and successor is None:
        raise RuleBroken(f"Name the instructor to whom {part.course} is handed over.")
    heir = successor if fate == SUCCESSOR else next(o.user for o in part.others if fate == f"{TO}{o.user_id}")
    if heir.pk == by.pk:
        raise RuleBroken(f"Nobody hands a course over to themselves. Choose otherwise for {part.course}.")
    put_in_the_lead(part.course, heir, by=by)
    return heir


def put_in_the_lead(course: Course, heir: Any, *, by: Any) -> None:
    """Without an end. Who teaches it already keeps their share; a new one gets none until it is agreed on."""
    first = CourseInstructor.Role.PRIMARY
    row = CourseInstructor.objects.filter(course=course, user=heir).select_related("course", "user").first()
    if row is None:
        add_instructor(course, heir, by=by, role=first, is_lead=True, revenue_share_percent=Decimal(0))
    else:
        change_instructor(row, by=by, role=first, is_lead=True, is_active=True, expires_on=None)


def refuse_orphans(plan: Sequence[Part]) -> None:
    """Whoever else taught a course may have left it in this very moment."""
    courses = Course.objects.filter(pk__in=[part.course.pk for part in plan], status=CourseStatus.PUBLISHED)
    if courses.filter(~has_active_instructor()).exists():
        raise RuleBroken(NO_LONGER)


def tell_heirs(handed: Mapping[Any, Sequence[Course]], person: Any) -> None:
    for heir, courses in handed.items():
        names = ", ".join(course.title for course in courses)
        number = "a course" if len(courses) == 1 else f"{len(courses):,} courses"
        notify(heir, kind="course_handed_over", title=f"You lead {number} of {person} now", text=names)


def reinstate_instructor(profile: InstructorProfile, *, by: Any, reason: str) -> InstructorProfile:
    """Gives back what the suspension took; what became of the courses stays as it is."""
    why = require_reason(reason)
    with holding(profile, "suspend", "Reinstate", by=by, reason=reason):
        enter_status(profile, Status.SUSPENDED, Status.APPROVED, to_do="they cannot be reinstated")
        profile.suspension_reason = ""
        profile.save()
        admit_instructor(profile.user, by=by, reason=reason)
        tell(profile, title="You may teach again", text=f"{by}: {why}")
    forget()
    return profile
