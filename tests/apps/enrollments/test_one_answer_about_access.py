"""Whether a course is open to a learner: the sentence in lists, the explanation and the count give one answer."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.states import CourseStatus
from apps.enrollments.access import access_now, is_open_now
from apps.enrollments.explaining import explain_access
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from tests.recipes import catalog, enrollments

pytestmark = pytest.mark.django_db

YESTERDAY, TOMORROW = -1, 1


def test_lists_explanations_and_counts_agree_on_every_state_of_an_enrollment() -> None:
    now = timezone.now()
    for course_status, is_archived in product(CourseStatus, (False, True)):
        course = catalog.course.make(status=course_status, archived_at=now if is_archived else None)
        for status, end in product(EnrollmentStatus, (None, YESTERDAY, TOMORROW)):
            ends_at = None if end is None else now + timedelta(days=end)
            enrollments.enrollment.make(course=course, status=status, access_ends_at=ends_at)
    for facts in ({"status": User.Status.SUSPENDED}, {"archived_at": now}):
        enrollment = enrollments.enrollment.make(course__status=CourseStatus.PUBLISHED)
        User.objects.filter(pk=enrollment.user_id).update(is_active=False, **facts)
    Enrollment.objects.filter(pk=enrollments.enrollment.make().pk).update(archived_at=now)

    rows = Enrollment.with_archived.select_related("course", "user")
    counted = set(rows.filter(is_open_now()).values_list("pk", flat=True))
    said = {row.pk: access_now(row).is_open for row in rows}
    explained = {row.pk: explain_access(row.user, row.course, enrollment=row).is_open for row in rows}

    assert said == explained == {row.pk: row.pk in counted for row in rows}
    assert any(said.values())
    assert not all(said.values())
