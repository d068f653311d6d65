"""The nightly check: what differs is named and repaired, and nothing is blamed on what happens meanwhile."""

from datetime import date, timedelta

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.services import enroll
from apps.jobs.models import JobRun
from apps.statistics.models import CourseStats, InstructorStats, LearnerStats, PlatformStats, StatSnapshot
from apps.statistics.services import check_figures, prune_series, refresh_touched
from apps.statistics.tasks import check, prune, refresh
from tests.recipes import catalog
from tests.support.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_in_flight")]


def test_figures_nobody_tampered_with_do_not_differ(busy_course: Course) -> None:
    refresh_touched()

    assert check_figures() == []


def test_what_bypassed_the_history_is_found_named_and_repaired(busy_course: Course, instructor: User) -> None:
    refresh_touched()
    Enrollment.objects.filter(status="active").update(status="completed")
    InstructorStats.objects.update(learners=99)
    LearnerStats.objects.filter(user__email="learner2@example.org").delete()

    run = check.now(by=None)

    assert run.state == JobRun.State.SUCCEEDED
    assert run.outcome == "4 records had wrong figures; they are right again."
    lines = list(run.log_lines.filter(level="warning").values_list("text", flat=True))
    assert "course PY-101: active learners was 1, is 0, completed was 1, is 2." in lines
    assert any(line.startswith(f"instructor no. {instructor.pk}: learners was 99") for line in lines)
    assert CourseStats.objects.get(course=busy_course).completed == 2
    assert InstructorStats.objects.get().learners == 3
    assert LearnerStats.objects.count() == 6
    assert check_figures() == []


def test_figures_of_somebody_who_learns_nothing_are_found_and_go(busy_course: Course, student: User) -> None:
    refresh_touched()
    LearnerStats.objects.filter(user__email="learner0@example.org").update(user=student)

    found = check_figures()

    assert sorted(drift.wrong.keys() for drift in found if "figures" in drift.wrong) == [{"figures"}]
    assert not LearnerStats.objects.filter(user=student).exists()
    assert LearnerStats.objects.filter(user__email="learner0@example.org").exists()


def test_the_counters_of_courses_are_checked_as_well(busy_course: Course) -> None:
    refresh_touched()
    check_figures()
    Course.with_archived.update(enrolled_count=70)

    found = check_figures()

    assert [str(drift) for drift in found] == [
        "course PY-101 in lists: enrolled count was 70, is 3.",
    ]
    assert Course.objects.get().enrolled_count == 3


def test_what_happens_while_it_compares_is_no_drift(
    busy_course: Course, student: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_touched()
    Course.with_archived.get().save()

    def then_somebody_enrolls(report: object) -> None:
        refresh_touched()
        enroll(busy_course, student, by=manager)

    monkeypatch.setattr("apps.statistics.services.checking.refresh_touched", then_somebody_enrolls)
    Course.with_archived.update(enrolled_count=3, last_enrolled_at=None)

    found = [drift for drift in check_figures() if drift.kind in ("course", "instructor", "learner")]

    assert [drift for drift in found if "in lists" not in drift.subject] == []
    monkeypatch.undo()
    refresh_touched()
    assert CourseStats.objects.get().learners == 4


def test_a_day_has_one_row_with_the_last_figures_of_it(busy_course: Course, student: User, manager: User) -> None:
    refresh_touched()
    enroll(busy_course, student, by=manager)

    refresh_touched()

    assert StatSnapshot.objects.get(course=busy_course).learners == 4
    assert StatSnapshot.objects.get(course=None, instructor=None).learners == 4


def test_of_days_long_gone_the_last_of_each_month_stays(course: Course, instructor: User) -> None:
    days = [date(2025, 1, 3), date(2025, 1, 30), date(2025, 2, 1), date(2026, 3, 1), date(2026, 3, 2)]
    for subject in ({"course": course}, {"instructor": instructor}, {}):
        StatSnapshot.objects.bulk_create(StatSnapshot(day=day, month=day.replace(day=1), **subject) for day in days)

    deleted = prune_series(date(2026, 3, 3))

    assert deleted == 3
    for rows in (StatSnapshot.objects.filter(course=course), StatSnapshot.objects.filter(course=None, instructor=None)):
        assert list(rows.values_list("day", flat=True)) == days[1:]


def test_the_jobs_say_what_they_did(busy_course: Course) -> None:
    first, second, third = refresh.now(by=None), refresh.now(by=None), prune.now(by=None)

    assert first.outcome == "Counted anew: 1 course, 1 instructor, 6 learners, and the platform."
    assert second.state == JobRun.State.SUCCEEDED
    assert third.outcome == "No series is too long."
    assert PlatformStats.objects.get().as_of > first.created_at - timedelta(minutes=1)


def test_a_course_made_since_has_figures_too(busy_course: Course) -> None:
    refresh_touched()
    made = catalog.course.make()
    catalog.course_instructor.make(course=made, user=person("late"))

    refresh_touched()

    assert CourseStats.objects.get(course=made).learners == 0
    assert InstructorStats.objects.filter(user__email="late@example.org").exists()
