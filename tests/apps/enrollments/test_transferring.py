"""Moving a learner to another course: what goes along, what stays, what is refused, and who may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.enrollments import services
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.states import EnrollmentStatus
from apps.records.rules import RuleBroken
from tests.apps.catalog.screens import said, text
from tests.recipes import catalog, enrollments
from tests.support.people import grant, person

Status = EnrollmentStatus
ENROLLMENTS = "/admin/enrollments/enrollment/"


def stored(enrollment: Enrollment) -> Enrollment:
    row: Enrollment = Enrollment.with_archived.get(pk=enrollment.pk)
    return row


def test_the_old_enrollment_knows_where_it_went_and_the_new_one_where_it_came_from(
    lesson_progress: LessonProgress, other_course: Course, administrator: User
) -> None:
    old, ends = lesson_progress.enrollment, timezone.now() + timedelta(days=30)
    Enrollment.objects.filter(pk=old.pk).update(access_ends_at=ends, source=Enrollment.Source.SELF)

    new = services.transfer_enrollment(old, other_course, by=administrator, reason="Chose the wrong one.")

    assert (new.status, new.source, new.access_ends_at) == (Status.ACTIVE, Enrollment.Source.SELF, ends)
    assert (new.transferred_from, stored(old).status) == (old, Status.DROPPED)
    assert old.transferred_to.get() == new
    assert lesson_progress.enrollment == LessonProgress.objects.get().enrollment
    kept = ChangeSet.objects.latest("pk")
    assert (kept.reason, kept.counts) == (
        "Chose the wrong one.",
        {"enrollments.enrollment": {"created": 1, "changed": 1}},
    )
    counts = dict(Course.objects.values_list("code", "enrolled_count"))
    assert counts == {"PY-101": 0, "ART-1": 1}


def test_the_seat_that_is_left_goes_to_the_next_and_a_full_course_lets_wait(
    enrollment: Enrollment, other_course: Course, administrator: User
) -> None:
    Course.objects.update(seats=1)
    next_here = enrollments.enrollment.make(course=enrollment.course, status=Status.WAITLISTED)
    enrollments.enrollment.make(course=other_course)

    new = services.transfer_enrollment(enrollment, other_course, by=administrator)

    assert (stored(next_here).status, new.status) == (Status.ACTIVE, Status.WAITLISTED)


def test_a_suspension_goes_along_and_does_not_end_by_waiting(
    enrollment: Enrollment, other_course: Course, administrator: User
) -> None:
    services.suspend_enrollment(enrollment, by=administrator)
    Course.objects.filter(pk=other_course.pk).update(seats=0)
    with pytest.raises(RuleBroken, match="a suspended learner cannot wait for one"):
        services.transfer_enrollment(enrollment, other_course, by=administrator)
    before = (stored(enrollment).status, Enrollment.objects.count())
    Course.objects.filter(pk=other_course.pk).update(seats=1)

    new = services.transfer_enrollment(enrollment, other_course, by=administrator)

    assert before == (Status.SUSPENDED, 1)
    assert (new.status, stored(enrollment).status) == (Status.SUSPENDED, Status.DROPPED)


def taken_already(old: Enrollment, to: Course) -> None:
    enrollments.enrollment.make(course=to, user=old.user)


def to_archived(old: Enrollment, to: Course) -> None:
    Course.objects.filter(pk=to.pk).update(archived_at=timezone.now())


def left_before(old: Enrollment, to: Course) -> None:
    Enrollment.objects.filter(pk=old.pk).update(status=Status.COMPLETED)


def ended(old: Enrollment, to: Course) -> None:
    Enrollment.objects.filter(pk=old.pk).update(access_ends_at=timezone.now() - timedelta(days=1))


def signed_out(old: Enrollment, to: Course) -> None:
    old.user.status = User.Status.SUSPENDED
    old.user.save()


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (taken_already, "is enrolled in Watercolor in the open air already"),
        (to_archived, "is archived and takes no learners"),
        (left_before, "This enrollment is completed: nothing can be transferred"),
        (ended, "Access has ended. Extend it instead."),
        (signed_out, "cannot sign in"),
    ],
)
def test_what_cannot_be_transferred_stays_as_it_is(
    enrollment: Enrollment,
    other_course: Course,
    administrator: User,
    prepare: Callable[[Enrollment, Course], None],
    sentence: str,
) -> None:
    prepare(enrollment, other_course)
    before = list(Enrollment.with_archived.order_by("pk").values())

    with pytest.raises(RuleBroken, match=sentence):
        services.transfer_enrollment(enrollment, other_course, by=administrator)
    with pytest.raises(RuleBroken, match="They take this course already"):
        services.transfer_enrollment(enrollment, enrollment.course, by=administrator)

    assert list(Enrollment.with_archived.order_by("pk").values()) == before


def test_it_takes_the_right_on_both_courses(
    as_instructor: Client, instructor: User, enrollment: Enrollment, other_course: Course
) -> None:
    asked: dict[str, Any] = {"reason": "Asked by phone.", "to": "art-1"}
    address = f"{ENROLLMENTS}{enrollment.pk}/transfer/"

    refused = said(as_instructor.post(address, asked))
    untouched = Enrollment.objects.get()
    grant(instructor, "manage_students", other_course)
    done = said(as_instructor.post(address, asked))

    assert "You manage the learners of no course with this code." in refused
    assert untouched.status == Status.ACTIVE
    assert done.endswith("Robin Student takes Watercolor in the open air now.")
    assert stored(enrollment).history.first().history_change_reason == "Asked by phone."


def test_the_page_leads_to_the_other_enrollment_only_whom_it_concerns(
    as_administrator: Client, as_instructor: Client, enrollment: Enrollment, other_course: Course, administrator: User
) -> None:
    new = services.transfer_enrollment(enrollment, other_course, by=administrator)
    page, other_page = (f"{ENROLLMENTS}{row.pk}/change/" for row in (enrollment, new))

    seen, hidden, back = (
        text(as_administrator.get(page)),
        text(as_instructor.get(page)),
        text(as_administrator.get(other_page)),
    )

    assert other_page in seen
    assert "Went to" in seen
    assert "Another course" in hidden
    assert "Watercolor" not in hidden
    assert "Came from" in back
    assert page in back


def test_a_selection_is_transferred_and_the_rest_is_named(as_administrator: Client, course: Course) -> None:
    catalog.course.make(code="NEW-1", title="The new one")
    rows = [enrollments.enrollment.make(course=course, user=person(name, "student")) for name in ("one", "two")]
    left = enrollments.enrollment.make(course=course, status=Status.DROPPED)
    data = {
        "action": "transfer",
        "_selected_action": [row.pk for row in (*rows, left)],
        "_confirmed": "yes",
        "reason": "The course was divided.",
        "to": "NEW-1",
    }

    sentence = said(as_administrator.post(ENROLLMENTS, data))

    assert "2 enrollments transferred." in sentence
    assert "1 enrollment left alone." in sentence
    assert set(Enrollment.objects.filter(course__code="NEW-1").values_list("transferred_from", flat=True)) == {
        row.pk for row in rows
    }
