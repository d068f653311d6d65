"""The tabs of a course that show rows: its curriculum, its resources and what happened to it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.displays import Tone
from admin_theme.gate import may_here
from admin_theme.tabs import Tab
from apps.audit.queries import entries, versions_of
from apps.catalog.models import Course, Lesson, Module, Resource
from apps.catalog.queries import course_figures, curriculum, resources_of

ROWS = 25
HISTORY_ROWS = 10

STATUS_TONES: dict[str, Tone] = {"draft": "info", "published": "good", "unpublished": "warn", "archived": "neutral"}


def page_number(request: HttpRequest) -> str:
    return request.GET.get("page", "1")


def may_add_below(request: HttpRequest, model: type[Any], course: Course) -> bool:
    """Whether this person may add such a piece to this course."""
    return not course.is_archived and may_here(request, "add", model) and may_here(request, "change", Course, course)


def course_figures_once(request: HttpRequest, course: Course) -> dict[str, int]:
    """The figures of a course, read once for its head and its tabs."""
    from_page: dict[int, dict[str, int]] = request.__dict__.setdefault("_course_figures", {})
    if course.pk not in from_page:
        from_page[course.pk] = course_figures(course)
    return from_page[course.pk]


def curriculum_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    modules = curriculum(course)
    may_change = not course.is_archived and may_here(request, "change", Course, course)
    return {
        "modules": modules,
        "lesson_count": sum(len(lessons) for _module, lessons in modules),
        "may_arrange": may_change,
        "may_add_module": may_add_below(request, Module, course),
        "may_add_lesson": may_add_below(request, Lesson, course),
        "add_module": f"{reverse('admin:catalog_module_add')}?course={course.pk}",
        "add_lesson": f"{reverse('admin:catalog_lesson_add')}?course={course.pk}",
        "arrange": reverse("admin:catalog_course_arrange", args=[course.pk]),
    }


def resources_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    has_lessons = course_figures_once(request, course)["lessons"] > 0
    return {
        "rows": Paginator(resources_of(course), ROWS).get_page(page_number(request)),
        "has_lessons": has_lessons,
        "may_add": has_lessons and may_add_below(request, Resource, course),
        "add": f"{reverse('admin:catalog_resource_add')}?course={course.pk}",
    }


def history_panel(request: HttpRequest, record: Any) -> dict[str, Any]:
    """The newest changes of any tracked record."""
    rows = list(versions_of(record)[: HISTORY_ROWS + 1])
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_history"
    return {
        "entries": entries(rows[:HISTORY_ROWS], request.user),
        "has_more": len(rows) > HISTORY_ROWS,
        "whole_history": reverse(name, args=[record.pk]),
    }


def history_tab(place: int = 90) -> Tab:
    return Tab(
        key="history", title="History", place=place, template="catalog/history_panel.html", context=history_panel
    )


curriculum_tab = Tab(
    key="curriculum",
    title="Curriculum",
    place=20,
    template="catalog/curriculum_panel.html",
    context=curriculum_panel,
    count=lambda request, course: course_figures_once(request, course)["lessons"],
    opens=lambda request, course: may_here(request, "view", Lesson),  # noqa: ARG005
)
resources_tab = Tab(
    key="resources",
    title="Resources",
    place=50,
    template="catalog/resources_panel.html",
    context=resources_panel,
    count=lambda request, course: resources_of(course),  # noqa: ARG005
    opens=lambda request, course: may_here(request, "view", Resource),  # noqa: ARG005
)
