"""The courses: a list, and a page with a tab for each thing a course is made of."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.displays import EMPTY, badge, minutes, money, number, quiet, relative_time, state_badge, two_lines
from admin_theme.tabs import Tab, TabbedAdmin, tab_address
from apps.catalog import services
from apps.catalog.admin.arranging import arrange_view
from apps.catalog.admin.course_actions import CourseActions
from apps.catalog.admin.filters import CategoryFilter, InstructorFilter
from apps.catalog.admin.instructor import instructors_tab, save_instructors
from apps.catalog.admin.panels import (
    STATUS_TONES,
    course_figures_once,
    curriculum_tab,
    history_tab,
    resources_tab,
)
from apps.catalog.admin.people import PeopleActions, people_tab
from apps.catalog.forms import CourseForm
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.queries import add_list_facts
from apps.catalog.seats import seats_changed
from apps.catalog.services import missing_before_publication, warnings_before_publication
from apps.catalog.states import CourseStatus
from apps.catalog.tabs import course_tabs
from apps.records.policy import policy_for

Status = CourseStatus

course_tabs += [
    Tab(key="facts", title="Facts", place=10, has_fields=True),
    curriculum_tab,
    instructors_tab,
    people_tab(place=35),
    resources_tab,
    history_tab(),
]


@admin.register(Course)
class CourseAdmin(CourseActions, PeopleActions, TabbedAdmin[Course]):
    form = CourseForm
    tabs = course_tabs
    verbs_asked = (
        *TabbedAdmin.verbs_asked,
        "add",
        "publish",
        "price",
        "instructor",
        "manage_students",
        "grant",
        "export",
    )
    list_display = ("course", "state", "level_and_lessons", "price_now", "lead_instructor", "learners", "updated")
    list_filter = ("status", CategoryFilter, "level", "language", "is_featured", InstructorFilter)
    list_filter_sheet = True
    search_fields = ("title", "code", "instructors__user__last_name", "instructors__user__email")
    search_help_text = "Title, code or instructor"
    empty_title = "No courses here"
    empty_text = "A course holds modules, lessons and resources. Add the first one, or import a whole catalog."
    empty_action = ("Add a course", "admin:catalog_course_add")
    fieldsets = (
        (None, {"fields": ("title", "subtitle", ("code", "slug"), ("category", "level"), ("language", "starts_on"))}),
        ("Text", {"fields": ("description", "target_audience", "learning_objectives", "requirements", "skills")}),
        ("Price and seats", {"fields": (("price", "currency"), ("discount_price", "discount_ends_at"), "seats")}),
        (
            "In the catalog",
            {
                "fields": (
                    ("duration_minutes", "sort_order"),
                    "has_certificate",
                    "thumbnail",
                    "tags",
                    "meta_keywords",
                    "meta_description",
                )
            },
        ),
    )
    actions_detail = (
        "publish",
        "restore",
        {
            "title": "More",
            "icon": "more_horiz",
            "items": ["new_version", "feature", "unfeature", "change_category", "unpublish", "archive"],
        },
    )
    actions = ("publish", "unpublish", "feature", "unfeature", "change_category", "archive", "restore")

    # The list

    @admin.display(description="course", ordering="title")
    def course(self, course: Course) -> SafeString:
        star = badge("Featured", "info") if course.is_featured else ""
        return two_lines(course.title, f"{course.code} · {course.category or 'no category'}", badge=star)

    @admin.display(description="status", ordering="status")
    def state(self, course: Course) -> SafeString:
        return state_badge(course, "status", STATUS_TONES)

    @admin.display(description="level", ordering="level")
    def level_and_lessons(self, course: Course) -> SafeString:
        lessons = course.lesson_count  # type: ignore[attr-defined]
        words = "1 lesson" if lessons == 1 else f"{lessons:,} lessons"
        return two_lines(course.get_level_display(), words if lessons else "no lessons yet")

    @admin.display(description="price", ordering="price")
    def price_now(self, course: Course) -> SafeString:
        return money(course.price, course.currency, empty="No price")

    @admin.display(description="lead instructor")
    def lead_instructor(self, course: Course) -> SafeString | str:
        lead: CourseInstructor | None = course.lead  # type: ignore[attr-defined]
        return str(lead.user) if lead else quiet("Nobody")

    @admin.display(description="learners", ordering="enrolled_count")
    def learners(self, course: Course) -> SafeString:
        return number(course.enrolled_count)

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, course: Course) -> SafeString:
        return relative_time(course.updated_at)

    @admin.display(description="version")
    def version_now(self, course: Course) -> str:
        return f"{course.version:.1f}"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        add_list_facts(changelist.result_list)
        return changelist

    # The page

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        rows: QuerySet[Course] = super().get_queryset(request)
        return rows.select_related("category", "parent_version")

    def headline(self, request: HttpRequest, course: Course) -> dict[str, Any]:
        figures = course_figures_once(request, course)
        return {
            "badge": state_badge(course, "status", STATUS_TONES),
            "line": f"{course.code} · {course.category or 'no category'} · {course.get_level_display()}",
            "figures": [
                ("Learners", number(course.enrolled_count)),
                ("Lessons", number(figures["lessons"])),
                ("To learn", minutes(figures["minutes"] or course.duration_minutes)),
            ],
            **self.publication_notes(course, has_lessons=bool(figures["lessons"])),
        }

    def publication_notes(self, course: Course, *, has_lessons: bool) -> dict[str, Any]:
        """What stands between this course and its learners."""
        if course.status not in (Status.DRAFT, Status.UNPUBLISHED):
            return {}
        if missing := missing_before_publication(course):
            return {"warnings_title": "To publish it, add", "warnings": [", ".join(missing) + "."]}
        return {
            "warnings_title": "Before you publish:",
            "warnings": warnings_before_publication(course, has_lessons=has_lessons),
        }

    def side_facts(self, request: HttpRequest, course: Course) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        facts: list[tuple[str, SafeString | str]] = [
            ("Published", relative_time(course.published_at, empty="Never")),
            ("Last enrollment", relative_time(course.last_enrolled_at, empty="None yet")),
            ("Version", self.version_now(course)),
        ]
        if course.parent_version_id:
            facts.append(("Made from", self.link(course.parent_version)))
        facts += [("Followed by", self.link(later)) for later in course.later_versions.order_by("-pk")[:3]]
        return [*facts, ("Created", relative_time(course.created_at, empty=EMPTY))]

    def link(self, course: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', tab_address(course), course.code)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        if obj is None:
            return fixed
        verbs = policy_for(Course).field_verbs
        return (*fixed, *(name for name, verb in verbs.items() if not self.may(request, verb, obj)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, Course) and obj.is_archived:
            return False
        return super().has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.arrange)
        own = [path("<path:object_id>/arrange/", view, name="catalog_course_arrange")]
        return [*own, *super().get_urls()]

    def arrange(self, request: HttpRequest, object_id: str) -> Any:
        return arrange_view(self, request, object_id)

    def offers_delete(self, record: Course) -> bool:
        return record.last_enrolled_at is None

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any) -> None:
        if change:
            policy_for(Course).refuse_gain(request.user, obj)
            super().save_model(request, obj, form, change)
            if "seats" in form.changed_data:
                for told in seats_changed:
                    told(obj, request.user)
            return
        obj.save()
        if not request.user.is_superuser:
            services.add_instructor(obj, request.user, by=request.user, role=CourseInstructor.Role.PRIMARY)

    def save_formset(self, request: HttpRequest, form: "ModelForm[Any]", formset: Any, change: Any) -> None:
        if formset.model is CourseInstructor:
            save_instructors(formset, by=request.user)
        else:
            super().save_formset(request, form, formset, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a course is made of goes with it: whoever may delete the course needs no right on each piece."""
        with_it, numbers, _, protecting = super().get_deleted_objects(objs, request)
        return with_it, numbers, set(), protecting

    def delete_model(self, request: HttpRequest, obj: Course) -> None:
        services.delete_course(obj, by=request.user)
