"""The rights a person holds on courses and categories at this moment, whichever way they came by them."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from apps.access.memory import remembered
from apps.access.models import in_force
from apps.catalog.among import Among
from apps.catalog.models import (
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseInstructor,
    CourseUserGrant,
)
from apps.catalog.standing import is_kept_away
from apps.records.prepared import Prepared

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

MANY = 500  # courses

BY_COURSE = (CourseUserGrant, CourseGroupGrant)
BY_CATEGORY = (CategoryUserGrant, CategoryGroupGrant)
GRANT_TABLES = (*BY_COURSE, *BY_CATEGORY)


def grants_of(user: Any, table: type[Model], at: datetime | None = None) -> QuerySet[Any]:
    """The rows of one grant table that hold now, or at that time, for this person or for an active role of theirs.

    None hold for somebody who is kept away from courses.
    """
    holder = Q(user=user.pk) if hasattr(table, "user") else Q(group__user=user.pk, group__role__is_active=True)
    return table._base_manager.filter(in_force(at), holder, ~is_kept_away(user.pk))


def _counted(user: Any, at: datetime) -> QuerySet[Any]:
    """The place of each table, each right of the person in it, and how many grants of it."""
    first, *others = [
        grants_of(user, table, at)
        .order_by()
        .values("permission__codename")
        .annotate(number=Count("pk"), place=Value(place))
        .values_list("place", "permission__codename", "number")
        for place, table in enumerate(GRANT_TABLES)
    ]
    counted: QuerySet[Any] = first.union(*others, all=True)
    return counted


COUNTED = Prepared(_counted)


def grants_held(user: Any) -> dict[tuple[type[Model], str], int]:
    """How many grants of each right this person holds in each table; tables that hold none need not be asked again."""

    def ask() -> dict[tuple[type[Model], str], int]:
        return {(GRANT_TABLES[place], codename): number for place, codename, number in COUNTED.rows(user)}

    return remembered(("grants held", user.pk), ask)


def tables_of(user: Any, rights: Collection[str]) -> list[type[Model]]:
    """The tables in which this person holds one of these rights."""
    held = grants_held(user)
    return [table for table in GRANT_TABLES if any((table, right) in held for right in rights)]


def rights_held_anywhere(user: Any) -> frozenset[str]:
    """The rights this person holds on at least one course or category."""
    return frozenset(codename for _, codename in grants_held(user))


def categories_granted(user: Any, rights: Collection[str]) -> QuerySet[Category]:
    """The categories on which, or above which, the person holds one of the rights."""
    covering = Q(pk__in=())
    for table in tables_of(user, rights):
        if table in BY_CATEGORY:
            above = grants_of(user, table).annotate(below=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
            covering |= Q(
                Exists(above.filter(permission__codename__in=rights, below__startswith=F("content_object__path")))
            )
    return Category.with_archived.filter(covering)


def course_keys(user: Any, rights: Collection[str]) -> QuerySet[Any]:
    """The keys of the courses on which the person holds one of the rights, by whatever way; some more than once."""
    tables = tables_of(user, rights)
    found = [
        grants_of(user, table).filter(permission__codename__in=rights).order_by().values_list("content_object")
        for table in tables
        if table in BY_COURSE
    ]
    if any(table in BY_CATEGORY for table in tables):
        in_category = Course.with_archived.filter(category__in=categories_granted(user, rights).values("pk"))
        found.append(in_category.order_by().values_list("pk"))
    if len(found) < 2:
        return found[0] if found else Course.with_archived.none()
    return found[0].union(*found[1:], all=True)


def primary_course_keys(user: Any) -> QuerySet[Any]:
    """The keys of the courses of which the person is an active primary instructor today."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    teaching = CourseInstructor._base_manager.filter(
        Q(expires_on=None) | Q(expires_on__gte=today),
        ~is_kept_away(user.pk),
        user=user.pk,
        role=CourseInstructor.Role.PRIMARY,
        is_active=True,
    )
    return teaching.order_by().values_list("course")


def holds_many(user: Any) -> bool:
    """Whether the person holds rights on so many courses that what is theirs is found faster by walking through all."""

    def ask() -> bool:
        if any(number >= MANY for (table, _), number in grants_held(user).items() if table in BY_COURSE):
            return True
        below = Course.with_archived.filter(category__in=categories_granted(user, RIGHTS).values("pk"))
        return below.order_by()[MANY - 1 : MANY].exists()

    return remembered(("holds many", user.pk), ask)


def on_courses(path: str, keys: QuerySet[Any], user: Any) -> Among | Q:
    """The condition that the course at this path is among these of the person, in the shape that is fast for them."""
    return Q(pk__in=()) if keys.query.is_empty() else Among(F(path), keys, is_walk=holds_many(user))


def courses_granted(user: Any, rights: Collection[str]) -> QuerySet[Course]:
    """The courses on which the person holds one of the rights, by themselves, by a role or through a category."""
    return Course.with_archived.filter(on_courses("pk", course_keys(user, rights), user))


def rights_gained(
    user: Any,
    moves: Mapping[int, int | None],
    rights: Collection[str],
    held: Callable[[Any, Collection[str]], QuerySet[Any]] | None = None,
) -> dict[int, list[str]]:
    """By the key of a course: which of these rights its move to a category brings this person, who lacks them there.

    `held` is where the person holds a right: among courses, unless other records are moved.
    """
    gained: dict[int, list[str]] = {}
    for right in rights:
        reached = categories_granted(user, (right,)).filter(pk__in=set(moves.values()))
        there = set(reached.values_list("pk", flat=True))
        into = {moved for moved, category in moves.items() if category in there}
        have = (held or courses_granted)(user, (right,)).filter(pk__in=into)
        for moved in into - set(have.values_list("pk", flat=True)):
            gained.setdefault(moved, []).append(right)
    return gained


def is_primary_anywhere(user: Any) -> bool:
    return remembered(("primary anywhere", user.pk), lambda: primary_course_keys(user).exists())


def categories_covering(on: Course | Category) -> list[int]:
    """The keys of the category itself or the course's, and of those above it, from the top."""
    category = on if isinstance(on, Category) else on.category
    return [int(part) for part in category.path.strip("/").split("/")] if category else []


def ends_of_rights(user: Any, on: Course | Category) -> dict[str, datetime | None]:
    """The rights the person holds by grants on this course or category, each with its latest end (None: without)."""
    here = [on.pk] if isinstance(on, Course) else []
    found = [
        grants_of(user, table)
        .filter(content_object__in=here if table in BY_COURSE else categories_covering(on))
        .order_by()
        .values_list("permission__codename", "expires_at")
        for table in tables_of(user, RIGHTS)
    ]
    ends: dict[str, list[datetime | None]] = {}
    for right, end in found[0].union(*found[1:]) if found else ():
        ends.setdefault(right, []).append(end)
    return {right: None if None in each else max(filter(None, each)) for right, each in ends.items()}
