"""Publishing: what a course needs, what a person is warned of, and which ways are open."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course, Lesson
from apps.catalog.services import (
    change_category,
    enter_status,
    feature_course,
    publish_course,
    unfeature_course,
    unpublish_course,
    warnings_before_publication,
)
from apps.catalog.states import TRANSITIONS, CourseStatus, transition_allowed
from apps.records.rules import RuleBroken
from tests.recipes import catalog


def as_stored(course: Course) -> Course:
    stored: Course = Course.with_archived.get(pk=course.pk)
    return stored


def test_a_course_with_a_title_a_category_and_an_instructor_is_published(course: Course, administrator: User) -> None:
    publish_course(course, by=administrator, reason="The term begins.")

    stored = as_stored(course)
    assert stored.status == CourseStatus.PUBLISHED
    assert stored.published_at is not None
    change_set = ChangeSet.objects.latest("pk")
    assert (change_set.actor, change_set.reason) == (administrator, "The term begins.")
    assert change_set.counts == {"catalog.course": {"changed": 1}}


def test_a_course_without_an_instructor_cannot_be_published(course: Course, administrator: User) -> None:
    course.instructors.all().delete()
    before = ChangeSet.objects.count()

    with pytest.raises(RuleBroken, match="it needs an active instructor"):
        publish_course(course, by=administrator)

    assert as_stored(course).status == CourseStatus.DRAFT
    assert ChangeSet.objects.count() == before


@pytest.mark.parametrize("fault", ["inactive here", "past the last day", "cannot sign in"])
def test_an_instructor_who_does_not_teach_today_is_not_enough(
    course: Course, administrator: User, instructor: User, fault: str
) -> None:
    row = course.instructors.get()
    if fault == "inactive here":
        row.is_active = False
    elif fault == "past the last day":
        row.expires_on = timezone.localdate() - timedelta(days=1)
    else:
        instructor.status = User.Status.SUSPENDED
        instructor.save()
    row.save()

    with pytest.raises(RuleBroken, match="an active instructor"):
        publish_course(course, by=administrator)

    assert as_stored(course).status == CourseStatus.DRAFT


def test_everything_missing_is_named_at_once(administrator: User) -> None:
    course = catalog.course.make(category=None, title=" ")

    with pytest.raises(RuleBroken, match="a title, a category and an active instructor"):
        publish_course(course, by=administrator)

    assert as_stored(course).status == CourseStatus.DRAFT


def test_no_lessons_no_description_and_no_price_are_warnings_that_stop_nothing(
    course: Course, administrator: User
) -> None:
    course.price, course.description = None, "  "

    warnings = warnings_before_publication(course)
    publish_course(course, by=administrator)

    assert warnings == ["It has no lessons.", "It has no description.", "It has no price."]
    assert as_stored(course).status == CourseStatus.PUBLISHED


def test_a_full_course_warns_of_nothing_and_a_free_one_has_a_price(course: Course, lesson: Lesson) -> None:
    course.price, course.description = Decimal(0), "From the first line to the first program."

    assert warnings_before_publication(course) == []


def test_archived_lessons_do_not_count_as_lessons(course: Course, lesson: Lesson) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(archived_at=timezone.now())

    assert "It has no lessons." in warnings_before_publication(course)


def test_a_published_course_is_unpublished_and_keeps_the_day_it_was_first_shown(
    course: Course, administrator: User
) -> None:
    publish_course(course, by=administrator)
    first_shown = as_stored(course).published_at

    unpublish_course(course, by=administrator)
    publish_course(course, by=administrator)

    assert as_stored(course).published_at == first_shown


def test_publishing_twice_and_unpublishing_a_draft_are_refused(course: Course, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="is not published"):
        unpublish_course(course, by=administrator)
    publish_course(course, by=administrator)
    changed = course.history.count()
    with pytest.raises(RuleBroken, match="is already published"):
        publish_course(course, by=administrator)

    assert course.history.count() == changed


@pytest.mark.parametrize("before", CourseStatus.values)
@pytest.mark.parametrize("after", CourseStatus.values)
def test_only_the_ways_of_the_table_are_open(before: str, after: str) -> None:
    course = Course(title="Any", status=before)

    if transition_allowed(before, after):
        enter_status(course, after)
        assert course.status == after
    else:
        with pytest.raises(RuleBroken, match="cannot become"):
            enter_status(course, after)
        assert course.status == before


def test_every_state_has_a_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(CourseStatus)


def test_featuring_changes_once_and_says_so_the_second_time(course: Course, administrator: User) -> None:
    feature_course(course, by=administrator)
    with pytest.raises(RuleBroken, match="already featured"):
        feature_course(course, by=administrator)

    assert as_stored(course).is_featured
    unfeature_course(course, by=administrator)
    with pytest.raises(RuleBroken, match="not featured"):
        unfeature_course(course, by=administrator)
    assert not as_stored(course).is_featured


def test_a_course_moves_to_another_category(course: Course, administrator: User) -> None:
    data = catalog.category.make(name="Data", slug="data")

    change_category(course, data, by=administrator)

    assert as_stored(course).category == data


def test_a_course_does_not_move_to_an_archived_category_nor_to_its_own(
    course: Course, category: Category, administrator: User
) -> None:
    gone = catalog.category.make(archived_at=timezone.now())

    with pytest.raises(RuleBroken, match="is archived"):
        change_category(course, gone, by=administrator)
    with pytest.raises(RuleBroken, match="already"):
        change_category(course, category, by=administrator)

    assert as_stored(course).category == category
