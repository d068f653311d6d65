"""Whom a request for a right is sent to."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from apps.access.models import in_force
from apps.catalog.grants import refuse_who_may_not_grant
from apps.catalog.models import Course
from apps.catalog.queries import active_instructors
from apps.catalog.rights import BY_COURSE, GRANT, GRANT_TABLES, categories_covering
from apps.records.rules import RuleBroken

MOST_ASKED = 10


def people_to_ask(
    course: Course | None, right: str, *, requester: Any, most: int = MOST_ASKED
) -> tuple[str, Sequence[Any]]:
    """In words, and the people: the lead instructor; or else who gives rights on the course; or else administrators.

    For the words alone one is enough (`most`): whether somebody may give the right takes some queries for each.
    """
    if course is not None and right:
        leads = active_instructors().filter(course=course, is_lead=True).select_related("user")
        if leading := list(islice(able((row.user for row in leads), course, right, requester=requester), most)):
            return str(leading[0]), leading
        people = holders_of_grant_access(course)
        if holders := list(islice(able(people, course, right, requester=requester), most)):
            return "whoever gives rights on the course", holders
    administrators = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(pk=requester.pk)
    return "the administrators", list(administrators.order_by("pk")[:most])


def able(people: Iterable[Any], course: Course, right: str, *, requester: Any) -> Iterator[Any]:
    """Those of them who may give this right on the course to somebody else."""
    for person in people:
        if person.pk == requester.pk or not (person.is_active and person.is_staff):
            continue
        try:
            refuse_who_may_not_grant(right, course, by=person)
        except RuleBroken:
            continue
        yield person


def holders_of_grant_access(course: Course) -> QuerySet[Any]:
    """Who holds `grant_access` on the course or on a category above it, by themselves or by a role."""
    holding = Q(pk__in=())
    tables: tuple[Any, ...] = GRANT_TABLES
    for table in tables:
        places = [course.pk] if table in BY_COURSE else categories_covering(course)
        here = table._base_manager.filter(in_force(), permission__codename=GRANT, content_object__in=places)
        if hasattr(table, "user"):
            holding |= Q(pk__in=here.values("user"))
        else:
            holding |= Q(groups__in=here.values("group"), groups__role__is_active=True)
    people: QuerySet[Any] = get_user_model().objects.filter(holding, is_superuser=False).distinct().order_by("pk")
    return people
