"""Reads of instructors that screens and services share."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.catalog.models import CourseInstructor
from apps.catalog.standing import is_kept_away
from apps.instructors.models import InstructorProfile
from apps.instructors.states import InstructorStatus


def teaching_of(person: Any) -> QuerySet[CourseInstructor]:
    """The current courses somebody (a key or an expression) has a part in today, suspended or not."""
    today = timezone.localdate()
    rows: QuerySet[CourseInstructor] = CourseInstructor.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=today), user=person, is_active=True, course__archived_at=None
    )
    return rows.select_related("course").order_by("-is_lead", "course__title", "pk")


def teaching_counts() -> dict[str, Any]:
    """For annotating instructors: how many courses they have a part in, and the learners of these."""
    rows = teaching_of(OuterRef("user")).select_related(None).order_by().values("user")
    return {
        "course_count": Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        "learner_count": Coalesce(
            Subquery(rows.annotate(n=Sum("course__enrolled_count")).values("n"), output_field=IntegerField()), 0
        ),
    }


def waiting_applications(profiles: QuerySet[InstructorProfile]) -> QuerySet[InstructorProfile]:
    """Those of them that wait for a decision, the oldest first."""
    waiting = profiles.filter(status=InstructorStatus.PENDING).select_related("user")
    return waiting.order_by("applied_at", "pk")


def possible_successors(person: Any) -> QuerySet[Any]:
    """Other instructors who could take over a course of this person now."""
    people: Any = get_user_model()
    never_applied = Q(role=people.Role.INSTRUCTOR, instructor_profile=None)
    is_one = never_applied | Q(instructor_profile__status=InstructorStatus.APPROVED)
    found: QuerySet[Any] = people.objects.filter(is_one, ~is_kept_away(OuterRef("pk")), is_active=True, is_staff=True)
    return found.exclude(pk=person.pk).order_by(F("last_name"), F("first_name"), "pk")
