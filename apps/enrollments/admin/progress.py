"""Lesson progress: what learners did, to read and never to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import badge, number, percent_bar, relative_time, two_lines
from apps.enrollments.models import LessonProgress


@admin.register(LessonProgress)
class LessonProgressAdmin(ReadOnlyAdmin[LessonProgress]):
    list_display = ("learner", "lesson_name", "state", "progress", "spent", "last_opened")
    list_filter = ("is_completed",)
    list_filter_sheet = True
    lookups_allowed = ("lesson__id__exact",)
    list_select_related = ("enrollment__user", "enrollment__course", "lesson")
    search_fields = ("enrollment__user__email", "enrollment__user__last_name", "lesson__code", "lesson__title")
    search_help_text = "Learner or lesson"
    ordering = ("-pk",)
    sortable_by = ()
    empty_title = "Nobody has opened a lesson yet"
    empty_text = "What learners do in their lessons appears here; it is also on the page of each enrollment."
    fields = (
        "enrollment",
        "lesson",
        "is_completed",
        "completed_at",
        "progress_percent",
        "seconds_spent",
        "last_position_seconds",
        "last_accessed_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LessonProgress]:
        rows: QuerySet[LessonProgress] = super().get_queryset(request)
        return rows.select_related("enrollment__user", "enrollment__course", "lesson")

    @admin.display(description="learner", ordering="enrollment__user__last_name")
    def learner(self, row: LessonProgress) -> SafeString:
        return two_lines(row.enrollment.learner_name, row.enrollment.course)

    @admin.display(description="lesson", ordering="lesson__title")
    def lesson_name(self, row: LessonProgress) -> SafeString:
        return two_lines(row.lesson.title, row.lesson.code)

    @admin.display(description="state", ordering="is_completed")
    def state(self, row: LessonProgress) -> SafeString:
        return badge("Completed", "good") if row.is_completed else badge("Under way", "info")

    @admin.display(description="progress", ordering="progress_percent")
    def progress(self, row: LessonProgress) -> SafeString:
        return percent_bar(row.progress_percent)

    @admin.display(description="time spent", ordering="seconds_spent")
    def spent(self, row: LessonProgress) -> SafeString:
        return number(row.minutes_spent, "min")

    @admin.display(description="last opened", ordering="last_accessed_at")
    def last_opened(self, row: LessonProgress) -> SafeString:
        return relative_time(row.last_accessed_at, empty="Never")
