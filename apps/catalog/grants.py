"""Giving and ending rights on courses and categories, and the rights that follow from teaching a course."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from apps.access.memory import forget
from apps.access.models import GrantFacts, Role
from apps.audit.recording import change_set, write_history
from apps.catalog.models import (
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseInstructor,
    CourseUserGrant,
)
from apps.catalog.policy import CoursePolicy
from apps.catalog.rights import (
    ANALYTICS,
    EDIT,
    GRANT,
    RIGHTS,
    STUDENTS,
    VERBS_OF_ROLES,
    VIEW,
    WORDS,
    ends_of_rights,
)
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken

Grant: TypeAlias = CourseUserGrant | CourseGroupGrant | CategoryUserGrant | CategoryGroupGrant

FOLLOWS = "Teaches the course."
LONGEST_REASON = 300


@transaction.atomic
def grant_right(
    holder: Any, right: str, on: Course | Category, *, by: Any, reason: str, expires_at: datetime | None = None
) -> Grant:
    """Gives a person or a role one right on a course or category; a right they have by hand gets the new end."""
    only_one_at_a_time(on)
    refuse_grant(holder, right, on, by=by, reason=reason, expires_at=expires_at)
    table, key = grant_table(holder, on)
    with change_set(by=by, reason=reason, title=f"Grant “{WORDS[right]}” on {on} to {holder}"[:200]):
        grant: Grant = table._base_manager.filter(
            **key, content_object=on, permission=permission_for(right, on), source=GrantFacts.Source.HAND
        ).first() or table(**key, content_object=on, permission=permission_for(right, on))
        grant.expires_at, grant.reason = expires_at, reason
        grant.granted_by, grant.granted_at = by, timezone.now()
        grant.save()
    forget()
    return grant


@transaction.atomic
def change_grant_end(grant: Grant, expires_at: datetime | None, *, by: Any, reason: str) -> Grant:
    """Gives a right that was given by hand another end, or none."""
    refuse_what_is_not_by_hand(grant)
    right, on = grant.permission.codename, grant.content_object
    return grant_right(grant.holder, right, on, by=by, reason=reason, expires_at=expires_at)


@transaction.atomic
def end_grant(grant: Grant, *, by: Any, reason: str) -> None:
    """Takes a right back that was given by hand."""
    refuse_what_is_not_by_hand(grant)
    right, on = grant.permission.codename, grant.content_object
    refuse_who_may_not_grant(right, on, by=by)
    refuse_without_reason(reason)
    title = f"Take “{WORDS[right]}” on {on} back from {grant.holder}"
    with change_set(by=by, reason=reason, title=title[:200]):
        grant.delete()
    forget()


def only_one_at_a_time(on: Course | Category) -> None:
    """Two people who give the same right at the same moment change one row, one after the other."""
    type(on)._base_manager.select_for_update().filter(pk=on.pk).first()


def refuse_what_is_not_by_hand(grant: Grant) -> None:
    only_one_at_a_time(grant.content_object)
    if grant.source != GrantFacts.Source.HAND:
        raise RuleBroken("This right follows from teaching the course. Change the instructor's row instead.")
    if not type(grant)._base_manager.filter(pk=grant.pk).exists():
        raise RuleBroken("This right was taken back already.")


def refuse_grant(
    holder: Any, right: str, on: Course | Category, *, by: Any, reason: str, expires_at: datetime | None
) -> None:
    """Raises `RuleBroken` unless this person may give this right to this holder until then."""
    if right not in RIGHTS:
        raise RuleBroken(f"There is no right called {right}. Choose one of {', '.join(RIGHTS)}.")
    refuse_without_reason(reason)
    own_end = refuse_who_may_not_grant(right, on, by=by)
    if on.is_archived:
        raise RuleBroken(f"{on} is archived. Restore it before you give rights on it.")
    refuse_holder(holder, by=by)
    if expires_at is not None and expires_at <= timezone.now():
        raise RuleBroken("This end has passed already. Choose a later one.")
    if own_end is not None and (expires_at is None or expires_at > own_end):
        own = timezone.localtime(own_end)
        raise RuleBroken(f"Your own right ends on {own:%d %B %Y at %H:%M} ({own:%Z}). Choose an end before that.")


def refuse_holder(holder: Any, *, by: Any) -> None:
    """Rights go to colleagues at work and to active roles, never to whoever gives them."""
    if isinstance(holder, Group):
        if by.groups.filter(pk=holder.pk).exists():
            raise RuleBroken("You belong to this role. Nobody grants rights to themselves.")
        if not Role.objects.filter(pk=holder.pk, is_active=True).exists():
            raise RuleBroken(f"The role {holder} is not active, so rights would mean nothing to it.")
    elif holder.pk == by.pk:
        raise RuleBroken("Nobody grants rights to themselves. Ask a colleague.")
    elif not (holder.is_staff and holder.is_active):
        raise RuleBroken(f"{holder} cannot open the console, so rights would mean nothing to them.")


def refuse_who_may_not_grant(right: str, on: Course | Category, *, by: Any) -> datetime | None:
    """The end of the granter's own right, None when it has none. Raises `RuleBroken` for one they may not give."""
    if not policy_for(type(on)).may(by, "grant", on):
        raise RuleBroken(f"You may not grant rights on {on}.")
    own = rights_to_give(by, on)
    if right in own:
        return own[right]
    if right == GRANT:
        raise RuleBroken("Only an administrator lets somebody grant rights to others.")
    raise RuleBroken(f"You do not hold the right to {WORDS[right]} on {on}. You can grant only what you hold.")


