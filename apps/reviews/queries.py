"""Reads of reviews that screens, services and the policy share."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.access.memory import remembered
from apps.catalog.models import Course
from apps.catalog.queries import active_instructors
from apps.enrollments.models import Enrollment
from apps.enrollments.states import LEARNING
from apps.reviews.models import Review, ReviewReport
from apps.reviews.states import WAITING

MANY = 100
AGES = (1, 3, 7)
"""Days after which a review has waited long, longer and too long."""
PERSON = ("first_name", "last_name", "email")
NAMES = {
    "course": ("course", "course__title"),
    **{path: (path, *(f"{path}__{name}" for name in PERSON)) for path in ("user", "moderator", "claimed_by")},
}


def of_own_interest(user: Any) -> Q:
    """The reviews a person wrote and those of courses they teach today: somebody else decides on them."""
    return Q(user=user.pk) | Q(course__in=taught_by(user))


def taught_by(user: Any) -> Any:
    """The keys of the courses they teach today: a list asked for once in a request, or a subquery for very many."""
    few = remembered(("courses taught", user.pk), lambda: list(courses_of(user)[:MANY]))
    return few if len(few) < MANY else courses_of(user)


def courses_of(user: Any) -> QuerySet[Any, Any]:
    return active_instructors().filter(user=user.pk).order_by().values_list("course", flat=True)


def named(reviews: QuerySet[Review], *beside: str, shown: Iterable[str] = ()) -> QuerySet[Review]:
    """Reviews, or what is shown of them, with the names of what stands beside: people and courses are wide rows."""
    fields = shown or [field.name for field in Review._meta.concrete_fields]
    return reviews.select_related(*beside).only(*fields, *(name for path in beside for name in NAMES[path]))


def waiting(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """The current ones among these that wait for a decision."""
    return reviews.filter(archived_at=None, state__in=WAITING)


def is_learner(course: Course, user: Any) -> bool:
    """Whether somebody takes the course, or has taken it."""
    return Enrollment.objects.filter(course=course, user=user, status__in=LEARNING).exists()


def report_count() -> Coalesce:
    """The expression that writes the counter of a review from its reports."""
    reports = ReviewReport.objects.filter(review=OuterRef("pk")).order_by()
    return Coalesce(Subquery(reports.values("review").annotate(n=Count("pk")).values("n")), 0)


def progress_of(review: Review) -> int | None:
    """How many percent of the course the learner has done; None for somebody who never took it."""
    taken = Enrollment.objects.filter(course=review.course_id, user=review.user_id)
    return taken.values_list("progress_percent", flat=True).first()


def deciders() -> QuerySet[Any]:
    """Everybody at work whose role, or being an administrator, lets them decide on reviews."""
    kind = ContentType.objects.get_for_model(Review)
    people: Any = get_user_model()
    by_role = people.groups.through.objects.filter(
        group__role__is_active=True,
        group__permissions__codename="decide_review",
        group__permissions__content_type=kind,
    ).values("user")
    # The flags follow from role and status, by which an index finds the few who work here among all learners;
    # nobody who is archived is active.
    roles = [role for role in people.Role.values if role != people.Role.STUDENT]
    found: QuerySet[Any] = people.with_archived.filter(
        Q(is_superuser=True) | Q(pk__in=by_role), is_active=True, is_staff=True, role__in=roles, status="active"
    )
    return found.order_by("last_name", "first_name", "pk")


def colleagues_for(review: Review, *, by: Any) -> QuerySet[Any]:
    """Who else may decide on this review: nobody who wrote it or teaches its course."""
    teaching = active_instructors().filter(course=review.course_id).values("user")
    return deciders().exclude(pk__in=(by.pk, review.user_id)).exclude(pk__in=teaching)


def may_take_over(person: Any, review: Review, *, by: Any) -> bool:
    return colleagues_for(review, by=by).filter(pk=person.pk).exists()
