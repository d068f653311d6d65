"""Whom a request for a right is sent to."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from apps.access.models import in_force
from apps.catalog.grants import refuse_who_may_not_grant
from apps.catalog.models import Course, CourseGroupGrant, CourseUserGrant
from apps.catalog.queries import active_instructors
from apps.catalog.rights import GRANT, GRANT_TABLES
from apps.records.rules import RuleBroken

MOST_ASKED = 10


def people_to_ask(course: Course | None, right: str, *, requester: Any) -> tuple[str, Sequence[Any]]:
    """In words, and the people: the lead instructor; or else who gives rights on the course; or else administrators."""
    if course is not None and right:
        leads = active_instructors().filter(course=course, is_lead=True).select_related("user")
        if leading := able([row.user for row in leads], course, right, requester=requester):
            return str(leading[0]), leading
        if holders := able(holders_of_grant_access(course), course, right, requester=requester):
            return "whoever gives rights on the course", holders[:MOST_ASKED]
    administrators = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(pk=requester.pk)
    return "the administrators", list(administrators.order_by("pk")[:MOST_ASKED])


def able(people: Sequence[Any] | QuerySet[Any], course: Course, right: str, *, requester: Any) -> list[Any]:
    """Those of them who may give this right on the course to somebody else."""
    found = []
    for person in people:
        if person.pk == requester.pk or not (person.is_active and person.is_staff):
            continue
        try:
            refuse_who_may_not_grant(right, course, by=person)
        except RuleBroken:
            continue
        found.append(person)
    return found


def holders_of_grant_access(course: Course) -> QuerySet[Any]:
    """Who holds `grant_access` on the course or on a category above it, by themselves or by a role."""
    path = course.category.path if course.category else ""
    holding = Q(pk__in=())
    tables: tuple[Any, ...] = GRANT_TABLES
    for table in tables:
        grants = table._base_manager.filter(in_force(), permission__codename=GRANT)
        if table in (CourseUserGrant, CourseGroupGrant):
            here = list(grants.filter(content_object=course))
        else:
            above = grants.select_related("content_object")
            here = [grant for grant in above if path.startswith(grant.content_object.path)]
        if hasattr(table, "user"):
            holding |= Q(pk__in=[grant.user_id for grant in here])
        else:
            holding |= Q(groups__in=[grant.group_id for grant in here], groups__role__is_active=True)
    people: QuerySet[Any] = get_user_model().objects.filter(holding, is_superuser=False).distinct().order_by("pk")
    return people
