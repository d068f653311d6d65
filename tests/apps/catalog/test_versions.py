"""New versions of a course: a deep copy that starts as a draft."""

from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course, CourseUserGrant, Lesson, Module, Resource
from apps.catalog.services import clone_course, publish_course
from apps.catalog.states import CourseStatus
from apps.enrollments.models import Enrollment
from apps.records.rules import RuleBroken
from tests.recipes import catalog


@pytest.fixture
def full_course(course: Course, module: Module, lesson: Lesson, administrator: User) -> Course:
    catalog.resource.make(lesson=lesson, code="r1", title="Slides", download_count=7)
    catalog.lesson.make(module=module, code="l7", title="Gone", archived_at=timezone.now())
    publish_course(course, by=administrator)
    return course


def test_a_clone_is_a_draft_of_the_next_version_with_a_code_that_says_so(
    full_course: Course, administrator: User
) -> None:
    copy = clone_course(full_course, by=administrator)

    assert (copy.code, copy.version, copy.parent_version) == ("PY-101-v2", Decimal("2.0"), full_course)
    assert (copy.status, copy.published_at, copy.enrolled_count) == (CourseStatus.DRAFT, None, 0)
    assert copy.slug != full_course.slug
    assert Course.objects.get(pk=full_course.pk).status == CourseStatus.PUBLISHED


def test_a_clone_holds_the_same_modules_lessons_and_resources_as_rows_of_its_own(
    full_course: Course, administrator: User
) -> None:
    copy = clone_course(full_course, by=administrator)

    module, lesson = Module.objects.get(course=copy), Lesson.objects.get(course=copy)
    resource = Resource.objects.get(lesson=lesson)
    assert (module.code, lesson.code, resource.code) == ("m1", "l1", "r1")
    assert lesson.module == module
    assert resource.download_count == 0
    assert Lesson.with_archived.filter(course=full_course).count() == 2
    assert Lesson.with_archived.filter(course=copy).count() == 1


def test_a_clone_is_taught_by_the_same_people_who_hold_the_same_rights_on_it(
    full_course: Course, administrator: User, instructor: User
) -> None:
    copy = clone_course(full_course, by=administrator)

    assert copy.instructors.get().user == instructor
    assert copy.instructors.get().is_lead
    assert CourseUserGrant.objects.filter(content_object=copy, user=instructor).exists()


def test_learners_stay_in_the_old_version(enrollment: Enrollment, administrator: User) -> None:
    copy = clone_course(enrollment.course, by=administrator)

    assert not Enrollment.with_archived.filter(course=copy).exists()


def test_every_copied_row_has_a_history_in_one_change_set(full_course: Course, administrator: User) -> None:
    copy = clone_course(full_course, by=administrator, reason="The new edition.")

    change_set = ChangeSet.objects.latest("pk")
    assert change_set.counts["catalog.lesson"] == {"created": 1}
    assert copy.history.get().change_set == change_set
    assert Lesson.objects.get(course=copy).history.get().history_change_reason == "The new edition."


def test_versions_count_on_from_the_highest_there_is(full_course: Course, administrator: User) -> None:
    second = clone_course(full_course, by=administrator)
    third = clone_course(full_course, by=administrator)
    fourth = clone_course(third, by=administrator, code="PY-NEXT", title="Python, again")

    assert [second.code, third.code, fourth.code] == ["PY-101-v2", "PY-101-v3", "PY-NEXT"]
    assert [second.version, third.version, fourth.version] == [Decimal(2), Decimal(3), Decimal(4)]


def test_a_code_that_is_taken_is_refused_and_nothing_is_copied(full_course: Course, administrator: User) -> None:
    before = Course.with_archived.count(), Lesson.with_archived.count(), ChangeSet.objects.count()

    with pytest.raises(RuleBroken, match="The code py-101 is taken"):
        clone_course(full_course, by=administrator, code="py-101")

    assert (Course.with_archived.count(), Lesson.with_archived.count(), ChangeSet.objects.count()) == before


def test_cloning_costs_the_same_for_one_lesson_and_for_fifty(
    full_course: Course, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    module = full_course.modules.get()
    Lesson.objects.bulk_create(
        Lesson(course=full_course, module=module, code=f"x{number}", title="One of many") for number in range(50)
    )

    with django_assert_max_num_queries(70):
        clone_course(full_course, by=administrator)