def rights_to_give(by: Any, on: Course | Category) -> dict[str, datetime | None]:
    """What somebody who may grant on this may give: the rights they hold, each with the end of their own."""
    if by.is_superuser:
        return dict.fromkeys(RIGHTS)
    own = ends_of_rights(by, on)
    own |= {right: None for right in RIGHTS if holds_on_every_course(by, right)}
    return {right: own[right] for right in RIGHTS if right in own and right != GRANT}


def holds_on_every_course(person: Any, right: str) -> bool:
    """Whether a role of theirs is as good as this right on each course there is."""
    return CoursePolicy().holds_everywhere(person, VERBS_OF_ROLES[right])


def refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("Say why: the reason is kept in the history.")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(f"At most {LONGEST_REASON} characters of reason; these are {len(reason):,}.")


def grant_table(holder: Any, on: Course | Category) -> tuple[Any, dict[str, Any]]:
    """The table a grant to this holder on this thing stands in, and the key of the holder there."""
    to_role = isinstance(holder, Group)
    if isinstance(on, Course):
        table: Any = CourseGroupGrant if to_role else CourseUserGrant
    else:
        table = CategoryGroupGrant if to_role else CategoryUserGrant
    return table, {"group_id" if to_role else "user_id": holder.pk}


def permission_for(right: str, on: Model) -> Permission:
    return Permission.objects.get(codename=right, content_type=ContentType.objects.get_for_model(on))


def follow_instructor(instructor: CourseInstructor, *, by: Any) -> None:
    """Gives the rights that follow from this row and takes back those that no longer do.

    Before a row is deleted it is set inactive and followed once more.
    """
    follow_instructors_in_bulk([instructor], by=by)


@transaction.atomic
def follow_instructors_in_bulk(instructors: Iterable[CourseInstructor], *, by: Any, batch_size: int = 500) -> None:
    """The same for many rows, in a number of queries that depends on the batches only."""
    rows = list(instructors)
    on_courses = Permission.objects.filter(content_type=ContentType.objects.get_for_model(Course))
    permissions = {permission.codename: permission for permission in on_courses}
    with change_set(by=by, title="Rights that follow from teaching"):
        for start in range(0, len(rows), batch_size):
            follow_batch(rows[start : start + batch_size], permissions, by=by)
    forget()


def follow_batch(rows: list[CourseInstructor], permissions: dict[str, Permission], *, by: Any) -> None:
    places = {(row.user_id, row.course_id) for row in rows}
    now = {
        (grant.user_id, grant.content_object_id, grant.permission_id): grant
        for grant in grants_that_follow(rows)
        if (grant.user_id, grant.content_object_id) in places or not grant.still_teaches
    }
    wanted = {
        (row.user_id, row.course_id, permissions[right].pk): end_of(row.expires_on)
        for row in rows
        for right in rights_that_follow(row)
    }
    new = [
        CourseUserGrant(
            user_id=user_id,
            content_object_id=course_id,
            permission_id=permission_id,
            source=GrantFacts.Source.INSTRUCTOR,
            expires_at=expires_at,
            granted_by_id=getattr(by, "pk", None),
            reason=FOLLOWS,
        )
        for (user_id, course_id, permission_id), expires_at in wanted.items()
        if (user_id, course_id, permission_id) not in now
    ]
    moved = [grant for key, grant in now.items() if key in wanted and grant.expires_at != wanted[key]]
    for grant in moved:
        grant.expires_at = wanted[grant.user_id, grant.content_object_id, grant.permission_id]
    gone = [grant for key, grant in now.items() if key not in wanted]
    write_history(CourseUserGrant._base_manager.bulk_create(new), "+")
    CourseUserGrant._base_manager.bulk_update(moved, ["expires_at"])
    write_history(moved, "~")
    write_history(gone, "-")
    gone_rows = CourseUserGrant._base_manager.filter(pk__in=[grant.pk for grant in gone])
    gone_rows._raw_delete(gone_rows.db)


def grants_that_follow(rows: list[CourseInstructor]) -> QuerySet[Any]:
    """What teaching has given on the courses of these rows, and whether each holder still has a row there."""
    teaching = CourseInstructor._base_manager.filter(course=OuterRef("content_object"), user=OuterRef("user"))
    return CourseUserGrant._base_manager.filter(
        source=GrantFacts.Source.INSTRUCTOR, content_object__in={row.course_id for row in rows}
    ).annotate(still_teaches=Exists(teaching))


def rights_that_follow(row: CourseInstructor) -> tuple[str, ...]:
    """All rights for an active primary instructor; to look for other active ones, and what their flags say."""
    if not row.is_active:
        return ()
    if row.role == CourseInstructor.Role.PRIMARY:
        return RIGHTS
    flags = {EDIT: row.can_edit_content, STUDENTS: row.can_manage_students, ANALYTICS: row.can_view_analytics}
    return (VIEW, *(right for right, is_set in flags.items() if is_set))


def end_of(day: date | None) -> datetime | None:
    """The moment after the last second of that day, in the time zone of the installation."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min), timezone.get_default_timezone())
