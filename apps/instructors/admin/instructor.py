"""Instructors: everybody who teaches or has applied, how they stand, and everything that can be decided about one."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from admin_theme.displays import number, quiet, relative_time, two_lines
from admin_theme.tabs import TabbedAdmin, linked
from apps.accounts.masking import shows_email
from apps.catalog.admin.panels import history_tab
from apps.instructors import services
from apps.instructors.admin.applications import applications_page
from apps.instructors.admin.instructor_actions import InstructorActions
from apps.instructors.forms import FACTS, ApplicationForm
from apps.instructors.looks import day, status_of, verified, work_of
from apps.instructors.models import InstructorProfile
from apps.instructors.panels import courses_tab, profile_tab
from apps.instructors.queries import teaching_counts
from apps.instructors.states import InstructorStatus

SAID = (
    ("display_name", "title"),
    ("organization", "years_experience"),
    "bio",
    ("website", "linkedin_profile"),
    ("twitter_handle", "is_public"),
)


@admin.register(InstructorProfile)
class InstructorProfileAdmin(InstructorActions, TabbedAdmin[InstructorProfile]):
    tabs = (profile_tab, courses_tab, history_tab())
    verbs_asked = (*TabbedAdmin.verbs_asked, "apply", "decide", "suspend", "verify")
    list_title = "Instructors"
    list_display = ("instructor", "status_badge", "tier_name", "verified_badge", "courses", "learners", "applied")
    list_filter = ("status", "tier", "is_verified")
    lookups_allowed = ("user__id__exact",)
    list_select_related = ("user",)
    search_fields = ("display_name", "user__last_name", "user__first_name", "user__email", "organization")
    search_help_text = "Name, e-mail address or organization"
    ordering = ("-applied_at", "-pk")
    sortable_by = ("instructor", "applied")
    fields = FACTS
    empty_title = "No instructors yet"
    empty_text = "Everybody who applies to teach appears here. An application is entered for somebody with an account."
    empty_action = ("Enter an application", "admin:instructors_instructorprofile_add")
    actions = ("approve", "reject", "change_tier")
    actions_detail = (
        "approve",
        "reject",
        "apply_again",
        "reinstate",
        {
            "title": "More",
            "icon": "more_vert",
            "items": ["verify", "withdraw_verification", "change_tier", "suspend"],
        },
    )

    class Media:
        css = {"all": ("instructors/instructors.css",)}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[InstructorProfile]:
        rows: QuerySet[InstructorProfile] = super().get_queryset(request)
        return rows.select_related("user", "approved_by", "verified_by").annotate(**teaching_counts())

    def first_step(self, request: HttpRequest) -> tuple[str, str] | None:
        return super().first_step(request) if self.may(request, "add") else None

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return ["instructor_email" if name == "instructor" and shows_email(request) else name for name in columns]

    @admin.display(description="instructor", ordering="user__last_name")
    def instructor(self, profile: InstructorProfile) -> SafeString:
        return two_lines(profile, work_of(profile))

    @admin.display(description="instructor", ordering="user__last_name")
    def instructor_email(self, profile: InstructorProfile) -> SafeString:
        return two_lines(profile, profile.user.email)

    @admin.display(description="status", ordering="status")
    def status_badge(self, profile: InstructorProfile) -> SafeString:
        return status_of(profile)

    @admin.display(description="tier", ordering="tier")
    def tier_name(self, profile: InstructorProfile) -> str:
        return profile.get_tier_display()

    @admin.display(description="verified", ordering="is_verified")
    def verified_badge(self, profile: InstructorProfile) -> SafeString:
        return verified(profile)

    @admin.display(description="courses")
    def courses(self, profile: Any) -> SafeString:
        return number(profile.course_count)

    @admin.display(description="learners")
    def learners(self, profile: Any) -> SafeString:
        return number(profile.learner_count)

    @admin.display(description="applied", ordering="applied_at")
    def applied(self, profile: InstructorProfile) -> SafeString:
        return relative_time(profile.applied_at)

    # The page

    def headline(self, request: HttpRequest, record: Any) -> dict[str, Any]:  # noqa: ARG002
        found = {
            "badge": status_of(record),
            "line": work_of(record) or quiet("Says nothing of their work"),
            "figures": [
                ("Courses", number(record.course_count)),
                ("Learners", number(record.learner_count)),
                ("Tier", record.get_tier_display()),
                ("Verified", "Yes" if record.is_verified else "No"),
            ],
        }
        if record.status == InstructorStatus.SUSPENDED:
            return found | {"warnings_title": "Suspended.", "warnings": [record.suspension_reason]}
        if record.rejection_reason:
            title = "Rejected." if record.status == InstructorStatus.REJECTED else "Was rejected before."
            return found | {"warnings_title": title, "warnings": [record.rejection_reason]}
        return found

    def side_facts(self, request: HttpRequest, record: InstructorProfile) -> list[tuple[str, SafeString | str]]:
        address = [("E-mail address", record.user.email)] if shows_email(request) else []
        approved = f"{day(record.approved_at)} by {record.approved_by}" if record.approved_at else "Not yet"
        vouched = f"{day(record.verified_at)} by {record.verified_by}" if record.verified_at else "No"
        return [
            ("Person", linked(request, record.user, record.user)),
            *address,
            ("Applied", relative_time(record.applied_at)),
            ("Approved", approved),
            ("Verified", vouched),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [("Applicant", {"fields": ("applicant_email",)}), ("What they say of themselves", {"fields": SAID})]
        return super().get_fieldsets(request, obj) and [(None, {"fields": SAID})]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> "type[ModelForm[Any]]":
        if obj is None:
            kwargs["form"] = ApplicationForm
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        return form

    def get_urls(self) -> list[URLPattern]:
        queue = path(
            "applications/",
            self.admin_site.admin_view(partial(applications_page, self)),
            name="instructors_instructorprofile_applications",
        )
        return [queue, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            services.enter_application(obj, by=request.user)
