"""Enrollments: a list that stays quick with a million rows, and a page with everything that can be done to one."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from admin_theme.displays import badge, percent_bar, relative_time, state_badge, two_lines
from admin_theme.filters import MomentRangeFilter
from admin_theme.gate import masked_here
from admin_theme.tabs import Tab, TabbedAdmin, linked, tab_address
from apps.catalog.admin.panels import history_tab
from apps.catalog.admin.pieces import course_from_address
from apps.enrollments import services
from apps.enrollments.admin.enrollment_actions import EnrollmentActions
from apps.enrollments.admin.filters import EndingFilter, ReachedFilter
from apps.enrollments.admin.many import choose_course_view, enroll_many_view
from apps.enrollments.forms import EnrollForm
from apps.enrollments.models import Enrollment
from apps.enrollments.panels import STATUS_TONES, access_tab, place_in_words, progress_tab, transfers
from apps.enrollments.person_tabs import learner_from_address
from apps.enrollments.states import EnrollmentStatus
from apps.enrollments.tabs import enrollment_tabs

enrollment_tabs += [Tab(key="facts", title="Facts", place=10, has_fields=True), access_tab, progress_tab, history_tab()]


@admin.register(Enrollment)
class EnrollmentAdmin(EnrollmentActions, TabbedAdmin[Enrollment]):
    tabs = enrollment_tabs
    change_list_template = "enrollments/enrollments_list.html"
    list_display = ("learner", "course_taken", "state", "progress", "enrolled", "last_opened")
    list_filter = ("status", ReachedFilter, EndingFilter, "source", ("enrolled_at", MomentRangeFilter))
    list_filter_sheet = True
    lookups_allowed = ("course__id__exact", "user__id__exact")
    list_select_related = ("user", "course")
    search_fields = ("user__email", "user__last_name", "user__first_name", "course__code", "course__title")
    search_help_text = "Learner or course"
    ordering = ("-enrolled_at", "-pk")
    sortable_by = ("enrolled",)
    choice_verbs = {"course": "manage_students"}
    empty_title = "Nobody is enrolled"
    empty_text = "An enrollment is one learner in one course. Enroll somebody, or import a file of enrollments."
    empty_action = ("Enroll a learner", "admin:enrollments_enrollment_add")
    fields = (("learner_link", "course_link"), ("state", "came_by"), ("enrolled", "access_ends"), "completed")
    readonly_fields = ("learner_link", "course_link", "state", "came_by", "enrolled", "access_ends", "completed")
    actions_detail = (
        "activate",
        "resume",
        "extend",
        {
            "title": "More",
            "icon": "more_horiz",
            "items": ["complete", "transfer", "suspend", "drop", "expire", "archive"],
        },
        "restore",
    )
    actions = ("complete", "suspend", "resume", "transfer", "drop", "expire", "extend", "archive", "restore")

    class Media:
        css = {"all": ("enrollments/enrollments.css",)}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        rows: QuerySet[Enrollment] = super().get_queryset(request)
        return rows.select_related("user", "course")

    @admin.display(description="learner", ordering="user__last_name")
    def learner(self, enrollment: Enrollment) -> SafeString:
        gone = badge("Archived") if enrollment.is_archived else ""
        return two_lines(enrollment.user, enrollment.user.email, badge=gone)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        if "email" not in masked_here(request, Enrollment._meta.get_field("user").related_model):
            return columns
        return ["learner_name", *(column for column in columns if column != "learner")]

    @admin.display(description="learner", ordering="user__last_name")
    def learner_name(self, enrollment: Enrollment) -> SafeString:
        return two_lines(enrollment.learner_name, "")

    @admin.display(description="course", ordering="course__title")
    def course_taken(self, enrollment: Enrollment) -> SafeString:
        return two_lines(enrollment.course.title, enrollment.course.code)

    @admin.display(description="status", ordering="status")
    def state(self, enrollment: Enrollment) -> SafeString:
        return state_badge(enrollment, "status", STATUS_TONES)

    @admin.display(description="progress", ordering="progress_percent")
    def progress(self, enrollment: Enrollment) -> SafeString:
        return percent_bar(enrollment.progress_percent)

    @admin.display(description="enrolled", ordering="enrolled_at")
    def enrolled(self, enrollment: Enrollment) -> SafeString:
        ends = enrollment.access_ends_at
        until = format_html("access until {}", date_format(localtime(ends), "j M Y")) if ends else ""
        return two_lines(relative_time(enrollment.enrolled_at), until)

    @admin.display(description="last opened", ordering="last_accessed_at")
    def last_opened(self, enrollment: Enrollment) -> SafeString:
        return relative_time(enrollment.last_accessed_at, empty="Never")

    # The page

    @admin.display(description="learner")
    def learner_link(self, enrollment: Enrollment) -> str:
        return enrollment.learner_name

    @admin.display(description="course")
    def course_link(self, enrollment: Enrollment) -> SafeString:
        course = enrollment.course
        return format_html('<a class="text-link" href="{}">{}</a>', tab_address(course, "learners"), course)

    @admin.display(description="enrolled by")
    def came_by(self, enrollment: Enrollment) -> str:
        return enrollment.get_source_display()

    @admin.display(description="access ends")
    def access_ends(self, enrollment: Enrollment) -> SafeString:
        return relative_time(enrollment.access_ends_at, empty="Never")

    @admin.display(description="completed")
    def completed(self, enrollment: Enrollment) -> SafeString:
        return relative_time(enrollment.completed_at, empty="Not yet")

    def headline(self, request: HttpRequest, record: Enrollment) -> dict[str, Any]:  # noqa: ARG002
        state = badge("Archived") if record.is_archived else self.state(record)
        figure: tuple[str, str] = ("Progress", percent_bar(record.progress_percent))
        if record.status == EnrollmentStatus.WAITLISTED and not record.is_archived:
            figure = ("Waiting list", place_in_words(record))
        return {
            "badge": state,
            "line": f"{record.course.code} · enrolled by {record.get_source_display().lower()}",
            "figures": [
                figure,
                ("Access ends", relative_time(record.access_ends_at, empty="No end")),
                ("Last opened", relative_time(record.last_accessed_at, empty="Never")),
            ],
        }

    def side_facts(self, request: HttpRequest, record: Enrollment) -> list[tuple[str, SafeString | str]]:
        return [
            ("Learner", linked(request, record.user, record.learner_name)),
            ("Course", self.course_link(record)),
            ("Enrolled", relative_time(record.enrolled_at)),
            ("Completed", relative_time(record.completed_at, empty="Not yet")),
            *transfers(request, record),
        ]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> "type[ModelForm[Any]]":
        if obj is None:
            kwargs["form"] = EnrollForm
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("course", "learner_email", "access_ends_at")})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        return () if course_from_address(request) else ("course",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return course_from_address(request) | learner_from_address(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "course" and (named := course_from_address(request)):
            kwargs["queryset"] = self.choices_for(db_field, request).filter(pk=named["course"])
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Facts of an enrollment are not typed over; its actions change it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        many = path(
            "enroll-many/<course_id>/",
            self.admin_site.admin_view(partial(enroll_many_view, self)),
            name="enrollments_enrollment_enroll_many",
        )
        choose = path(
            "enroll-many/",
            self.admin_site.admin_view(partial(choose_course_view, self)),
            name="enrollments_enrollment_choose_course",
        )
        return [choose, many, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not change:
            made = services.enroll(
                obj.course,
                form.learner,
                by=request.user,
                access_ends_at=obj.access_ends_at,
            )
            obj.pk, obj.user, obj.status, obj.enrolled_at = made.pk, made.user, made.status, made.enrolled_at

    def delete_model(self, request: HttpRequest, obj: Enrollment) -> None:
        services.delete_enrollment(obj, by=request.user)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if obj.status == EnrollmentStatus.WAITLISTED:
            messages.warning(request, f"No seat is free: {obj.learner_name} is {place_in_words(obj)} who wait for one.")
        return HttpResponseRedirect(tab_address(obj.course, "learners"))
