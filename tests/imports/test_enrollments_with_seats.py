"""Enrollments from a file obey the seats of a course: who finds none waits, and nothing is given twice."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.enrollments.tasks import give_seats
from imports import services
from tests.recipes import enrollments
from tests.support.importing import codes, outcomes, planned, row
from tests.support.people import give_role, grant, person

Status = EnrollmentStatus
FILE = "student_email,course_code\nfirst@example.org,PY-101\nsecond@example.org,PY-101\nthird@example.org,PY-101\n"


@pytest.fixture
def learners(course: Course) -> dict[str, User]:
    Course.objects.filter(pk=course.pk).update(seats=2)
    return {name: person(name, User.Role.STUDENT) for name in ("first", "second", "third")}


def states() -> dict[str, str]:
    rows = Enrollment.objects.order_by("user__email").values_list("user__first_name", "user__email", "status")
    return {email.partition("@")[0]: status for _, email, status in rows}


def test_rows_beyond_the_last_seat_wait_and_the_plan_says_so(administrator: User, learners: dict[str, Any]) -> None:
    job = planned("enrollments", FILE, administrator)

    services.apply_now(job, by=administrator)
    planned_again = planned("enrollments", FILE, administrator)

    assert outcomes(job) == ["create"] * 3
    assert [codes(job, line) for line in (2, 3, 4)] == [[], [], ["W_RULE"]]
    assert row(job, 4).messages[0]["message"] == (
        "No seat of Python from the first line is free, so the learner waits for one."
    )
    assert states() == {"first": "active", "second": "active", "third": "waitlisted"}
    assert outcomes(planned_again) == ["unchanged"] * 3


def test_rows_do_not_pass_those_who_wait_but_may_be_said_to_be_active(
    administrator: User, learners: dict[str, Any], course: Course
) -> None:
    enrollments.enrollment.make(course=course, user=person("holder", User.Role.STUDENT))
    enrollments.enrollment.make(
        course=course, user=person("waiting", User.Role.STUDENT), status=EnrollmentStatus.WAITLISTED
    )
    lines = FILE.splitlines()
    in_words = "\n".join([f"{lines[0]},status", f"{lines[1]},", f"{lines[2]},active", f"{lines[3]},active"])

    job = planned("enrollments", in_words, administrator)
    services.apply_now(job, by=administrator, good_rows_only=True)

    assert [codes(job, line) for line in (2, 3, 4)] == [["W_RULE"], [], ["R_RULE"]]
    assert states() == {"first": "waitlisted", "holder": "active", "second": "active", "waiting": "waitlisted"}


def test_seats_taken_after_the_plan_are_not_given_twice(
    administrator: User, learners: dict[str, Any], course: Course
) -> None:
    gone = enrollments.enrollment.make(course=course, user=person("gone", User.Role.STUDENT), status=Status.DROPPED)
    back = f"student_email,course_code,status\n{gone.user.email},PY-101,active\n"
    jobs = [planned("enrollments", text, administrator) for text in (FILE.partition("third")[0], back)]
    for name in ("quick", "quicker"):
        enrollments.enrollment.make(course=course, user=person(name, User.Role.STUDENT))

    for job in jobs:
        services.apply_now(job, by=administrator)

    assert states() == {
        "first": "waitlisted",
        "gone": "dropped",
        "quick": "active",
        "quicker": "active",
        "second": "waitlisted",
    }


def test_to_put_somebody_on_the_waiting_list_takes_no_right_to_manage_learners(
    learners: dict[str, Any], course: Course
) -> None:
    role = Role.objects.create(name="importer", is_active=True)
    role.permissions.set(Permission.objects.filter(codename="view_user"))
    importer = give_role(person("importer"), "importer")
    grant(importer, "import_content", course)
    job = planned("enrollments", FILE, importer)

    services.apply_now(job, by=importer)

    assert job.status == "applied"
    assert states() == {"first": "active", "second": "active", "third": "waitlisted"}


def test_seats_that_an_import_frees_are_given_by_the_job(
    administrator: User, learners: dict[str, Any], course: Course
) -> None:
    holder = enrollments.enrollment.make(course=course, user=person("holder", User.Role.STUDENT))
    services.apply_now(planned("enrollments", FILE, administrator), by=administrator)
    drop = f"student_email,course_code,status\n{holder.user.email},PY-101,dropped\n"

    services.apply_now(planned("enrollments", drop, administrator), by=administrator)
    give_seats.now(by=None)

    assert states() == {"first": "active", "holder": "dropped", "second": "active", "third": "waitlisted"}
