"""Archiving, restoring and deleting, and what happens to everything below."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog import services
from apps.catalog.models import Category, Course, Lesson, Module, Resource
from apps.catalog.states import CourseStatus
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.rules import RuleBroken
from tests.recipes import catalog


@pytest.fixture
def resource(lesson: Lesson) -> Resource:
    return catalog.resource.make(lesson=lesson)


def is_archived(record: Any) -> bool:
    return bool(type(record).with_archived.get(pk=record.pk).archived_at)


def test_archiving_a_course_takes_everything_below_along(
    course: Course, module: Module, lesson: Lesson, resource: Resource, administrator: User
) -> None:
    services.archive_course(course, by=administrator, reason="Replaced.")

    assert all(is_archived(record) for record in (course, module, lesson, resource))
    stored = Course.with_archived.get(pk=course.pk)
    assert (stored.status, stored.archived_by) == (CourseStatus.ARCHIVED, administrator)
    assert lesson.history.first().history_change_reason == "Replaced."
    assert lesson.history.first().change_set == course.history.first().change_set


def test_restoring_a_course_brings_back_only_what_was_archived_with_it(
    course: Course, lesson: Lesson, resource: Resource, administrator: User
) -> None:
    earlier = catalog.lesson.make(module=lesson.module, code="l9")
    services.archive_lesson(earlier, by=administrator)
    services.archive_course(course, by=administrator)

    services.restore_course(course, by=administrator)

    assert not any(is_archived(record) for record in (course, lesson, resource))
    assert is_archived(earlier)
    assert Course.objects.get(pk=course.pk).status == CourseStatus.DRAFT


def test_a_course_published_once_comes_back_unpublished(course: Course, administrator: User) -> None:
    services.publish_course(course, by=administrator)
    services.archive_course(course, by=administrator)

    services.restore_course(course, by=administrator)

    assert Course.objects.get(pk=course.pk).status == CourseStatus.UNPUBLISHED


def test_archiving_and_restoring_twice_are_refused(course: Course, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="is not archived"):
        services.restore_course(course, by=administrator)
    services.archive_course(course, by=administrator)
    changes = course.history.count()
    with pytest.raises(RuleBroken, match="archived already|cannot become|is archived"):
        services.archive_course(course, by=administrator)

    assert course.history.count() == changes


def test_nothing_changes_on_an_archived_course(course: Course, administrator: User) -> None:
    services.archive_course(course, by=administrator)
    changes = course.history.count()

    for refused in (services.feature_course, services.publish_course, services.unpublish_course):
        with pytest.raises(RuleBroken):
            refused(course, by=administrator)

    assert course.history.count() == changes


def test_a_module_goes_and_comes_back_with_its_lessons(
    module: Module, lesson: Lesson, resource: Resource, administrator: User
) -> None:
    services.archive_module(module, by=administrator)
    assert all(is_archived(record) for record in (module, lesson, resource))

    services.restore_module(module, by=administrator)

    assert not any(is_archived(record) for record in (module, lesson, resource))


def test_what_lies_below_something_archived_is_not_restored_alone(
    course: Course, module: Module, lesson: Lesson, resource: Resource, administrator: User
) -> None:
    services.archive_course(course, by=administrator)

    for record, restore in (
        (module, services.restore_module),
        (lesson, services.restore_lesson),
        (resource, services.restore_resource),
    ):
        with pytest.raises(RuleBroken, match="Restore it first"):
            restore(type(record).with_archived.get(pk=record.pk), by=administrator)
        assert is_archived(record)


def test_a_category_with_courses_or_categories_is_not_archived(
    course: Course, category: Category, administrator: User
) -> None:
    parent = catalog.category.make(name="Everything")
    category.parent = parent
    category.save()

    with pytest.raises(RuleBroken, match=r"holds 1 course\. Move them"):
        services.archive_category(category, by=administrator)
    with pytest.raises(RuleBroken, match=r"holds 1 category\."):
        services.archive_category(parent, by=administrator)

    assert not is_archived(category)
    assert not is_archived(parent)


def test_an_empty_category_is_archived_and_a_course_of_it_waits_for_its_return(
    course: Course, category: Category, administrator: User
) -> None:
    services.archive_course(course, by=administrator)
    services.archive_category(category, by=administrator)

    with pytest.raises(RuleBroken, match="Programming is archived"):
        services.restore_course(Course.with_archived.get(pk=course.pk), by=administrator)

    assert is_archived(course)
    services.restore_category(category, by=administrator)
    services.restore_course(Course.with_archived.get(pk=course.pk), by=administrator)
    assert not is_archived(course)


def test_a_course_nobody_took_is_deleted_with_everything_below(
    course: Course, lesson: Lesson, resource: Resource, administrator: User
) -> None:
    services.delete_course(course, by=administrator)

    assert not Course.with_archived.filter(pk=course.pk).exists()
    assert not Lesson.with_archived.exists()
    assert not Resource.with_archived.exists()


@pytest.mark.parametrize("archived", [False, True])
def test_a_course_with_enrollments_even_archived_ones_is_not_deleted(
    course: Course, enrollment: Enrollment, administrator: User, archived: bool
) -> None:
    if archived:
        Enrollment.objects.filter(pk=enrollment.pk).update(archived_at=timezone.now())

    with pytest.raises(RuleBroken, match="has learners, so it cannot be deleted"):
        services.delete_course(course, by=administrator)

    assert Course.objects.filter(pk=course.pk).exists()


def test_a_lesson_somebody_worked_on_is_not_deleted(lesson_progress: LessonProgress, administrator: User) -> None:
    lesson = lesson_progress.lesson

    with pytest.raises(RuleBroken, match="Archive it instead"):
        services.delete_record(lesson, by=administrator)
    with pytest.raises(RuleBroken, match="Archive it instead"):
        services.delete_record(lesson.module, by=administrator)

    assert Lesson.objects.filter(pk=lesson.pk).exists()
    assert LessonProgress.objects.filter(pk=lesson_progress.pk).exists()
