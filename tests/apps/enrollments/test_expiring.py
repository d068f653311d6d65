"""The job that ends access by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.states import EnrollmentStatus
from apps.enrollments.tasks import expire_enrollments
from apps.jobs.models import JobRun
from tests.recipes import enrollments

Status = EnrollmentStatus


def test_access_that_ended_expires_and_everything_else_stays(course: Course, administrator: User) -> None:
    past, future = timezone.now() - timedelta(days=3), timezone.now() + timedelta(days=3)
    due = enrollments.enrollment.make(course=course, access_ends_at=past)
    suspended = enrollments.enrollment.make(course=course, access_ends_at=past, status=Status.SUSPENDED)
    kept = [
        enrollments.enrollment.make(course=course, access_ends_at=future),
        enrollments.enrollment.make(course=course, access_ends_at=None),
        enrollments.enrollment.make(course=course, access_ends_at=past, status=Status.COMPLETED),
        enrollments.enrollment.make(course=course, access_ends_at=past, archived_at=past),
    ]
    before = [row.status for row in kept]

    run = expire_enrollments.now(by=administrator)

    for row in (due, suspended, *kept):
        row.refresh_from_db()
    assert (run.state, run.outcome) == (JobRun.State.SUCCEEDED, "2 enrollments expired.")
    assert due.status == suspended.status == Status.EXPIRED
    assert [row.status for row in kept] == before
    assert due.history.first().history_change_reason == "The access period has ended."


def test_a_second_run_finds_nothing_left_to_do(course: Course, administrator: User) -> None:
    enrollments.enrollment.make(course=course, access_ends_at=timezone.now() - timedelta(days=400))

    first, second = expire_enrollments.now(by=administrator), expire_enrollments.now(by=administrator)

    assert (first.outcome, second.outcome) == ("1 enrollment expired.", "No access period has ended.")


@pytest.mark.django_db
def test_it_runs_every_hour() -> None:
    assert expire_enrollments.every is not None
    assert expire_enrollments.title == "Expire enrollments"
