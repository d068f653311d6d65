"""A transaction that began early and ends late is counted, whatever was counted meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.services import enroll
from apps.statistics.models import CourseStats
from apps.statistics.services import refresh_touched
from tests.support.people import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
"""On SQLite there is one writer at a time, and nothing is committed late."""


@contextmanager
def still_open(course: Course, learner: User, manager: User) -> Iterator[None]:
    """Somebody enrolls over another connection; it is committed when this is left."""
    written, end = Event(), Event()

    def work() -> None:
        try:
            with transaction.atomic():
                enroll(course, learner, by=manager)
                written.set()
                end.wait(30)
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    assert written.wait(30)
    try:
        yield
    finally:
        end.set()
        thread.join()


def learners() -> dict[str, int]:
    return dict(CourseStats.objects.values_list("course__code", "learners"))


def test_what_is_committed_late_is_counted_once_it_is(course: Course, other_course: Course, manager: User) -> None:
    early, late = person("early", User.Role.STUDENT), person("late", User.Role.STUDENT)
    refresh_touched()

    with still_open(course, early, manager):
        enroll(other_course, late, by=manager)
        refresh_touched()
        meanwhile = learners()
    refresh_touched()

    assert meanwhile == {"PY-101": 0, "ART-1": 1}
    assert learners() == {"PY-101": 1, "ART-1": 1}
