"""The figures of courses: which are taken, finished and liked."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import number, percent_bar, two_lines
from admin_theme.tabs import linked
from apps.statistics import services
from apps.statistics.admin.base import FiguresAdmin
from apps.statistics.figures import COURSE
from apps.statistics.models import CourseStats
from apps.statistics.panels import shown


@admin.register(CourseStats)
class CourseStatsAdmin(FiguresAdmin[CourseStats]):
    list_display = ("course_name", "learners_now", "active", "completion", "progress", "rating", "certificates_now")
    list_filter = (("course__status", ChoicesDropdownFilter),)
    list_select_related = ("course__category",)
    search_fields = ("course__title", "course__code")
    search_help_text = "Title or code"
    ordering = ("-learners", "course_id")
    list_title = "Courses in figures"
    verbs_asked = ("view", "refresh")
    actions_detail = ("refresh",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseStats]:
        rows: QuerySet[CourseStats] = super().get_queryset(request)
        return rows.select_related("course__category")

    def headline(self, request: HttpRequest, record: CourseStats) -> dict[str, Any]:  # noqa: ARG002
        return {"line": f"{record.course.code} · {record.course.category or 'no category'}"}

    def side_facts(self, request: HttpRequest, record: CourseStats) -> list[tuple[str, SafeString | str]]:
        return [
            ("Course", linked(request, record.course, record.course.code, "statistics")),
            ("As of", self.freshness(record)),
        ]

    @console_action(
        "Refresh now",
        verb="refresh",
        icon="refresh",
        variant=ActionVariant.PRIMARY,
        confirm="The figures of this course and of its instructors are counted anew; it takes a moment.",
    )
    def refresh(self, request: HttpRequest, stats: CourseStats, reason: str) -> str:
        services.refresh_course(stats, by=request.user, reason=reason)
        return f"The figures of {stats.course} are as of now."

    @admin.display(description="course", ordering="course__title")
    def course_name(self, stats: CourseStats) -> SafeString:
        return two_lines(stats.course.title, f"{stats.course.code} · {stats.course.category or 'no category'}")

    @admin.display(description="learners", ordering="learners")
    def learners_now(self, stats: CourseStats) -> SafeString:
        return number(stats.learners)

    @admin.display(description="active", ordering="active_learners")
    def active(self, stats: CourseStats) -> SafeString:
        return number(stats.active_learners)

    @admin.display(description="completion", ordering=F("completion_percent").desc(nulls_last=True))
    def completion(self, stats: CourseStats) -> SafeString:
        return percent_bar(stats.completion_percent)

    @admin.display(description="average progress", ordering=F("average_progress_percent").desc(nulls_last=True))
    def progress(self, stats: CourseStats) -> SafeString:
        return percent_bar(stats.average_progress_percent)

    @admin.display(description="rating", ordering=F("average_rating").desc(nulls_last=True))
    def rating(self, stats: CourseStats) -> SafeString | str:
        return shown(COURSE.figure("average_rating"), stats.average_rating)

    @admin.display(description="certificates", ordering="certificates")
    def certificates_now(self, stats: CourseStats) -> SafeString:
        return number(stats.certificates)
