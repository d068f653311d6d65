"""The order of modules, lessons and resources. Codes are never touched by it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.audit.recording import change_set, write_history
from apps.catalog.codes import next_order
from apps.catalog.models import Course, Lesson, Module, Resource
from apps.records.rules import RuleBroken


def reorder_modules(course: Course, module_ids: Sequence[int], *, by: Any, reason: str = "") -> None:
    """Puts the current modules of a course into this order. Raises `RuleBroken` unless all of them are named once."""
    with change_set(by=by, reason=reason, title=f"Reorder the modules of {course}"):
        _reorder(Module.objects.filter(course=course), module_ids)


def reorder_lessons(module: Module, lesson_ids: Sequence[int], *, by: Any, reason: str = "") -> None:
    """Puts the current lessons of a module into this order. Raises `RuleBroken` unless all of them are named once."""
    with change_set(by=by, reason=reason, title=f"Reorder the lessons of {module}"):
        _reorder(Lesson.objects.filter(module=module), lesson_ids)


def reorder_resources(lesson: Lesson, resource_ids: Sequence[int], *, by: Any, reason: str = "") -> None:
    """Puts the current resources of a lesson into this order. Raises `RuleBroken` unless all of them are named once."""
    with change_set(by=by, reason=reason, title=f"Reorder the resources of {lesson}"):
        _reorder(Resource.objects.filter(lesson=lesson), resource_ids)


def move_module(module: Module, position: int, *, by: Any, reason: str = "") -> Module:
    """Puts a module at a place of its course, the first being 1; the others make room."""
    ids = list(Module.objects.filter(course=module.course_id).order_by("order", "pk").values_list("pk", flat=True))
    reorder_modules(module.course, _placed(ids, module.pk, position), by=by, reason=reason)
    module.refresh_from_db()
    return module


def move_lesson(
    lesson: Lesson, *, by: Any, to_module: Module | None = None, position: int | None = None, reason: str = ""
) -> Lesson:
    """Puts a lesson at a place (the first being 1) of its module, or last into another module of its course."""
    module = to_module or lesson.module
    if module.course_id != lesson.course_id:
        raise RuleBroken(f"{module} belongs to another course. A lesson stays in its course.")
    if module.is_archived:
        raise RuleBroken(f"{module} is archived. Restore it first.")
    with change_set(by=by, reason=reason, title=f"Move {lesson}"):
        if module.pk != lesson.module_id:
            lesson.module = module
            lesson.order = next_order(Lesson.with_archived.filter(module=module))
            lesson.save()
        if position is not None:
            ids = list(Lesson.objects.filter(module=module).order_by("order", "pk").values_list("pk", flat=True))
            reorder_lessons(module, _placed(ids, lesson.pk, position), by=by)
    lesson.refresh_from_db()
    return lesson


def arrange_curriculum(course: Course, places: Sequence[tuple[int, Sequence[int]]], *, by: Any) -> None:
    """Puts modules, and the lessons in them, into this order in one go; a lesson may change its module.

    `places` names every current module once, in order, each with its current lessons. Raises `RuleBroken` when it does
    not name exactly what is there (somebody else changed the course meanwhile).
    """
    with change_set(by=by, title=f"Rearrange {course}"):
        _reorder(Module.objects.filter(course=course), [module for module, _lessons in places])
        lessons = {lesson.pk: lesson for lesson in Lesson.objects.filter(course=course, module__archived_at=None)}
        _refuse_unless_same(lessons, [lesson for _module, below in places for lesson in below])
        moved = []
        for module, below in places:
            for order, lesson_id in enumerate(below, start=1):
                lesson = lessons[lesson_id]
                if (lesson.module_id, lesson.order) != (module, order):
                    lesson.module_id, lesson.order = module, order
                    moved.append(lesson)
        _save_places(moved, "module", "order")


def _reorder(current: QuerySet[Any], ids: Sequence[int]) -> None:
    records = {record.pk: record for record in current}
    _refuse_unless_same(records, ids)
    moved = [records[pk] for order, pk in enumerate(ids, start=1) if records[pk].order != order]
    places = {pk: order for order, pk in enumerate(ids, start=1)}
    for record in moved:
        record.order = places[record.pk]
    _save_places(moved, "order")


def _refuse_unless_same(records: dict[int, Any], ids: Sequence[int]) -> None:
    if sorted(records) != sorted(ids):
        raise RuleBroken("The list has changed in the meantime. Reload the page and order it again.")


def _save_places(records: list[Any], *fields: str) -> None:
    """Writes places and their history. `updated_at` moves, so that a plan made before sees the change."""
    if not records:
        return
    now = timezone.now()
    for record in records:
        record.updated_at = now
    type(records[0])._base_manager.bulk_update(records, [*fields, "updated_at"], batch_size=500)
    write_history(records, "~")


def _placed(ids: list[int], pk: int, position: int) -> list[int]:
    others = [one for one in ids if one != pk]
    others.insert(max(position - 1, 0), pk)
    return others
