"""Filters of the list of reviews."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from admin_theme.filters import MOST_CHOICES
from admin_theme.gate import may_here
from apps.catalog.models import Course
from apps.records.policy import policy_for, scope
from apps.reviews.desk_facts import LATELY_DAYS, standing_lately
from apps.reviews.models import BEST, WORST, Review, ReviewDecision, ReviewMark, ReviewRule
from apps.reviews.queries import AGES
from apps.reviews.states import WAITING, ReviewState


class StateFilter(DropdownFilter):
    """One state, or everything that waits for a decision."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("waiting", "Waiting for a decision"), *ReviewState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(state__in=WAITING) if value == "waiting" else queryset.filter(state=value)


class WaitsFilter(DropdownFilter):
    """What has waited for a decision for so many days."""

    title = "waits"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(str(days), f"More than {days} day{'s' * (days > 1)}") for days in AGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        if value not in map(str, AGES):
            return queryset.none()
        return queryset.filter(state__in=WAITING, waits_since__lt=timezone.now() - timedelta(days=int(value)))


class RatingFilter(DropdownFilter):
    """Reviews with so many stars."""

    title = "rating"
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(str(n), f"{n} star{'s' if n > 1 else ''}") for n in range(BEST, WORST - 1, -1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(rating=value) if value in dict(self.lookup_choices) else queryset.none()


class ReportedFilter(DropdownFilter):
    """Whether somebody has reported the review."""

    title = "reports"
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "Reported"), ("no", "Not reported")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(reported_count__gt=0) if value == "yes" else queryset.filter(reported_count=0)


class MarkFilter(DropdownFilter):
    """Reviews in which a rule found something, for those who read the rules."""

    title = "marks"
    parameter_name = "mark"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        if not may_here(request, "view", ReviewRule):
            return []
        rules = ReviewRule.objects.values_list("code", "sentence")
        return [("any", "Any mark"), *((code, sentence.rstrip(".")) for code, sentence in rules)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        if value not in dict(self.lookup_choices):
            return queryset.none()
        marks = ReviewMark.objects.filter(review=OuterRef("pk"), **({} if value == "any" else {"rule__code": value}))
        return queryset.filter(Exists(marks.order_by()))


class CourseFilter(DropdownFilter):
    """Courses the person may open, or for those who read every review but open no course, all that were reviewed."""

    title = "course"
    parameter_name = "course__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        courses = courses_to_choose_from(request.user).order_by("title", "pk")
        offered = list(courses.values_list("pk", "title")[:MOST_CHOICES])
        if (chosen := self.value() or "").isdecimal() and int(chosen) not in dict(offered):
            offered += courses.filter(pk=chosen).values_list("pk", "title")
        return [(str(key), title) for key, title in offered]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(course__id=int(value)) if value.isdecimal() else queryset.none()


def courses_to_choose_from(user: Any) -> QuerySet[Course]:
    if policy_for(Course).may_ever(user, "view"):
        return scope(user, "view", Course)
    reviewed = scope(user, "view", Review).filter(course=OuterRef("pk")).order_by()
    return Course.with_archived.filter(Exists(reviewed))


class DecidedFilter(DropdownFilter):
    """What one person decided lately: `12` or `12-approved`. The overview leads here; it is not offered by itself."""

    title = "decided"
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        if not (value := self.value()) or not may_here(request, "decide", Review):
            return []
        one = self.decisions(value).select_related("moderator").first()
        what = one.get_outcome_display() if one and "-" in value else "Decided"
        return [(value, f"{what} by {one.moderator if one else 'nobody'}, last {LATELY_DAYS} days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(Exists(self.decisions(value).filter(review=OuterRef("pk"))))

    @staticmethod
    def decisions(value: str) -> QuerySet[ReviewDecision]:
        key, dash, outcome = value.partition("-")
        theirs = standing_lately().filter(moderator__id=int(key)) if key.isdecimal() else ReviewDecision.objects.none()
        return theirs.filter(outcome=outcome) if dash else theirs
