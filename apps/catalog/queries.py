"""Reads of the catalog that screens, services and imports share."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from apps.catalog.standing import is_kept_away


def active_instructors() -> QuerySet[CourseInstructor]:
    """Instructors who teach today: active here, not past their last day, able to sign in, not kept away."""
    today = timezone.localdate()
    return CourseInstructor.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=today),
        ~is_kept_away(OuterRef("user")),
        is_active=True,
        user__is_active=True,
    )


def has_active_instructor() -> Exists:
    """For annotating courses: whether somebody teaches them today."""
    return Exists(active_instructors().filter(course=OuterRef("pk")))


def has_lessons() -> Exists:
    """For annotating courses: whether there is anything to learn in them."""
    return Exists(Lesson.objects.filter(course=OuterRef("pk")))


def add_list_facts(courses: Collection[Course]) -> None:
    """Gives each of these courses its `lesson_count` and its `lead` instructor, in two queries for all of them."""
    lessons = dict(
        Lesson.objects.filter(course__in=courses).order_by().values_list("course").annotate(number=Count("pk"))
    )
    leads: dict[int, CourseInstructor] = {}
    rows = CourseInstructor.objects.filter(course__in=courses, is_active=True).select_related("user")
    for row in rows.order_by("-is_lead", "role", "pk"):
        leads.setdefault(row.course_id, row)
    for course in courses:
        course.lesson_count = lessons.get(course.pk, 0)  # type: ignore[attr-defined]
        course.lead = leads.get(course.pk)  # type: ignore[attr-defined]


def people_who_teach(courses: QuerySet[Course]) -> QuerySet[Any]:
    """Everybody who teaches one of these courses."""
    people: QuerySet[Any] = get_user_model()._base_manager.filter(
        Exists(CourseInstructor.objects.filter(user=OuterRef("pk"), course__in=courses.order_by().values("pk")))
    )
    return people.order_by("last_name", "first_name", "pk")


def course_figures(course: Course) -> dict[str, int]:
    """How many current lessons a course holds and how many minutes they take; how many people teach it."""
    return {
        **Lesson.objects.filter(course=course).aggregate(lessons=Count("pk"), minutes=Sum("duration_minutes")),
        "instructors": CourseInstructor.objects.filter(course=course).count(),
    }


def curriculum(course: Course) -> list[tuple[Module, list[Lesson]]]:
    """The current modules of a course in order, each with its current lessons, without their long texts."""
    modules: list[Module] = list(Module.objects.filter(course=course).order_by("order", "pk"))
    below: dict[int, list[Lesson]] = {module.pk: [] for module in modules}
    lessons = (
        Lesson.objects.filter(course=course, module__archived_at=None)
        .defer("content", "guest_content", "registered_content", "transcript")
        .annotate(resource_count=Count("resources", filter=Q(resources__archived_at=None)))
        .order_by("order", "pk")
    )
    for lesson in lessons:
        below[lesson.module_id].append(lesson)
    return [(module, below[module.pk]) for module in modules]


def resources_of(course: Course) -> QuerySet[Resource]:
    """The current resources of a course in the order learners meet them."""
    return (
        Resource.objects.filter(lesson__course=course, lesson__archived_at=None)
        .select_related("lesson")
        .order_by("lesson__module__order", "lesson__order", "order", "pk")
    )


def categories_below(category: Category) -> QuerySet[Category]:
    """A category and everything under it, archived ones included."""
    return Category.with_archived.filter(path__startswith=category.path)


def category_course_counts(courses: QuerySet[Course]) -> dict[int, int]:
    """How many of these courses, archived ones aside, lie directly in each category."""
    current: QuerySet[Any] = courses.filter(archived_at=None).exclude(category=None).order_by()
    return dict(current.values_list("category").annotate(n=Count("pk")))


def category_tree(categories: QuerySet[Category], courses: QuerySet[Course]) -> list[Category]:
    """Categories in the order of the tree, each with its `depth` and how many of these courses are in and below it.

    A category whose parent is not among them stands at the top.
    """
    rows = list(categories.order_by(F("parent").asc(nulls_first=True), "sort_order", "name", "pk"))
    direct = category_course_counts(courses)
    known = {row.pk for row in rows}
    children: dict[int | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    ordered: list[Category] = []

    def visit(parent_id: int | None, depth: int) -> int:
        total = 0
        for row in children.get(parent_id, []):
            ordered.append(row)
            row.depth, row.direct_count = depth, direct.get(row.pk, 0)
            row.course_count = row.direct_count + visit(row.pk, depth + 1)
            total += row.course_count
        return total

    visit(None, 0)
    return ordered
