"""Instructors: a tab of their course, and a list of everybody who teaches."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleAdmin, ConsoleInline
from admin_theme.displays import badge, relative_time, two_lines, yes_no
from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab, tab_address
from apps.catalog.admin.panels import course_figures_once
from apps.catalog.admin.pieces import course_from_address
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.services import has_lead, remove_instructor, save_instructor

FACTS = (
    "role",
    "is_active",
    "is_lead",
    "can_edit_content",
    "can_manage_students",
    "can_view_analytics",
    "revenue_share_percent",
    "expires_on",
)

LABELS = {
    "can_edit_content": "Edits content",
    "can_manage_students": "Manages learners",
    "can_view_analytics": "Sees figures",
}


class CourseInstructorInline(ConsoleInline):
    """Who teaches this course and what they may do in it."""

    model = CourseInstructor
    fields = ("person", "role", "is_lead", "is_active", "can_edit_content", "can_manage_students", "can_view_analytics")
    readonly_fields = ("person",)
    tab = False
    hide_title = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, labels=LABELS, **kwargs)

    @admin.display(description="instructor")
    def person(self, row: CourseInstructor) -> str:
        return str(row.user)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """People are chosen on a page of their own."""
        return False


def instructors_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    may_add = may_here(request, "add", CourseInstructor) and may_here(request, "instructor", Course, course)
    return {
        "has_instructors": course_figures_once(request, course)["instructors"] > 0,
        "may_add_instructor": may_add and not course.is_archived,
        "add_instructor": f"{reverse('admin:catalog_courseinstructor_add')}?course={course.pk}",
    }


instructors_tab = Tab(
    key="instructors",
    title="Instructors",
    place=30,
    before="catalog/instructors_before.html",
    inlines=(CourseInstructorInline,),
    context=instructors_panel,
    count=lambda request, course: course_figures_once(request, course)["instructors"],
    opens=lambda request, course: may_here(request, "view", CourseInstructor),  # noqa: ARG005
)


def save_instructors(formset: Any, *, by: Any) -> None:
    """Saves the rows of the tab through the services, the lead last so that it is taken from another."""
    formset.save(commit=False)
    for row in formset.deleted_objects:
        remove_instructor(row, by=by)
    changed = [row for row, _fields in formset.changed_objects]
    for row in sorted(changed, key=lambda row: row.is_lead):
        save_instructor(row, by=by)
    formset.new_objects = []


@admin.register(CourseInstructor)
class CourseInstructorAdmin(ConsoleAdmin[CourseInstructor]):
    list_display = ("who", "course_taught", "role", "state", "edits", "manages", "ends")
    list_filter = ("role", "is_active", "is_lead")
    list_filter_sheet = True
    list_select_related = ("user", "course")
    ordering = ("-joined_at", "-pk")
    search_fields = ("user__last_name", "user__email", "course__title", "course__code")
    search_help_text = "Instructor or course"
    fields = ("course", "user", *FACTS)
    choice_verbs = {"course": "instructor"}
    empty_title = "Nobody teaches yet"
    empty_text = "Instructors are added on the page of their course."
    empty_action = ("Go to the courses", "admin:catalog_course_changelist")

    @admin.display(description="instructor", ordering="user__last_name")
    def who(self, row: CourseInstructor) -> SafeString:
        lead = badge("Lead", "info") if row.is_lead else ""
        return two_lines(row.user, row.get_role_display(), badge=lead)

    @admin.display(description="course", ordering="course__title")
    def course_taught(self, row: CourseInstructor) -> SafeString:
        return two_lines(row.course.title, row.course.code)

    @admin.display(description="state", ordering="is_active")
    def state(self, row: CourseInstructor) -> SafeString:
        return badge("Active", "good") if row.is_active else badge("Inactive")

    @admin.display(description="edits content", ordering="can_edit_content")
    def edits(self, row: CourseInstructor) -> SafeString:
        return yes_no(row.can_edit_content)

    @admin.display(description="manages learners", ordering="can_manage_students")
    def manages(self, row: CourseInstructor) -> SafeString:
        return yes_no(row.can_manage_students)

    @admin.display(description="until", ordering="expires_on")
    def ends(self, row: CourseInstructor) -> SafeString | str:
        return f"{row.expires_on:%d %b %Y}" if row.expires_on else relative_time(None, empty="No end")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("course", "user") if obj else super().get_readonly_fields(request, obj)

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:  # noqa: ARG002
        return ("user", "course")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = self.choices_for(db_field, request).filter(is_staff=True, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> "type[ModelForm[Any]]":
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, labels=LABELS, **kwargs)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The first one is the primary instructor, whoever comes later is not."""
        named = course_from_address(request)
        taught = CourseInstructor.objects.filter(course=named.get("course"), role=CourseInstructor.Role.PRIMARY)
        role = CourseInstructor.Role.CO_INSTRUCTOR if taught.exists() else CourseInstructor.Role.PRIMARY
        return {**named, "role": role}

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any) -> None:  # noqa: ARG002
        if not change:
            obj.is_lead = obj.is_lead or not has_lead(obj.course)
        save_instructor(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: CourseInstructor) -> None:
        remove_instructor(obj, by=request.user)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(tab_address(obj.course, "instructors"))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if gate.may(request.user, "view", Course, obj.course):
            return HttpResponseRedirect(tab_address(obj.course, "instructors"))
        answer: HttpResponse = super().response_post_save_change(request, obj)
        return answer
