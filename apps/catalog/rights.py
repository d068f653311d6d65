"""The rights a person holds on courses and categories at this moment, whichever way they came by them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.access.memory import remembered
from apps.access.models import in_force
from apps.catalog.models import (
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseInstructor,
    CourseUserGrant,
)

RIGHTS = (
    "view_course",
    "edit_content",
    "publish_course",
    "manage_students",
    "view_analytics",
    "import_content",
    "export_data",
    "grant_access",
)
VIEW, EDIT, PUBLISH, STUDENTS, ANALYTICS, IMPORT, EXPORT, GRANT = RIGHTS

WORDS = {
    VIEW: "view",
    EDIT: "edit content",
    PUBLISH: "publish",
    STUDENTS: "manage learners",
    ANALYTICS: "see figures",
    IMPORT: "import",
    EXPORT: "export",
    GRANT: "give rights",
}
"""What each right is called where staff read it."""

VERBS_OF_ROLES = {
    VIEW: "view",
    EDIT: "change",
    PUBLISH: "publish",
    STUDENTS: "manage_students",
    ANALYTICS: "view_analytics",
    IMPORT: "import",
    EXPORT: "export",
    GRANT: "grant",
}
"""The verb on courses a role has to open everywhere to be as good as the right."""

GRANT_TABLES = (CourseUserGrant, CourseGroupGrant, CategoryUserGrant, CategoryGroupGrant)


def grants_of(user: Any, table: type[Model]) -> QuerySet[Any]:
    """The rows of one grant table that hold now for this person or for an active role of theirs."""
    holder = Q(user=user.pk) if hasattr(table, "user") else Q(group__user=user.pk, group__role__is_active=True)
    return table._base_manager.filter(in_force(), holder)


def rights_held_anywhere(user: Any) -> frozenset[str]:
    """The rights this person holds on at least one course or category."""

    def ask() -> frozenset[str]:
        held = [grants_of(user, table).order_by().values_list("permission__codename") for table in GRANT_TABLES]
        return frozenset(codename for (codename,) in held[0].union(*held[1:]))

    return remembered(("rights anywhere", user.pk), ask)


def categories_granted(user: Any, rights: Collection[str]) -> QuerySet[Category]:
    """The categories on which, or above which, the person holds one of the rights."""
    covering = Q()
    for table in (CategoryUserGrant, CategoryGroupGrant):
        above = grants_of(user, table).annotate(below=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
        covering |= Q(
            Exists(above.filter(permission__codename__in=rights, below__startswith=F("content_object__path")))
        )
    return Category.with_archived.filter(covering)


def courses_granted(user: Any, rights: Collection[str]) -> QuerySet[Course]:
    """The courses on which the person holds one of the rights, by themselves, by a role or through a category."""
    held = Q(category__in=categories_granted(user, rights).values("pk"))
    for table in (CourseUserGrant, CourseGroupGrant):
        on_course = grants_of(user, table).filter(content_object=OuterRef("pk"), permission__codename__in=rights)
        held |= Q(Exists(on_course))
    return Course.with_archived.filter(held)


def primary_courses(user: Any) -> QuerySet[Course]:
    """The courses of which the person is an active primary instructor today."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    teaching = CourseInstructor._base_manager.filter(
        Q(expires_on=None) | Q(expires_on__gte=today),
        course=OuterRef("pk"),
        user=user.pk,
        role=CourseInstructor.Role.PRIMARY,
        is_active=True,
    )
    return Course.with_archived.filter(Exists(teaching))


def is_primary_anywhere(user: Any) -> bool:
    return remembered(("primary anywhere", user.pk), lambda: primary_courses(user).exists())


def grants_on(user: Any, rights: Collection[str], on: Course | Category) -> list[Any]:
    """The grants in force that give the person one of the rights on this course or category, the nearest first."""
    found: list[Any] = []
    path = on.path if isinstance(on, Category) else on.category.path if on.category else ""
    for table in GRANT_TABLES:
        grants = grants_of(user, table).filter(permission__codename__in=rights).select_related("permission")
        if table in (CourseUserGrant, CourseGroupGrant):
            found += grants.filter(content_object=on.pk) if isinstance(on, Course) else ()
        else:
            found += [
                grant for grant in grants.select_related("content_object") if path.startswith(grant.content_object.path)
            ]
    return found


def categories_covering(on: Course | Category) -> list[int]:
    """The keys of the category itself or the course's, and of those above it, from the top."""
    category = on if isinstance(on, Category) else on.category
    return [int(part) for part in category.path.strip("/").split("/") if part] if category else []


def ends_of_rights(user: Any, on: Course | Category) -> dict[str, datetime | None]:
    """The rights the person holds by grants on this course or category, each with its latest end (None: without)."""
    here = [on.pk] if isinstance(on, Course) else []
    first, *others = [
        grants_of(user, table)
        .filter(content_object__in=here if table in (CourseUserGrant, CourseGroupGrant) else categories_covering(on))
        .order_by()
        .values_list("permission__codename", "expires_at")
        for table in GRANT_TABLES
    ]
    ends: dict[str, list[datetime | None]] = {}
    for right, end in first.union(*others):
        ends.setdefault(right, []).append(end)
    return {right: None if None in each else max(filter(None, each)) for right, each in ends.items()}


def ended_grants_on(user: Any, rights: Collection[str], course: Course) -> list[CourseUserGrant]:
    """The person's own grants of these rights on the course that hold no longer."""
    ended = CourseUserGrant.objects.filter(user=user.pk, content_object=course, permission__codename__in=rights)
    return list(ended.exclude(in_force()).select_related("permission").order_by("expires_at"))


def sentence_of(grant: Any, course: Course) -> str:
    """How a grant comes to hold on a course, for a person."""
    holder = "They hold" if hasattr(grant, "user_id") else f"Their role {grant.group.role} holds"
    place = grant.content_object
    where = f"the course {course.code}" if isinstance(place, Course) else f"the category {place.slug}"
    below = "" if isinstance(place, Course) else f", and the course {course.code} lies in it"
    until = f" until {grant.expires_at:%Y-%m-%d %H:%M} UTC" if grant.expires_at else ""
    why = f" ({grant.reason.rstrip('.')})" if grant.reason else ""
    return f"{holder} the right {grant.permission.codename} on {where}{until}{why}{below}."
