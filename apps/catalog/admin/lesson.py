"""Lessons: a list across courses, and a page with what each kind of learner sees."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from admin_theme.displays import Tone, badge, minutes, number, relative_time, two_lines
from admin_theme.tabs import Tab
from apps.catalog.admin.module import LONG_TEXTS
from apps.catalog.admin.panels import history_tab, may_add_below
from apps.catalog.admin.pieces import PieceAdmin
from apps.catalog.models import Lesson, Resource
from apps.catalog.services import archive_lesson, restore_lesson
from apps.catalog.tabs import lesson_tabs

ACCESS_TONES: dict[str, Tone] = {"guest": "good", "registered": "info", "premium": "warn"}


def lesson_resources_panel(request: HttpRequest, lesson: Lesson) -> dict[str, Any]:
    return {
        "rows": Resource.objects.filter(lesson=lesson).order_by("order", "pk"),
        "of_lesson": True,
        "has_lessons": True,
        "may_add": not lesson.is_archived and may_add_below(request, Resource, lesson.course),
        "add": f"{reverse('admin:catalog_resource_add')}?course={lesson.course_id}&lesson={lesson.pk}",
    }


lesson_resources_tab = Tab(
    key="resources",
    title="Resources",
    place=20,
    template="catalog/resources_panel.html",
    context=lesson_resources_panel,
    count=lambda request, lesson: Resource.objects.filter(lesson=lesson),  # noqa: ARG005
)

lesson_tabs += [Tab(key="facts", title="Facts", place=10, has_fields=True), lesson_resources_tab, history_tab()]


@admin.register(Lesson)
class LessonAdmin(PieceAdmin[Lesson]):
    parent_field = "module"
    choice_verbs = {"module": "change"}
    archive_service = archive_lesson
    restore_service = restore_lesson
    tabs = lesson_tabs
    list_display = ("lesson", "place", "kind", "access", "duration", "updated")
    list_filter = ("type", "access_level", "is_free_preview", "has_assessment", "has_lab")
    list_select_related = ("course", "module")
    search_fields = ("title", "code", "course__title", "course__code")
    search_help_text = "Title or course"
    ordering = ("-pk",)
    empty_title = "No lessons yet"
    empty_text = "Lessons lie in the modules of a course. They are added on its Curriculum tab, or imported."
    empty_action = ("Go to the courses", "admin:catalog_course_changelist")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("module", "code"),
                    "title",
                    ("type", "activity_type"),
                    ("access_level", "is_free_preview"),
                    ("order", "duration_minutes"),
                    ("has_assessment", "has_lab"),
                    "video_url",
                    "transcript",
                )
            },
        ),
        ("Everything", {"classes": ("tab",), "fields": ("content",)}),
        ("What signed-in people see", {"classes": ("tab",), "fields": ("registered_content",)}),
        ("What guests see", {"classes": ("tab",), "fields": ("guest_content",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lesson]:
        rows: QuerySet[Lesson] = super().get_queryset(request).select_related("course", "module")
        is_list = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("_changelist")
        return rows.defer(*LONG_TEXTS) if is_list else rows

    @admin.display(description="lesson", ordering="title")
    def lesson(self, lesson: Lesson) -> SafeString:
        gone = badge("Archived") if lesson.is_archived else ""
        return two_lines(lesson.title, lesson.code, badge=gone)

    @admin.display(description="course", ordering="course__title")
    def place(self, lesson: Lesson) -> SafeString:
        return two_lines(lesson.course.title, f"{lesson.course.code} · {lesson.module.title}")

    @admin.display(description="type", ordering="type")
    def kind(self, lesson: Lesson) -> str:
        return lesson.get_type_display()

    @admin.display(description="access", ordering="access_level")
    def access(self, lesson: Lesson) -> SafeString:
        return badge(lesson.get_access_level_display(), ACCESS_TONES[lesson.access_level])

    @admin.display(description="duration", ordering="duration_minutes")
    def duration(self, lesson: Lesson) -> SafeString:
        return minutes(lesson.duration_minutes)

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, lesson: Lesson) -> SafeString:
        return relative_time(lesson.updated_at)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "module" and (course := self.chosen_course(request)):
            kwargs["queryset"] = self.choices_for(db_field, request).filter(course=course).order_by("order", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def headline(self, request: HttpRequest, record: Lesson) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": badge("Archived") if record.is_archived else self.access(record),
            "line": f"{record.code} · {record.module} · {record.course}",
            "figures": [
                ("Type", record.get_type_display()),
                ("Place", number(record.order)),
                ("To learn", minutes(record.duration_minutes)),
            ],
        }
