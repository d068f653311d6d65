"""A year of learning on the demo platform: who enrolled when, how far they came, and when they stopped."""

import random
from bisect import bisect
from datetime import datetime, timedelta
from itertools import accumulate

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.services import refresh_counters
from apps.enrollments.states import SEATED, EnrollmentStatus
from backoffice.seed.people import People
from backoffice.seed.writing import World, write_all

ENROLLMENTS = 12_000
WAITING = 12
SOURCES = (Enrollment.Source.SELF, Enrollment.Source.STAFF, Enrollment.Source.IMPORT, Enrollment.Source.API)
FATES = (
    EnrollmentStatus.ACTIVE,
    EnrollmentStatus.COMPLETED,
    EnrollmentStatus.DROPPED,
    EnrollmentStatus.EXPIRED,
    EnrollmentStatus.SUSPENDED,
)


def make_learning(world: World, courses: list[Course], lessons: dict[int, list[Lesson]], people: People) -> None:
    """Enrollments of the past year with the progress in them, and the counters of the courses."""
    dice = world.dice("learning")
    enrollments = make_enrollments(world, dice, courses, people)
    progress: list[LessonProgress] = []
    full = {one.course_id for one in enrollments if one.status == EnrollmentStatus.WAITLISTED}
    for enrollment in enrollments:
        place = enrollment.course_id
        progress += learn(world, dice, enrollment, lessons[place], keeps_seat=place in full)
    write_all(enrollments, touched="last_accessed_at")
    for row in progress:
        row.enrollment_id = row.enrollment.pk
    write_all(progress, touched="last_accessed_at")
    refresh_counters([course.pk for course in courses])


def make_enrollments(world: World, dice: random.Random, courses: list[Course], people: People) -> list[Enrollment]:
    """Some courses are far more popular than others, and some learners far keener."""
    open_courses = [course for course in courses if course.published_at]
    popularity = list(accumulate(dice.paretovariate(1.3) for _ in open_courses))
    keenness = list(accumulate(dice.paretovariate(2.5) for _ in people.learners))
    seats_taken: dict[int, int] = {}
    pairs: set[tuple[int, int]] = set()
    made: list[Enrollment] = []
    wanted = min(world.many(ENROLLMENTS), len(open_courses) * len(people.learners) // 3)
    while len(made) < wanted:
        course = open_courses[bisect(popularity, dice.random() * popularity[-1])]
        learner = people.learners[bisect(keenness, dice.random() * keenness[-1])]
        if (learner.pk, course.pk) in pairs or not has_room(course, seats_taken):
            continue
        if enrollment := enroll(world, dice, course, learner):
            pairs.add((learner.pk, course.pk))
            seats_taken[course.pk] = seats_taken.get(course.pk, 0) + 1
            if course.seats is not None and seats_taken[course.pk] > course.seats:
                enrollment.status = EnrollmentStatus.WAITLISTED
            made.append(enrollment)
    return sorted(made, key=lambda enrollment: enrollment.enrolled_at)


def has_room(course: Course, seats_taken: dict[int, int]) -> bool:
    return course.seats is None or seats_taken.get(course.pk, 0) < course.seats + WAITING


def enroll(world: World, dice: random.Random, course: Course, learner: User) -> Enrollment | None:
    """An enrollment within the past year, while both the learner and the open course were there; None if never."""
    first = max(world.now - timedelta(days=365), course.published_at or world.now, learner.created_at)
    last = course.archived_at or world.now
    if first >= last:
        return None
    at = first + timedelta(seconds=round((last - first).total_seconds() * dice.random() ** 0.8))
    return Enrollment(
        user=learner,
        course=course,
        source=dice.choices(SOURCES, (80, 10, 7, 3))[0],
        enrolled_at=at,
        created_at=at,
    )


def learn(
    world: World, dice: random.Random, enrollment: Enrollment, lessons: list[Lesson], *, keeps_seat: bool
) -> list[LessonProgress]:
    """Decides how the enrollment went and returns what was done in each lesson that was opened.

    Where others wait nobody has given a seat back: it would be theirs.
    """
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        return []
    end = enrollment.course.archived_at or world.now
    days = (end - enrollment.enrolled_at).days
    finishing = 18 if days > 20 else 0
    fate = dice.choices(FATES, (58, finishing, 12, 5 if days > 90 else 0, 1))[0]
    if keeps_seat and fate not in SEATED:
        fate = EnrollmentStatus.ACTIVE
    enrollment.status = fate
    share = 1.0 if fate == EnrollmentStatus.COMPLETED else dice.betavariate(1, 4) * min(1.0, days / 40)
    done = min(int(len(lessons) * share), len(lessons) if fate == EnrollmentStatus.COMPLETED else len(lessons) - 1)
    pace = timedelta(
        seconds=round(dice.uniform(0.3, 0.98) * (end - enrollment.enrolled_at).total_seconds() / (done + 1))
    )
    rows = [
        finish(dice, enrollment, lesson, enrollment.enrolled_at + pace * place)
        for place, lesson in enumerate(lessons[:done], 1)
    ]
    if fate == EnrollmentStatus.ACTIVE and days > 0 and dice.random() < 0.6:
        rows.append(begin(dice, enrollment, lessons[done], enrollment.enrolled_at + pace * (done + 1)))
    close(enrollment, rows, done * 100 // len(lessons))
    return rows


def finish(dice: random.Random, enrollment: Enrollment, lesson: Lesson, at: datetime) -> LessonProgress:
    seconds = round((lesson.duration_minutes or 5) * 60 * dice.uniform(0.8, 1.5))
    return LessonProgress(
        enrollment=enrollment,
        lesson=lesson,
        is_completed=True,
        completed_at=at,
        seconds_spent=seconds,
        last_position_seconds=(lesson.duration_minutes or 5) * 60,
        progress_percent=100,
        last_accessed_at=at,
        created_at=at - timedelta(seconds=seconds),
    )


def begin(dice: random.Random, enrollment: Enrollment, lesson: Lesson, at: datetime) -> LessonProgress:
    percent = dice.randint(5, 90)
    seconds = (lesson.duration_minutes or 5) * 60 * percent // 100
    return LessonProgress(
        enrollment=enrollment,
        lesson=lesson,
        seconds_spent=seconds,
        last_position_seconds=seconds,
        progress_percent=percent,
        last_accessed_at=at,
        created_at=at - timedelta(seconds=seconds),
    )


def close(enrollment: Enrollment, rows: list[LessonProgress], percent: int) -> None:
    """Sets what follows from the lessons: the progress, when it was last opened, and how it ended."""
    enrollment.progress_percent = percent
    if rows:
        enrollment.last_accessed_at = rows[-1].last_accessed_at
    if enrollment.status == EnrollmentStatus.COMPLETED:
        enrollment.completed_at = enrollment.last_accessed_at
    if enrollment.status == EnrollmentStatus.EXPIRED:
        enrollment.access_ends_at = enrollment.enrolled_at + timedelta(days=90)
