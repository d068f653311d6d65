"""Reads of reviews that screens, services and the policy share."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.catalog.models import Course
from apps.catalog.queries import active_instructors
from apps.enrollments.models import Enrollment
from apps.enrollments.states import LEARNING
from apps.reviews.models import Review, ReviewReport
from apps.reviews.states import WAITING


def of_own_interest(user: Any) -> Q:
    """The reviews a person wrote and those of courses they teach today: somebody else decides on them."""
    return Q(user=user.pk) | Q(course__in=active_instructors().filter(user=user.pk).values("course"))


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
    by_role = Q(
        groups__role__is_active=True,
        groups__permissions__codename="decide_review",
        groups__permissions__content_type__app_label="reviews",
    )
    people: QuerySet[Any] = get_user_model().objects.filter(
        Q(is_superuser=True) | by_role, is_active=True, is_staff=True
    )
    return people.order_by("last_name", "first_name", "pk").distinct()


def colleagues_for(review: Review, *, by: Any) -> QuerySet[Any]:
    """Who else may decide on this review: nobody who wrote it or teaches its course."""
    teaching = active_instructors().filter(course=review.course_id).values("user")
    return deciders().exclude(pk__in=(by.pk, review.user_id)).exclude(pk__in=teaching)


def may_take_over(person: Any, review: Review, *, by: Any) -> bool:
    return colleagues_for(review, by=by).filter(pk=person.pk).exists()
