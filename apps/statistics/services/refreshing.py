"""Counting figures anew: of what was touched since the last time, of everything, or of one subject.

The figures of instructors are those of their courses taken together, so both are counted in one transaction.
"""

from collections.abc import Callable, Collection
from typing import Any

from apps.audit import recording
from apps.audit.recording import change_set
from apps.catalog.models import Course, CourseInstructor
from apps.statistics.figures import COURSE, INSTRUCTOR, LEARNER, Kind
from apps.statistics.models import CourseStats, InstructorStats
from apps.statistics.services.cohorts import refresh_cohorts
from apps.statistics.services.fresh import Held, held
from apps.statistics.services.payouts import refresh_payouts
from apps.statistics.services.platform import count_platform
from apps.statistics.statements import all_parts, count_anew, keep_day, parts_of
from apps.statistics.touched import read_on, touched

Report = Callable[[str], object]


def silent(stage: str) -> None:
    """Nobody is told how far it is."""


def refresh_touched(report: Report = silent) -> dict[str, int]:
    """Counts what was touched since the last time; answers with how many subjects of each kind that were.

    What was never counted is counted whole.
    """
    report("Courses and their instructors")
    done = _refresh_courses()
    report("Learners")
    done |= _refresh_learners()
    report("The platform")
    count_platform()
    return done


def refresh_everything(report: Report = silent) -> None:
    """Counts everything anew, whatever is there already."""
    report("Courses and their instructors")
    with held(COURSE.key) as now:
        trails = read_on(now.record.trails, (COURSE, INSTRUCTOR))
        count_all(COURSE, now)
        count_all(INSTRUCTOR, now)
        now.done(trails=trails)
    report("Learners")
    with held(LEARNER.key) as now:
        trails = read_on(now.record.trails, (LEARNER,))
        count_all(LEARNER, now)
        now.done(trails=trails)
    report("Learners by month")
    refresh_cohorts(everything=True)
    report("Payouts")
    refresh_payouts(everything=True)
    report("The platform")
    count_platform()


def _refresh_courses() -> dict[str, int]:
    with held(COURSE.key) as now:
        trails = read_on(now.record.trails, (COURSE, INSTRUCTOR))
        if now.record.as_of is None:
            numbers = [count_all(kind, now) for kind in (COURSE, INSTRUCTOR)]
        else:
            courses = touched(COURSE, now.record.trails)
            people = touched(INSTRUCTOR, now.record.trails) | instructors_of(courses)
            numbers = [count(COURSE, courses, now), count(INSTRUCTOR, people, now)]
        now.done(trails=trails)
    return {"courses": numbers[0], "instructors": numbers[1]}


def _refresh_learners() -> dict[str, int]:
    with held(LEARNER.key) as now:
        trails = read_on(now.record.trails, (LEARNER,))
        is_first = now.record.as_of is None
        number = count_all(LEARNER, now) if is_first else count(LEARNER, touched(LEARNER, now.record.trails), now)
        now.done(trails=trails)
    return {"learners": number}


def count(kind: Kind, ids: Collection[int], now: Held) -> int:
    for part in parts_of(ids):
        count_anew(kind, part, now.moment)
        if kind.series:
            keep_day(kind, part, now.day)
    return len(ids)


def count_all(kind: Kind, now: Held) -> int:
    for part in all_parts(kind):
        count_anew(kind, part, now.moment)
        if kind.series:
            keep_day(kind, part, now.day)
    return int(kind.model._base_manager.count())


def instructors_of(courses: Collection[int]) -> set[int]:
    """Everybody who is named as an instructor of one of these courses."""
    found: set[int] = set()
    for part in parts_of(courses):
        rows = CourseInstructor.objects.filter(part.q("course")).order_by()
        found.update(rows.values_list("user", flat=True).distinct())
    return found


def refresh_course(stats: CourseStats, *, by: Any, reason: str = "") -> None:
    """Counts one course now, and with it its instructors."""
    with change_set(by=by, reason=reason, title=f"Count the figures of {stats.course}"[:200]), held(COURSE.key) as now:
        _count_courses({stats.course_id}, now)
        recording.count(CourseStats._meta.label_lower, "~")


def refresh_instructor(stats: InstructorStats, *, by: Any, reason: str = "") -> None:
    """Counts the courses of one instructor now, and the instructor."""
    courses = set(Course.with_archived.filter(instructors__user=stats.user_id).values_list("pk", flat=True))
    with change_set(by=by, reason=reason, title=f"Count the figures of {stats}"[:200]), held(COURSE.key) as now:
        _count_courses(courses, now)
        count(INSTRUCTOR, {stats.user_id}, now)
        recording.count(InstructorStats._meta.label_lower, "~")


def _count_courses(courses: set[int], now: Held) -> None:
    """Without moving on: all else that was touched is still to be counted."""
    count(COURSE, courses, now)
    count(INSTRUCTOR, instructors_of(courses), now)
