"""Enrolling learners, the states of an enrollment, seats and counters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.catalog.services import archive_course
from apps.enrollments import services
from apps.enrollments.models import Enrollment
from apps.enrollments.states import TRANSITIONS, EnrollmentStatus, transition_allowed
from apps.records.rules import RuleBroken
from tests.recipes import accounts, enrollments

Status = EnrollmentStatus


def stored(enrollment: Enrollment) -> Enrollment:
    row: Enrollment = Enrollment.with_archived.get(pk=enrollment.pk)
    return row


def test_a_learner_is_enrolled_by_staff_and_the_course_counts_them(
    course: Course, student: User, administrator: User
) -> None:
    made = services.enroll(course, student, by=administrator, reason="Asked by phone.")

    course.refresh_from_db()
    assert (made.status, made.source) == (Status.ACTIVE, Enrollment.Source.STAFF)
    assert (course.enrolled_count, course.last_enrolled_at) == (1, made.enrolled_at)
    assert ChangeSet.objects.latest("pk").reason == "Asked by phone."


def test_counting_learners_writes_no_history_of_the_course(course: Course, student: User, administrator: User) -> None:
    before = course.history.count()

    services.enroll(course, student, by=administrator)

    assert course.history.count() == before


def test_a_learner_is_enrolled_once(course: Course, student: User, administrator: User) -> None:
    made = services.enroll(course, student, by=administrator)

    with pytest.raises(RuleBroken, match=r"already \(active\)"):
        services.enroll(course, student, by=administrator)
    services.archive_enrollment(made, by=administrator)
    with pytest.raises(RuleBroken, match="Restore that enrollment instead"):
        services.enroll(course, student, by=administrator)

    assert Enrollment.with_archived.count() == 1


def test_an_archived_course_takes_nobody(course: Course, student: User, administrator: User) -> None:
    archive_course(course, by=administrator)

    with pytest.raises(RuleBroken, match="archived and takes no learners"):
        services.enroll(course, student, by=administrator)

    assert not Enrollment.with_archived.exists()


def test_somebody_who_cannot_sign_in_is_not_enrolled(course: Course, student: User, administrator: User) -> None:
    student.status = User.Status.SUSPENDED
    student.save()

    with pytest.raises(RuleBroken, match="cannot sign in"):
        services.enroll(course, student, by=administrator)

    assert not Enrollment.objects.exists()


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_only_the_ways_of_the_table_are_open(before: str, after: str) -> None:
    enrollment = Enrollment(status=before)

    if transition_allowed(before, after):
        services.enter_status(enrollment, after)
        assert enrollment.status == after
    else:
        with pytest.raises(RuleBroken, match="cannot become"):
            services.enter_status(enrollment, after)
        assert enrollment.status == before


def test_every_state_has_a_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_completing_sets_the_day_and_the_progress_and_coming_back_clears_the_day(
    enrollment: Enrollment, administrator: User
) -> None:
    services.complete_enrollment(enrollment, by=administrator)
    done = stored(enrollment)
    assert (done.status, done.progress_percent) == (Status.COMPLETED, 100)
    assert done.completed_at is not None

    services.activate_enrollment(enrollment, by=administrator)

    assert stored(enrollment).completed_at is None


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (Status.WAITLISTED, services.complete_enrollment),
        (Status.DROPPED, services.suspend_enrollment),
        (Status.COMPLETED, services.drop_enrollment),
        (Status.ACTIVE, services.resume_enrollment),
        (Status.EXPIRED, services.expire_enrollment),
    ],
)
def test_a_way_that_is_not_open_is_refused_and_nothing_changes(
    course: Course, administrator: User, status: str, action: Callable[..., Any]
) -> None:
    enrollment = enrollments.enrollment.make(course=course, status=status)
    changes = ChangeSet.objects.count()

    with pytest.raises(RuleBroken):
        action(enrollment, by=administrator)

    assert stored(enrollment).status == status
    assert ChangeSet.objects.count() == changes


def test_a_suspended_learner_is_let_in_again_unless_access_has_ended(
    enrollment: Enrollment, administrator: User
) -> None:
    services.suspend_enrollment(enrollment, by=administrator, reason="Payment is late.")
    services.resume_enrollment(enrollment, by=administrator)
    assert stored(enrollment).status == Status.ACTIVE

    enrollment.access_ends_at = timezone.now() - timedelta(hours=1)
    enrollment.save()
    services.suspend_enrollment(enrollment, by=administrator)
    with pytest.raises(RuleBroken, match="Extend it instead"):
        services.resume_enrollment(enrollment, by=administrator)

    assert stored(enrollment).status == Status.SUSPENDED


def test_extending_access_lets_somebody_expired_in_again(enrollment: Enrollment, administrator: User) -> None:
    services.expire_enrollment(enrollment, by=administrator)
    until = timezone.now() + timedelta(days=30)

    services.extend_access(enrollment, until, by=administrator)

    assert (stored(enrollment).status, stored(enrollment).access_ends_at) == (Status.ACTIVE, until)


def test_access_is_extended_to_a_later_end_only(enrollment: Enrollment, administrator: User) -> None:
    now = timezone.now()
    with pytest.raises(RuleBroken, match="lies in the past"):
        services.extend_access(enrollment, now - timedelta(days=1), by=administrator)
    with pytest.raises(RuleBroken, match="has no end"):
        services.extend_access(enrollment, now + timedelta(days=9), by=administrator)
    Enrollment.objects.filter(pk=enrollment.pk).update(access_ends_at=now + timedelta(days=5))
    for days in (4, 5):
        with pytest.raises(RuleBroken, match="ends later than that already"):
            services.extend_access(enrollment, now + timedelta(days=days), by=administrator)
    assert stored(enrollment).access_ends_at == now + timedelta(days=5)

    services.extend_access(enrollment, now + timedelta(days=6), by=administrator)
    services.extend_access(enrollment, None, by=administrator)
    services.drop_enrollment(enrollment, by=administrator)
    with pytest.raises(RuleBroken, match="Activate it first"):
        services.extend_access(enrollment, None, by=administrator)

    ends = list(enrollment.history.order_by("history_id").values_list("access_ends_at", flat=True))
    assert ends[-3:] == [now + timedelta(days=6), None, None]


def test_nothing_happens_to_an_archived_enrollment_until_it_is_restored(
    enrollment: Enrollment, administrator: User
) -> None:
    services.archive_enrollment(enrollment, by=administrator)
    with pytest.raises(RuleBroken, match="Restore it first"):
        services.drop_enrollment(enrollment, by=administrator)

    services.restore_enrollment(stored(enrollment), by=administrator)

    assert Enrollment.objects.get(pk=enrollment.pk).status == Status.ACTIVE


def test_an_archived_enrollment_does_not_come_back_to_a_full_course(
    course: Course, enrollment: Enrollment, administrator: User
) -> None:
    course.seats = 1
    course.save()
    services.archive_enrollment(enrollment, by=administrator)
    services.enroll(course, accounts.person.make(), by=administrator)

    with pytest.raises(RuleBroken, match="is taken"):
        services.restore_enrollment(enrollment, by=administrator)

    assert stored(enrollment).is_archived


def test_counters_leave_out_who_waits_left_or_is_archived(course: Course) -> None:
    for status in Status.values:
        enrollments.enrollment.make(course=course, status=status)
    enrollments.enrollment.make(course=course, archived_at=timezone.now())

    services.refresh_counters([course.pk])

    course.refresh_from_db()
    assert course.enrolled_count == 4


def test_counters_of_many_courses_cost_one_statement(
    course: Course, other_course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        enrollments.enrollment.make(course=course)
    Course.objects.filter(pk=other_course.pk).update(enrolled_count=9)

    with django_assert_num_queries(1):
        services.refresh_counters([course.pk, other_course.pk])

    counts = dict(Course.objects.values_list("pk", "enrolled_count"))
    assert counts == {course.pk: 3, other_course.pk: 0}


def test_deleting_an_enrollment_counts_the_course_anew(course: Course, student: User, administrator: User) -> None:
    made = services.enroll(course, student, by=administrator)

    services.delete_enrollment(made, by=administrator)

    course.refresh_from_db()
    assert (course.enrolled_count, course.last_enrolled_at) == (0, None)
