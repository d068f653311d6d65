"""Why somebody may do something on a course: what grants and teaching say about it, in sentences."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db.models import Model, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst, get_text_list

from apps.access.memory import remembered
from apps.access.models import GrantFacts
from apps.catalog.models import Category, CategoryGroupGrant, CategoryUserGrant, Course, CourseInstructor
from apps.catalog.rights import GRANT, GRANT_TABLES, IMPORT, RIGHTS, WORDS, grants_of, rights_held_anywhere
from apps.catalog.standing import is_kept_away, why_kept_away
from apps.records.reasons import Cure, Kind, Reason, Stop, day_of, listed, moment_of

PEOPLE, INSTRUCTORS = "people", "instructors"
"""The tabs on which rights and instructors are kept."""


def all_grants_on(user: Any, on: Course | Category) -> list[Any]:
    """Everything ever given to the person or to a role of theirs that would cover this, in force or not."""
    category = on if isinstance(on, Category) else on.category
    path = category.path if category else ""

    def ask() -> list[Any]:
        found: list[Any] = []
        for table in GRANT_TABLES:
            is_personal = hasattr(table, "user")
            rows: Any = table._base_manager.filter(
                Q(user=user.pk) if is_personal else Q(group__user=user.pk, group__role__isnull=False)
            )
            rows = rows.select_related(
                "permission", "granted_by", "content_object", *(() if is_personal else ("group__role",))
            ).order_by("pk")
            if table._meta.get_field("content_object").related_model is Course:
                found += rows.filter(content_object=on.pk) if isinstance(on, Course) else ()
            else:
                found += [grant for grant in rows if path.startswith(grant.content_object.path)]
        return found

    return remembered(("grants on", user.pk, on._meta.label, on.pk), ask)


def gain_refused(moved: Course | Category, rights: Collection[str]) -> str:
    """Why somebody may not move this to where they hold more rights than here."""
    words = get_text_list([WORDS[right] for right in RIGHTS if right in rights], "and")
    whose = "on it" if isinstance(moved, Course) else "on its courses"
    return (
        f"Moving {moved} there would give you rights {whose} that you do not hold now: {words}. "
        "Nobody grants rights to themselves. Ask a colleague."
    )


def teaching_of(user: Any, course: Course) -> CourseInstructor | None:
    return remembered(
        ("teaching", user.pk, course.pk),
        lambda: CourseInstructor._base_manager.filter(course=course.pk, user=user.pk).first(),
    )


def leading_to(record: Model, reason: Reason) -> Reason:
    """The same reason, with its trail followed down from the course to the record."""
    if isinstance(record, Course):
        return reason
    name = capfirst(str(record._meta.verbose_name))
    return replace(reason, trail=(*reason.trail, Stop(f"{name} {record}", record)))


def role_of(grant: Any) -> Any:
    """The role that was given this, None when a person was."""
    return None if hasattr(grant, "user_id") else grant.group.role


def keeping_away(user: Any) -> Reason | None:
    """Why nothing on courses holds for this person now, asked once in a request."""
    return remembered(("kept away", user.pk), lambda: why_kept_away(user))


def allows_now(grant: Any) -> bool:
    role = role_of(grant)
    return grant.is_in_force and (role is None or role.is_active)


def granted(user: Any, rights: Collection[str], on: Course | Category) -> list[Reason]:
    """The ways by which the person holds one of these rights here; those that follow from teaching are one."""
    if keeping_away(user):
        return []
    now = [grant for grant in all_grants_on(user, on) if allows_now(grant) and grant.permission.codename in rights]
    by_hand = [grant for grant in now if grant.source == GrantFacts.Source.HAND]
    by_teaching = [grant for grant in now if grant.source == GrantFacts.Source.INSTRUCTOR]
    found = [by_grant(user, grant, on) for grant in by_hand]
    return [by_teaching_it(user, by_teaching, on), *found] if by_teaching and isinstance(on, Course) else found


def held_anywhere(user: Any) -> list[Reason]:
    """That the person works on courses: whoever holds a right on any sees the tree of categories."""
    if not rights_held_anywhere(user):
        return []
    first = next(
        grant for table in GRANT_TABLES for grant in grants_of(user, table).select_related("content_object")[:1]
    )
    place = first.content_object
    text = f"{user} holds rights, on {name_of(place)} for one, and whoever works on courses sees all categories."
    trail = (Stop(str(user), user), Stop(f"Rights on {name_of(place)}", place, PEOPLE), Stop("All categories"))
    return [Reason(Kind.GRANT, text, trail)]


def categories_to_fill(user: Any) -> list[Reason]:
    """The categories, given to the person or a role of theirs, into which their files may bring courses."""
    rows = [
        grant
        for table in (CategoryUserGrant, CategoryGroupGrant)
        for grant in grants_of(user, table).filter(permission__codename=IMPORT)
    ]
    return [by_grant(user, grant, grant.content_object) for grant in rows]


def by_grant(user: Any, grant: Any, on: Course | Category) -> Reason:
    right, place, role = WORDS[grant.permission.codename], grant.content_object, role_of(grant)
    holder = (
        f"{user} has the role {role}, which holds the right to {right}"
        if role
        else f"{user} holds the right to {right}"
    )
    below = "" if place == on else f"; {name_of(on)} lies in {place}"
    stops = [Stop(str(user), user)]
    stops += [Stop(f"Role {role}", role)] if role else []
    stops += [Stop(f"Right to {right}", place, PEOPLE), Stop(named(place), place)]
    stops += [Stop(named(on), on)] if place != on else []
    text = f"{holder} on {name_of(place)}{given(grant)}{ends(grant)}{below}."
    return Reason(Kind.GRANT, text, tuple(stops), facts=(grant,))


def by_teaching_it(user: Any, grants: list[Any], course: Course) -> Reason:
    row = teaching_of(user, course)
    role = f" as {row.get_role_display().lower()}" if row else ""
    rights = [WORDS[right] for right in RIGHTS if right in {grant.permission.codename for grant in grants}]
    text = f"{user} teaches {name_of(course)}{role}{ends(grants[0])}, which gives the right to {listed(rights)}."
    trail = (
        Stop(str(user), user),
        Stop(row.get_role_display() if row else "Instructor", course, INSTRUCTORS),
        Stop(named(course), course),
    )
    return Reason(Kind.INSTRUCTOR, text, trail, facts=tuple(grants))


def leads(user: Any, course: Course) -> list[Reason]:
    """That the person is a primary instructor today."""
    row = teaching_of(user, course)
    if row is None or row.role != CourseInstructor.Role.PRIMARY or not teaches_today(row) or keeping_away(user):
        return []
    until = f" until the end of {row.expires_on:%-d %B %Y}" if row.expires_on else ""
    trail = (
        Stop(str(user), user),
        Stop("Primary instructor", course, INSTRUCTORS),
        Stop(named(course), course),
    )
    return [
        Reason(Kind.INSTRUCTOR, f"{user} is a primary instructor of {name_of(course)}{until}.", trail, facts=(row,))
    ]


def teaches_today(row: CourseInstructor) -> bool:
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    return row.is_active and (row.expires_on is None or row.expires_on >= today)


def right_lacking(user: Any, rights: Collection[str], on: Course | Category) -> list[Reason]:
    """That none of these rights holds here for the person, which of them did, and who could give one."""
    if (kept := keeping_away(user)) is not None:
        return [kept]
    any_of = f"the right to {listed([WORDS[right] for right in rights], 'or')}"
    asked = f"{user} holds no right" if tuple(rights) == RIGHTS else f"{user} does not hold {any_of}"
    wanted = next(iter(rights))
    cure = Cure(f"{givers(user, wanted, on)} can give {user} the right to {WORDS[wanted]}.", on, PEOPLE)
    lacking = Reason(Kind.MISSING, f"{asked} on {name_of(on)}, or on a category above it.", (), cure)
    ended = [
        no_longer(user, grant)
        for grant in all_grants_on(user, on)
        if grant.permission.codename in rights and not allows_now(grant)
    ]
    return [*ended, lacking]


def no_longer(user: Any, grant: Any) -> Reason:
    right, place, role = WORDS[grant.permission.codename], grant.content_object, role_of(grant)
    trail = (Stop(str(user), user), Stop(f"Right to {right}", place, PEOPLE), Stop(named(place), place))
    if not grant.is_in_force:
        holder = f"the role {role}" if role else str(user)
        of = f"The right of {holder} to {right} on {name_of(place)}{given(grant)}"
        text = f"{of} ended on {moment_of(grant.expires_at)}."
        return Reason(Kind.EXPIRED, text, trail)
    text = (
        f"{user} has the role {role}, which holds the right to {right} on {name_of(place)}, but the role is not active."
    )
    cure = Cure(f"An administrator can make the role {role} active again.", role)
    return Reason(Kind.INACTIVE, text, (trail[0], Stop(f"Role {role}", role), *trail[1:]), cure)


def teaching_lacking(user: Any, course: Course) -> list[Reason]:
    """That the person does not lead the course, or no longer does."""
    if (kept := keeping_away(user)) is not None:
        return [kept]
    row, trail = teaching_of(user, course), (Stop(str(user), user), Stop(named(course), course, INSTRUCTORS))
    who = givers(user, "", course)
    cure = Cure(f"{who} can make {user} a primary instructor.", course, INSTRUCTORS)
    if row is None or row.role != CourseInstructor.Role.PRIMARY:
        return [Reason(Kind.MISSING, f"{user} is no primary instructor of {name_of(course)}.", trail, cure)]
    if not row.is_active:
        text = f"{user} is a primary instructor of {name_of(course)}, but not an active one."
        return [Reason(Kind.INACTIVE, text, trail, cure)]
    text = f"{user} was a primary instructor of {name_of(course)} until the end of {row.expires_on:%-d %B %Y}."
    return [Reason(Kind.EXPIRED, text, trail, cure)]


def givers(user: Any, right: str, on: Course | Category) -> str:
    """Who may give this right: those who lead the course hold every one of them, and so do administrators."""
    if right == GRANT or isinstance(on, Category):
        return "An administrator"
    leading = [person for person in who_leads(on) if person.pk != user.pk]
    return listed([*leading[:2], "an administrator"], "or") if leading else "An administrator"


def who_leads(course: Course) -> list[Any]:
    """The primary instructors of today who can sign in; the one in the lead comes first."""

    def ask() -> list[Any]:
        rows = CourseInstructor._base_manager.filter(
            course=course.pk, role=CourseInstructor.Role.PRIMARY, user__is_active=True, user__is_staff=True
        )
        rows = rows.filter(~is_kept_away(OuterRef("user"))).order_by("-is_lead", "pk").select_related("user")
        return [row.user for row in rows if teaches_today(row)]

    return remembered(("who leads", course.pk), ask)


def given(grant: Any) -> str:
    """ ", given by Ada Winters on 3 March 2026 (“covers for Ben”)"."""
    by = f" by {grant.granted_by}" if grant.granted_by else ""
    why = f" (“{grant.reason.strip().rstrip('.')}”)" if grant.reason.strip() else ""
    return f", given{by} on {day_of(grant.granted_at)}{why}"


def ends(grant: Any) -> str:
    return f", until {moment_of(grant.expires_at)}" if grant.expires_at else ""


def name_of(place: Model) -> str:
    """What a sentence calls a course or a category: "the course PY-101", "the category Programming"."""
    return f"the course {place.code}" if isinstance(place, Course) else f"the category {place}"


def named(place: Model) -> str:
    """The same for a stop: "Course PY-101"."""
    return f"Course {place.code}" if isinstance(place, Course) else f"Category {place}"
