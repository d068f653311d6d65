"""Archiving, restoring and deleting: what happens to a record and to everything below it.

Archiving takes everything below along, at the same moment; restoring brings back what went at that moment, so that a
lesson archived earlier on its own stays archived.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.utils import timezone

from apps.audit.recording import change_set, write_history
from apps.catalog.below import archived_with_lessons
from apps.catalog.models import Category, Course, Lesson, Module, Resource
from apps.catalog.services.publishing import enter_status
from apps.catalog.states import CourseStatus
from apps.records.rules import RuleBroken


def archive_course(course: Course, *, by: Any, reason: str = "") -> Course:
    """Hides a course with everything below it; enrollments stay and can be read."""
    with change_set(by=by, reason=reason, title=f"Archive {course}"):
        now = archive_one(course, by=by)
        for below in everything_below([course.pk]):
            archive_all(below.filter(archived_at=None), at=now, by=by)
    return course


def restore_course(course: Course, *, by: Any, reason: str = "") -> Course:
    """Brings a course back as a draft, or unpublished if it was published once; never straight to learners."""
    with change_set(by=by, reason=reason, title=f"Restore {course}"):
        if course.category is not None and course.category.is_archived:
            raise RuleBroken(f"The category {course.category} is archived. Restore it first.")
        then = restore_one(course)
        for below in everything_below([course.pk]):
            restore_all(below.filter(archived_at=then))
    return course


def everything_below(course_ids: Collection[int]) -> tuple[QuerySet[Any], ...]:
    """The modules and lessons of courses and what lies below these, archived ones included."""
    return (
        Module.with_archived.filter(course__in=course_ids),
        Lesson.with_archived.filter(course__in=course_ids),
        *archived_with_lessons(course__in=course_ids),
    )


def archive_module(module: Module, *, by: Any, reason: str = "") -> Module:
    """Hides a module with its lessons and what lies below them."""
    with change_set(by=by, reason=reason, title=f"Archive {module}"):
        now = archive_one(module, by=by)
        for below in (Lesson.objects.filter(module=module), *archived_with_lessons(module=module)):
            archive_all(below.filter(archived_at=None), at=now, by=by)
    return module


def restore_module(module: Module, *, by: Any, reason: str = "") -> Module:
    """Brings a module back with what was archived together with it."""
    with change_set(by=by, reason=reason, title=f"Restore {module}"):
        refuse_below_archived(module.course)
        then = restore_one(module)
        for below in (Lesson.with_archived.filter(module=module), *archived_with_lessons(module=module)):
            restore_all(below.filter(archived_at=then))
    return module


def archive_lesson(lesson: Lesson, *, by: Any, reason: str = "") -> Lesson:
    """Hides a lesson with what lies below it; what learners did in it is kept."""
    with change_set(by=by, reason=reason, title=f"Archive {lesson}"):
        now = archive_one(lesson, by=by)
        for below in archived_with_lessons(pk=lesson.pk):
            archive_all(below.filter(archived_at=None), at=now, by=by)
    return lesson


def restore_lesson(lesson: Lesson, *, by: Any, reason: str = "") -> Lesson:
    """Brings a lesson back with what was archived together with it."""
    with change_set(by=by, reason=reason, title=f"Restore {lesson}"):
        refuse_below_archived(lesson.module)
        then = restore_one(lesson)
        for below in archived_with_lessons(pk=lesson.pk):
            restore_all(below.filter(archived_at=then))
    return lesson


def archive_resource(resource: Resource, *, by: Any, reason: str = "") -> Resource:
    """Hides a resource."""
    with change_set(by=by, reason=reason, title=f"Archive {resource}"):
        archive_one(resource, by=by)
    return resource


def restore_resource(resource: Resource, *, by: Any, reason: str = "") -> Resource:
    """Brings a resource back."""
    with change_set(by=by, reason=reason, title=f"Restore {resource}"):
        refuse_below_archived(resource.lesson)
        restore_one(resource)
    return resource


def archive_category(category: Category, *, by: Any, reason: str = "") -> Category:
    """Hides a category. Raises `RuleBroken` while courses or categories lie in it."""
    with change_set(by=by, reason=reason, title=f"Archive {category}"):
        if courses := Course.objects.filter(category=category).count():
            raise RuleBroken(f"{category} holds {_several(courses, 'course')}. Move them to another category first.")
        if children := Category.objects.filter(parent=category).count():
            raise RuleBroken(f"{category} holds {_several(children, 'category')}. Move or archive them first.")
        archive_one(category, by=by)
    return category


def restore_category(category: Category, *, by: Any, reason: str = "") -> Category:
    """Brings a category back."""
    with change_set(by=by, reason=reason, title=f"Restore {category}"):
        if category.parent is not None:
            refuse_below_archived(category.parent)
        restore_one(category)
    return category


def delete_course(course: Course, *, by: Any, reason: str = "") -> None:
    """Deletes a course for good, with everything below it. Raises `RuleBroken` when anybody was ever enrolled in it."""
    with change_set(by=by, reason=reason, title=f"Delete {course}"):
        _delete(course, f"{course} has learners, so it cannot be deleted. Archive it instead.")


def delete_record(record: Model, *, by: Any, reason: str = "") -> None:
    """Deletes a record for good. Raises `RuleBroken` while others depend on it."""
    with change_set(by=by, reason=reason, title=f"Delete {record}"):
        _delete(record, f"{record} is in use, so it cannot be deleted. Archive it instead.")


def _delete(record: Model, refusal: str) -> None:
    try:
        with transaction.atomic():
            record.delete()
    except ProtectedError:
        raise RuleBroken(refusal) from None


def archive_one(record: Any, *, by: Any) -> datetime:
    """Hides one record and answers with the moment; in the open change set. Raises `RuleBroken` when it is hidden."""
    if record.is_archived:
        raise RuleBroken(f"{record} is archived already.")
    now = timezone.now()
    if isinstance(record, Course):
        enter_status(record, CourseStatus.ARCHIVED, now=now)
    record.archived_at, record.archived_by = now, by
    record.save()
    return now


def restore_one(record: Any) -> datetime:
    """Brings one record back and answers with the moment it was hidden; a change set must be open."""
    if not record.is_archived:
        raise RuleBroken(f"{record} is not archived.")
    then: datetime = record.archived_at
    if isinstance(record, Course):
        enter_status(record, CourseStatus.UNPUBLISHED if record.published_at else CourseStatus.DRAFT)
    record.archived_at = record.archived_by = None
    record.save()
    return then


def archive_all(records: QuerySet[Any], *, at: datetime, by: Any) -> None:
    """Hides records as of this moment; a change set must be open."""
    _write(records, archived_at=at, archived_by=by)


def restore_all(records: QuerySet[Any]) -> None:
    """Brings records back; a change set must be open."""
    _write(records, archived_at=None, archived_by=None)


def _write(records: QuerySet[Any], **values: Any) -> None:
    found: Iterable[Any] = list(records)
    for record in found:
        record.updated_at = timezone.now()
        for name, value in values.items():
            setattr(record, name, value)
    records.model.with_archived.bulk_update(found, [*values, "updated_at"], batch_size=500)
    write_history(found, "~")


def refuse_below_archived(parent: Any) -> None:
    """Raises `RuleBroken` when what a record lies below is archived."""
    if parent.is_archived:
        raise RuleBroken(f"{parent} is archived. Restore it first.")


def _several(number: int, noun: str) -> str:
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"
