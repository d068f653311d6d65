"""Resources: files and addresses beside lessons."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.displays import badge, number, relative_time, two_lines, yes_no
from admin_theme.tabs import Tab
from apps.catalog.admin.panels import history_tab
from apps.catalog.admin.pieces import PieceAdmin
from apps.catalog.models import Course, Resource
from apps.catalog.services import archive_resource, restore_resource


@admin.register(Resource)
class ResourceAdmin(PieceAdmin[Resource]):
    parent_field = "lesson"
    course_tab = "resources"
    choice_verbs = {"lesson": "change"}
    archive_service = archive_resource
    restore_service = restore_resource
    tabs = (Tab(key="facts", title="Facts", place=10, has_fields=True), history_tab())
    list_display = ("resource", "place", "kind", "where", "premium", "downloads", "updated")
    list_filter = ("type", "is_premium")
    list_select_related = ("lesson__course",)
    search_fields = ("title", "code", "lesson__title", "lesson__course__title", "lesson__course__code")
    search_help_text = "Title, lesson or course"
    ordering = ("-pk",)
    empty_title = "No resources yet"
    empty_text = "Resources are files and addresses beside a lesson. They are added on the page of their course."
    empty_action = ("Go to the courses", "admin:catalog_course_changelist")
    fields = (
        ("lesson", "code"),
        "title",
        ("type", "order"),
        "file",
        "url",
        "storage_key",
        "description",
        ("duration_minutes", "is_premium"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resource]:
        rows: QuerySet[Resource] = super().get_queryset(request)
        return rows.select_related("lesson__course")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for name in super().get_readonly_fields(request, obj) if name != "course"]

    def course_of(self, piece: Any) -> Course:
        course: Course = piece.lesson.course
        return course

    @admin.display(description="resource", ordering="title")
    def resource(self, resource: Resource) -> SafeString:
        gone = badge("Archived") if resource.is_archived else ""
        return two_lines(resource.title, resource.code, badge=gone)

    @admin.display(description="lesson", ordering="lesson__title")
    def place(self, resource: Resource) -> SafeString:
        return two_lines(resource.lesson.title, resource.lesson.course.title)

    @admin.display(description="type", ordering="type")
    def kind(self, resource: Resource) -> str:
        return resource.get_type_display()

    @admin.display(description="where")
    def where(self, resource: Resource) -> str:
        return "File" if resource.file or resource.storage_key else "Address" if resource.url else "Nowhere yet"

    @admin.display(description="premium", ordering="is_premium")
    def premium(self, resource: Resource) -> SafeString:
        return yes_no(resource.is_premium)

    @admin.display(description="downloads", ordering="download_count")
    def downloads(self, resource: Resource) -> SafeString:
        return number(resource.download_count)

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, resource: Resource) -> SafeString:
        return relative_time(resource.updated_at)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "lesson" and (course := self.chosen_course(request)):
            offered = self.choices_for(db_field, request).filter(course=course)
            kwargs["queryset"] = offered.order_by("module__order", "order", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def headline(self, request: HttpRequest, record: Resource) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": self.state_of(record),
            "line": f"{record.code} · {record.lesson} · {record.lesson.course}",
            "figures": [
                ("Type", record.get_type_display()),
                ("Premium", "Yes" if record.is_premium else "No"),
                ("Downloads", number(record.download_count)),
            ],
        }
