"""The lists others would write: Django's own, and one scoped by what guardian finds in its generic tables."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from guardian.shortcuts import get_objects_for_user

from apps.catalog.models import Course, CourseGroupGrant, CourseUserGrant, Lesson
from apps.enrollments.models import Enrollment
from apps.reviews.models import Review
from backoffice.urls import urlpatterns as ours

COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Enrollment: ("user", "course", "status", "progress_percent", "enrolled_at", "last_accessed_at"),
    Lesson: ("title", "course", "module", "type", "access_level", "duration_minutes", "updated_at"),
    Review: ("user", "course", "rating", "state", "created_at"),
}

CourseUserGrant.enabled = CourseGroupGrant.enabled = False  # type: ignore[attr-defined]  # generic tables then


class StockAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What registering a model gives, with the columns of ours."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return True

    def get_list_display(self, request: HttpRequest) -> Any:  # noqa: ARG002
        return COLUMNS[self.model]


class GuardianAdmin(StockAdmin):
    """Only the rows of courses that guardian finds for the person."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(course__in=get_objects_for_user(request.user, "view_course", Course))


def site_of(name: str, kind: type[StockAdmin]) -> admin.AdminSite:
    site = admin.AdminSite(name)
    for model in COLUMNS:
        site.register(model, kind)
    return site


urlpatterns = [
    path("stock/", site_of("stock", StockAdmin).urls),
    path("guardian/", site_of("guardian", GuardianAdmin).urls),
    *ours,
]
