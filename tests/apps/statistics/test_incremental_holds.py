"""What must hold whatever happens: counting what was touched gives the same figures as counting everything."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.assessments.models import Attempt
from apps.catalog import services as catalog_services
from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.certificates.models import Certificate
from apps.certificates.services import issue_certificates, revoke_certificate
from apps.enrollments import services as enrollment_services
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.rules import RuleBroken
from apps.reviews import services as review_services
from apps.reviews.models import Review
from apps.statistics.models import CohortStats, CourseStats, InstructorStats, LearnerStats, PlatformStats
from apps.statistics.services import refresh_cohorts, refresh_everything, refresh_touched
from apps.subscriptions.models import Subscription
from apps.subscriptions.services import record_payment
from tests.recipes import assessments, catalog, subscriptions
from tests.support.kept import kept_for_the_file
from tests.support.people import person, teach
from tests.support.properties import taken_back, tried


@dataclass
class World:
    """Three courses with a lesson and an assessment each, four learners, and two who teach."""

    administrator: User
    courses: list[Course]
    learners: list[User]
    teachers: list[User]
    assessments: list[Any]
    subscription: Subscription
    paid: list[int] = field(default_factory=list)


def make_world() -> World:
    teachers = [person("first"), person("second")]
    courses = [catalog.course.make(code=code, has_certificate=True, seats=2) for code in "ABC"]
    for course in courses:
        teach(teachers[0], course)
    lessons = [catalog.lesson.make(course=course) for course in courses]
    refresh_cohorts()
    made = World(
        person("administrator", User.Role.ADMINISTRATOR),
        courses,
        [person(f"learner{number}", User.Role.STUDENT) for number in range(4)],
        teachers,
        [assessments.assessment.make(lesson=lesson) for lesson in lessons],
        subscriptions.subscription.make(),
    )
    refresh_touched()
    return made


@pytest.fixture(scope="module")
def world_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    yield from kept_for_the_file("world", request, django_db_blocker, make_world)


@pytest.fixture
def world(world_of_the_file: World, db: None) -> World:
    return world_of_the_file


def enroll(world: World, one: int, two: int) -> None:
    course = Course.with_archived.get(pk=world.courses[one % 3].pk)
    enrollment_services.enroll(course, world.learners[two % 4], by=world.administrator)


def on_enrollment(service: Callable[..., object]) -> Callable[[World, int, int], None]:
    def do(world: World, one: int, two: int) -> None:
        rows = list(Enrollment.with_archived.order_by("pk"))
        if rows:
            service(rows[(one * 4 + two) % len(rows)], by=world.administrator)

    return do


def move_back(world: World, one: int, two: int) -> None:
    """Somebody turns out to have enrolled months ago, and opened the course since; as an import would write it."""
    row = Enrollment.with_archived.order_by("pk").first()
    if row is not None:
        row.enrolled_at = datetime(2026, 1, 29, tzinfo=UTC) + timedelta(days=30 * one + two)
        row.last_accessed_at = row.enrolled_at + timedelta(days=29 + 31 * two)
        row.save()


def learn(world: World, one: int, two: int) -> None:
    rows = list(Enrollment.with_archived.order_by("pk"))
    if not rows:
        return
    row = rows[(one + two) % len(rows)]
    lesson = Lesson.with_archived.filter(course=row.course_id).first()
    if lesson is not None:
        progress, _ = LessonProgress.objects.get_or_create(enrollment=row, lesson=lesson)
        progress.seconds_spent += 60 * one
        progress.is_completed = bool(two % 2)
        progress.last_accessed_at = timezone.now()
        progress.save()


def attempt(world: World, one: int, two: int) -> None:
    asked, learner = world.assessments[one % 3], world.learners[two % 4]
    number = Attempt.objects.filter(assessment=asked, user=learner).count() + 1
    facts = {"state": Attempt.State.GRADED, "completed_at": timezone.now(), "max_score": 10, "score": one}
    Attempt.objects.create(assessment=asked, user=learner, number=number, is_passed=one > 1, **facts)


def review(world: World, one: int, two: int) -> None:
    course = Course.with_archived.get(pk=world.courses[one % 3].pk)
    words = "It could hardly be clearer than this."
    review_services.submit_review(course, by=world.learners[two % 4], rating=1 + two, text=words)


def on_review(service: Callable[..., object]) -> Callable[[World, int, int], None]:
    def do(world: World, one: int, two: int) -> None:
        rows = list(Review.with_archived.order_by("pk"))
        if rows:
            service(rows[(one + two) % len(rows)], by=world.administrator)

    return do


def certify(world: World, one: int, two: int) -> None:
    issue_certificates(list(Enrollment.objects.values_list("pk", flat=True)), by=world.administrator)


def revoke(world: World, one: int, two: int) -> None:
    if (row := Certificate.objects.order_by("pk").first()) is not None:
        revoke_certificate(row, by=world.administrator, reason="Not theirs.")


def on_course(service: Callable[..., object]) -> Callable[[World, int, int], None]:
    def do(world: World, one: int, two: int) -> None:
        service(Course.with_archived.get(pk=world.courses[one % 3].pk), by=world.administrator)

    return do


def move_lesson(world: World, one: int, two: int) -> None:
    lesson = Lesson.with_archived.get(pk=world.assessments[one % 3].lesson_id)
    lesson.module = catalog.module.make(course=world.courses[two % 3])
    lesson.course = world.courses[two % 3]
    lesson.save()


def hand_over(world: World, one: int, two: int) -> None:
    row = CourseInstructor.objects.get(course=world.courses[one % 3])
    row.user, row.is_active = world.teachers[two % 2], two < 3
    row.save()


def pay(world: World, one: int, two: int) -> None:
    world.paid.append(1)
    reference, by = f"r{len(world.paid)}", world.administrator
    record_payment(world.subscription, 100 * (1 + one), by=by, provider="bank", reference=reference)


def count(world: World, one: int, two: int) -> None:
    refresh_touched()


STEPS: dict[str, Callable[[World, int, int], None]] = {
    "enroll": enroll,
    "complete": on_enrollment(enrollment_services.complete_enrollment),
    "drop": on_enrollment(enrollment_services.drop_enrollment),
    "activate": on_enrollment(enrollment_services.activate_enrollment),
    "archive enrollment": on_enrollment(enrollment_services.archive_enrollment),
    "restore enrollment": on_enrollment(enrollment_services.restore_enrollment),
    "delete enrollment": on_enrollment(enrollment_services.delete_enrollment),
    "move back": move_back,
    "learn": learn,
    "attempt": attempt,
    "review": review,
    "approve": on_review(review_services.approve_review),
    "reopen": on_review(review_services.reopen_review),
    "archive review": on_review(review_services.archive_review),
    "certify": certify,
    "revoke": revoke,
    "archive course": on_course(catalog_services.archive_course),
    "restore course": on_course(catalog_services.restore_course),
    "publish": on_course(catalog_services.publish_course),
    "move lesson": move_lesson,
    "hand over": hand_over,
    "pay": pay,
    "count": count,
}
SEQUENCES = st.lists(
    st.tuples(st.sampled_from(["enroll", "enroll", *STEPS]), st.integers(0, 3), st.integers(0, 3)),
    min_size=4,
    max_size=14,
)


KEYS: dict[Any, str] = {CourseStats: "course_id", PlatformStats: "pk", CohortStats: "month"}


def all_figures() -> dict[str, list[dict[str, Any]]]:
    """Everything but when it was counted."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in (CourseStats, LearnerStats, InstructorStats, PlatformStats, CohortStats):
        names = [one.attname for one in model._meta.concrete_fields if one.name not in ("id", "as_of")]
        key = KEYS.get(model, "user_id")
        found[model._meta.label] = list(model._base_manager.order_by(key).values(*names))
    return found


@tried(12)
@given(steps=SEQUENCES)
def test_counting_what_was_touched_gives_what_counting_everything_gives(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    with taken_back():
        for name, one, two in steps:
            with suppress(RuleBroken):
                STEPS[name](world, one, two)
        refresh_touched()
        refresh_cohorts()
        touched_only = all_figures()

        refresh_everything()

        assert touched_only == all_figures()
        learners = dict(Course.with_archived.values_list("pk", "enrolled_count"))
        assert learners == dict(CourseStats.objects.values_list("course", "learners"))
