"""Counting figures: what each of them is, what is counted anew, and that a failure leaves the old ones."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.catalog.services import archive_course
from apps.enrollments.models import Enrollment
from apps.enrollments.services import complete_enrollment, delete_enrollment, enroll
from apps.statistics import statements
from apps.statistics.figures import COURSE, KINDS
from apps.statistics.models import CourseStats, Freshness, InstructorStats, LearnerStats, PlatformStats
from apps.statistics.queries import as_of
from apps.statistics.services import refresh_course, refresh_everything, refresh_instructor, refresh_touched
from apps.statistics.touched import Trails, read_on
from tests.recipes import catalog, enrollments, subscriptions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_in_flight")]


def test_the_figures_of_a_course_are_what_their_words_say(busy_course: Course) -> None:
    refresh_touched()

    stats = CourseStats.objects.get(course=busy_course)
    assert (stats.learners, stats.active_learners, stats.completed, stats.waiting, stats.dropped) == (3, 1, 1, 1, 1)
    assert (stats.completion_percent, stats.average_progress_percent) == (Decimal("33.3"), Decimal("50.0"))
    assert stats.average_completion_days == Decimal("10.0")
    assert (stats.lessons_completed, stats.seconds_spent) == (1, 6000)
    assert (stats.attempts, stats.attempts_passed) == (2, 1)
    assert (stats.passed_percent, stats.average_score_percent) == (Decimal("50.0"), Decimal("60.0"))
    assert (stats.reviews, stats.average_rating) == (2, Decimal("4.50"))
    assert (stats.certificates, stats.certificates_revoked) == (1, 1)


def test_a_course_without_learners_has_no_shares_instead_of_zeros(course: Course) -> None:
    refresh_touched()

    stats = CourseStats.objects.get(course=course)
    assert (stats.learners, stats.completion_percent, stats.average_rating, stats.last_enrolled_at) == (
        0,
        None,
        None,
        None,
    )


def test_the_figures_of_a_learner_are_those_of_all_their_courses(busy_course: Course) -> None:
    refresh_touched()

    finisher = LearnerStats.objects.get(user__email="learner0@example.org")
    assert (finisher.courses, finisher.completed_courses, finisher.completion_percent) == (1, 1, Decimal("100.0"))
    assert (finisher.lessons_completed, finisher.seconds_spent, finisher.certificates) == (1, 5400, 1)
    waiting = LearnerStats.objects.get(user__email="learner3@example.org")
    assert (waiting.courses, waiting.completion_percent) == (0, None)


def test_the_figures_of_an_instructor_are_those_of_their_courses_together(
    busy_course: Course, instructor: User
) -> None:
    second = catalog.course.make()
    catalog.course_instructor.make(course=second, user=instructor)
    catalog.course_instructor.make(course=catalog.course.make(), user=instructor, is_active=False)
    enrollments.enrollment.make(course=second)

    refresh_touched()

    stats = InstructorStats.objects.get(user=instructor)
    assert (stats.courses, stats.learners, stats.completed, stats.average_rating) == (2, 4, 1, Decimal("4.50"))


def test_the_figures_of_the_platform_follow_from_all_others_and_from_the_ledgers(busy_course: Course) -> None:
    subscription = subscriptions.subscription.make()
    subscriptions.payment.make(subscription=subscription, amount_minor=2000)
    subscriptions.movement.make(subscription=subscription, delta_minor=2000)

    refresh_touched()

    stats = PlatformStats.objects.get()
    assert (stats.courses, stats.learners, stats.instructors, stats.enrollments) == (1, 3, 1, 3)
    assert (stats.waiting_reviews, stats.subscribers) == (1, 1)
    assert (stats.monthly_minor, stats.received_minor) == ({"EUR": 2000}, {"EUR": 2000})


def test_only_what_was_touched_is_counted_anew(busy_course: Course, other_course: Course, manager: User) -> None:
    refresh_touched()
    before = dict(CourseStats.objects.values_list("course__code", "as_of"))

    complete_enrollment(Enrollment.objects.get(user__email="learner1@example.org"), by=manager)
    done = refresh_touched()

    after = dict(CourseStats.objects.values_list("course__code", "as_of"))
    assert after["ART-1"] == before["ART-1"]
    assert after["PY-101"] > before["PY-101"]
    assert CourseStats.objects.get(course=busy_course).completed == 2
    assert done == {"courses": 1, "instructors": 1, "learners": 1}


def test_what_cannot_be_missed_any_more_is_not_read_again(course: Course, student: User, manager: User) -> None:
    refresh_touched()
    enroll(course, student, by=manager)

    assert refresh_touched() == {"courses": 1, "instructors": 1, "learners": 1}
    assert refresh_touched() == {"courses": 0, "instructors": 0, "learners": 0}


def test_while_others_are_in_flight_reading_goes_on_from_where_nothing_can_be_missing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, moments = Course.history.latest("history_id").history_id, iter([(5, 9), (5, 12), (9, 15), (20, 20)])
    monkeypatch.setattr("apps.statistics.touched.in_flight", lambda: next(moments))
    trails: Trails = {}

    found = []
    for _ in range(4):
        trails = read_on(trails, (COURSE,))
        found.append(trails["catalog.course"])

    assert found == [[0, last, 9], [0, last, 9], [last, last, 15], [last, None, None]]


def test_an_enrollment_that_is_deleted_leaves_no_trace_in_the_figures(enrollment: Enrollment, manager: User) -> None:
    refresh_touched()

    delete_enrollment(enrollment, by=manager)
    refresh_touched()

    assert CourseStats.objects.get(course=enrollment.course_id).learners == 0
    assert not LearnerStats.objects.exists()


def test_a_course_that_is_archived_leaves_the_figures_of_its_instructor(
    busy_course: Course, instructor: User, administrator: User
) -> None:
    refresh_touched()

    archive_course(busy_course, by=administrator)
    refresh_touched()

    stats = InstructorStats.objects.get(user=instructor)
    assert (stats.courses, stats.learners) == (0, 0)
    assert CourseStats.objects.get(course=busy_course).learners == 3


def test_what_was_not_touched_is_as_of_the_last_count_all_the_same(course: Course) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False):
        refresh_touched()

    refresh_touched()

    stats = CourseStats.objects.get()
    assert stats.as_of < timezone.now() - timedelta(hours=1)
    assert as_of(COURSE, stats) == Freshness.objects.get(pk="course").as_of


def test_a_count_that_fails_half_way_leaves_the_old_figures_with_their_moment(
    busy_course: Course, student: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_touched()
    figures, moment = CourseStats.objects.values().get(), Freshness.objects.values().get(pk="course")
    enroll(busy_course, student, by=manager)

    def broken(kind: Any, part: Any, day: Any) -> None:
        raise OperationalError("The disk is full.")

    monkeypatch.setattr("apps.statistics.services.refreshing.keep_day", broken)
    with pytest.raises(OperationalError):
        refresh_touched()

    assert CourseStats.objects.values().get() == figures
    assert Freshness.objects.values().get(pk="course") == moment
    monkeypatch.undo()
    refresh_touched()
    assert CourseStats.objects.get().learners == figures["learners"] + 1


def test_counting_asks_as_much_for_many_as_for_one(busy_course: Course) -> None:
    refresh_everything()
    with CaptureQueriesContext(connection) as first:
        refresh_everything()
    for _ in range(12):
        taken = enrollments.enrollment.make(course=catalog.course.make())
        catalog.course_instructor.make(course=taken.course)

    with CaptureQueriesContext(connection) as second:
        refresh_everything()

    assert CourseStats.objects.count() == 13
    assert len(second) == len(first) <= 84


def test_large_parts_are_counted_one_after_the_other(busy_course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "IDS_AT_ONCE", 2)
    monkeypatch.setattr(statements, "KEYS_AT_ONCE", 2)
    refresh_everything()
    whole = list(LearnerStats.objects.order_by("user").values_list("user", "courses", "seconds_spent"))

    for one in Enrollment.objects.all():
        one.save()
    refresh_touched()

    assert list(LearnerStats.objects.order_by("user").values_list("user", "courses", "seconds_spent")) == whole
    assert len(whole) == 6


def test_one_course_is_counted_now_with_its_instructors(
    busy_course: Course, other_course: Course, instructor: User, manager: User, student: User
) -> None:
    refresh_touched()
    enroll(busy_course, student, by=manager)
    enroll(other_course, student, by=manager)

    refresh_course(CourseStats.objects.get(course=busy_course), by=manager)

    assert CourseStats.objects.get(course=busy_course).learners == 4
    assert InstructorStats.objects.get(user=instructor).learners == 4
    assert CourseStats.objects.get(course=other_course).learners == 0
    refresh_touched()
    assert CourseStats.objects.get(course=other_course).learners == 1


def test_one_instructor_is_counted_now_with_all_courses(
    busy_course: Course, instructor: User, manager: User, student: User
) -> None:
    refresh_touched()
    enroll(busy_course, student, by=manager)

    refresh_instructor(InstructorStats.objects.get(user=instructor), by=manager)

    assert CourseStats.objects.get(course=busy_course).learners == 4
    assert InstructorStats.objects.get(user=instructor).learners == 4


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_figure_has_a_column_and_words_that_end_with_a_full_stop(kind: Any) -> None:
    keys = {name for rule in kind.model._meta.constraints for name in getattr(rule, "fields", ())}
    columns = {one.name for one in kind.model._meta.concrete_fields} - {"id", "as_of", kind.subject} - keys

    assert {figure.name for figure in kind.figures} == columns
    assert [figure.name for figure in kind.figures if not figure.words.endswith(".")] == []
