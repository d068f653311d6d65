"""Modules: a list across courses, and a page with their lessons."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from admin_theme.displays import badge, minutes, number, relative_time, two_lines
from admin_theme.tabs import Tab
from apps.catalog.admin.panels import history_tab, may_add_below
from apps.catalog.admin.pieces import PieceAdmin
from apps.catalog.models import Lesson, Module
from apps.catalog.services import archive_module, restore_module


def lessons_panel(request: HttpRequest, module: Module) -> dict[str, Any]:
    lessons = Lesson.objects.filter(module=module).defer(*LONG_TEXTS).order_by("order", "pk")
    return {
        "lessons": lessons,
        "may_add": not module.is_archived and may_add_below(request, Lesson, module.course),
        "add": f"{reverse('admin:catalog_lesson_add')}?course={module.course_id}&module={module.pk}",
    }


LONG_TEXTS = ("content", "guest_content", "registered_content", "transcript")

lessons_tab = Tab(
    key="lessons",
    title="Lessons",
    place=20,
    template="catalog/lessons_panel.html",
    context=lessons_panel,
    count=lambda request, module: Lesson.objects.filter(module=module),  # noqa: ARG005
)


@admin.register(Module)
class ModuleAdmin(PieceAdmin[Module]):
    parent_field = "course"
    choice_verbs = {"course": "change"}
    archive_service = archive_module
    restore_service = restore_module
    tabs = (Tab(key="facts", title="Facts", place=10, has_fields=True), lessons_tab, history_tab())
    list_display = ("module", "course_name", "state", "lessons", "duration", "updated")
    list_filter = ("is_published",)
    list_select_related = ("course",)
    search_fields = ("title", "code", "course__title", "course__code")
    search_help_text = "Title or course"
    ordering = ("-pk",)
    empty_title = "No modules yet"
    empty_text = "Modules are the sections of a course. They are added on the Curriculum tab of their course."
    empty_action = ("Go to the courses", "admin:catalog_course_changelist")
    fields = ("course", ("title", "code"), "description", ("order", "duration_minutes"), "is_published")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Module]:
        rows: QuerySet[Module] = super().get_queryset(request)
        return rows.select_related("course")

    @admin.display(description="module", ordering="title")
    def module(self, module: Module) -> SafeString:
        return two_lines(module.title, module.code)

    @admin.display(description="course", ordering="course__title")
    def course_name(self, module: Module) -> SafeString:
        return two_lines(module.course.title, module.course.code)

    @admin.display(description="state", ordering="is_published")
    def state(self, module: Module) -> SafeString:
        return self.state_of(module)

    @admin.display(description="lessons")
    def lessons(self, module: Module) -> SafeString:
        return number(module.lesson_count)  # type: ignore[attr-defined]

    @admin.display(description="duration", ordering="duration_minutes")
    def duration(self, module: Module) -> SafeString:
        return minutes(module.duration_minutes or module.lesson_minutes)  # type: ignore[attr-defined]

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, module: Module) -> SafeString:
        return relative_time(module.updated_at)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        current = Lesson.objects.filter(module__in=changelist.result_list).order_by().values("module")
        facts = {row["module"]: row for row in current.annotate(number=Count("pk"), minutes=Sum("duration_minutes"))}
        for module in changelist.result_list:
            found = facts.get(module.pk, {})
            module.lesson_count, module.lesson_minutes = found.get("number", 0), found.get("minutes")
        return changelist

    def state_of(self, piece: Any) -> SafeString:
        if piece.is_archived or piece.is_published:
            return super().state_of(piece)
        return badge("Hidden from learners", "warn")

    def headline(self, request: HttpRequest, record: Module) -> dict[str, Any]:  # noqa: ARG002
        figures = Lesson.objects.filter(module=record).aggregate(
            lessons=Count("pk"), free=Count("pk", filter=Q(is_free_preview=True)), minutes=Sum("duration_minutes")
        )
        return {
            "badge": self.state_of(record),
            "line": f"{record.code} · module {record.order} of {record.course}",
            "figures": [
                ("Lessons", number(figures["lessons"])),
                ("Free previews", number(figures["free"])),
                ("To learn", minutes(figures["minutes"] or record.duration_minutes)),
            ],
        }
