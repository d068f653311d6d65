"""What the tests of screens share: addresses, what was said, and many rows at once."""

from typing import Any

from django.contrib.messages import get_messages

from apps.catalog.models import Course, Lesson, Module, Resource

COURSES = "/admin/catalog/course/"
MOST_QUERIES = 25


def page(model: str, record: Any, tab: str = "") -> str:
    return f"/admin/catalog/{model}/{record.pk}/change/{f'?tab={tab}' if tab else ''}"


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def fill(course: Course, number: int) -> None:
    """Gives a course this many lessons, a resource in each, ten to a module."""
    modules = Module.objects.bulk_create(
        Module(course=course, code=f"mm{n}", title=f"Part {n}", order=n + 1) for n in range(max(number // 10, 1))
    )
    lessons = Lesson.objects.bulk_create(
        Lesson(course=course, module=modules[n % len(modules)], code=f"ll{n}", title=f"Step {n}", order=n + 1)
        for n in range(number)
    )
    Resource.objects.bulk_create(
        Resource(lesson=lesson, code="r1", title=f"Sheet {lesson.code}", url="https://example.org/", order=1)
        for lesson in lessons
    )
