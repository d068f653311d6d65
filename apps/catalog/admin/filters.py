"""Filters of the catalog's lists."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from admin_theme.filters import MOST_CHOICES
from apps.catalog.forms import tree_choices
from apps.catalog.models import Category, Course, CourseInstructor
from apps.catalog.queries import categories_below, people_who_teach
from apps.records.policy import scope


class CategoryFilter(DropdownFilter):
    """Courses of a category and of everything below it."""

    title = "category"
    parameter_name = "category"
    path = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        offered = tree_choices(scope(request.user, "view", Category).filter(archived_at=None), "")[1:]
        return [(str(key), name) for key, name in offered[:MOST_CHOICES]] + [("none", "No category")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        if value == "none":
            return queryset.filter(**{self.path: None})
        visible = scope(request.user, "view", Category)
        category = visible.filter(pk=value).first() if value.isdecimal() else None
        if category is None:
            return queryset.none()
        return queryset.filter(**{f"{self.path}__in": categories_below(category).order_by().values("pk")})


class InstructorFilter(DropdownFilter):
    """Courses somebody teaches."""

    title = "instructor"
    parameter_name = "instructor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        people = people_who_teach(scope(request.user, "view", Course))
        return [(str(person.pk), str(person)) for person in people[:MOST_CHOICES]] + [("none", "Nobody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        value = self.value()
        if not value:
            return queryset
        teaching = CourseInstructor.objects.filter(course=OuterRef("pk"), is_active=True)
        if value == "none":
            return queryset.filter(~Exists(teaching))
        return queryset.filter(Exists(teaching.filter(user=value))) if value.isdecimal() else queryset.none()
