"""The overview of each role beside everything there is, and the same figures counted live."""

import time
from collections.abc import Callable
from datetime import UTC, timedelta
from statistics import median, quantiles
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.models import Avg, Count, Q
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, CourseUserGrant, Lesson, Module
from apps.certificates.models import Certificate
from apps.enrollments.models import Enrollment, LessonProgress
from apps.reviews.models import Review
from apps.statistics.models import StatSnapshot
from apps.statistics.services import refresh_everything
from apps.subscriptions.models import Subscription
from bench import figures
from bench.measuring import Queries, processor_seconds
from bench.scopes import PLAIN
from bench.scopes_data import email_of, fill

OVERVIEW = "/admin/"
TIMES = 20
TAUGHT = {"instructor of 50": 50, "instructor of 5,000": 5_000}
ROLES = ("administrator", "manager", "moderator", "support", *TAUGHT)
RIGHTS = ("view_course", "edit_content", "manage_students", "view_analytics")
LESSONS, SERIES_DAYS, EVERY = 10, 400, 5


def seed(number: int) -> None:
    """What figures are measured on, with a lesson begun by everybody, series, and somebody of each role."""
    figures.seed(number)
    courses = number // 100
    with transaction.atomic():
        fill(Module, courses, course_id="n", code="'m1'", title="'Module 1'", order="1")
        fill(Lesson, courses * LESSONS, course_id=f"(n - 1) / {LESSONS} + 1", module_id=f"(n - 1) / {LESSONS} + 1",
             code=f"'l' || ((n - 1) % {LESSONS})", title="'Lesson ' || n", order=f"(n - 1) % {LESSONS}")  # fmt: skip
        lesson = f"((SELECT course_id FROM enrollments_enrollment WHERE id = n) - 1) * {LESSONS} + 1"
        fill(LessonProgress, number, enrollment_id="n", lesson_id=lesson, is_completed="n % 3 > 0")
        for name in ROLES:
            add_person(name, courses)
    refresh_everything()
    fill_series(courses)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def add_person(name: str, courses: int) -> None:
    is_first = name == "administrator"
    role = User.Role.ADMINISTRATOR if is_first else User.Role.INSTRUCTOR if name in TAUGHT else User.Role.STAFF
    user = User.objects.create(email=email_of(name), first_name=name, role=role)
    if not is_first:
        user.groups.add(Role.objects.get(name="instructor" if name in TAUGHT else name))
    taught = range(1, min(TAUGHT.get(name, 0), courses) + 1)
    CourseInstructor.objects.bulk_create(
        [CourseInstructor(course_id=pk, user=user, role="co_instructor") for pk in taught], batch_size=500
    )
    rights = Permission.objects.filter(codename__in=RIGHTS, content_type__app_label="catalog")
    of_courses = rights.filter(content_type__model="course")
    grants = [
        CourseUserGrant(content_object_id=pk, user=user, permission=right) for pk in taught for right in of_courses
    ]
    CourseUserGrant.objects.bulk_create(grants, batch_size=500)


def fill_series(courses: int) -> None:
    """A row a day for the platform, and one every few days for each course and instructor."""
    today = timezone.now().astimezone(UTC).date()
    for back in range(1, SERIES_DAYS):
        day = today - timedelta(days=back)
        facts = {"day": day, "month": day.replace(day=1)}
        StatSnapshot.objects.create(learners=courses * 90 * (SERIES_DAYS - back) // SERIES_DAYS, **facts)
        if back % EVERY == 0 and back < 100:
            rows = [
                StatSnapshot(course_id=pk, learners=80 - back // EVERY - pk % 7, **facts)
                for pk in range(1, courses + 1)
            ]
            StatSnapshot.objects.bulk_create(rows, batch_size=5_000)


def run() -> dict[str, Any]:
    """Milliseconds of the overview for each role, and of the same figures counted live."""
    with override_settings(**PLAIN):
        found: dict[str, Any] = {name: overview_of(name) for name in ROLES}
    live = [timed(count_live) for _ in range(3)]
    return found | {"live": median(live)}


def overview_of(name: str) -> dict[str, float]:
    client, queries, times, worked = Client(), Queries(), [], []
    client.force_login(User.objects.get(email=email_of(name)))
    client.get(OVERVIEW)
    for _ in range(TIMES):
        before = processor_seconds()
        with connection.execute_wrapper(queries):
            times.append(timed(lambda: client.get(OVERVIEW)))
        worked.append((processor_seconds() - before) * 1000)
    return {
        "median": median(times),
        "p95": quantiles(times, n=20)[-1],
        "processor": median(worked),
        "queries": queries.number / TIMES,
    }


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def count_live() -> None:
    """The thirteen aggregates a first version of the page asks for, one after the other."""
    taken = Enrollment.objects.order_by()
    taken.values("user").distinct().count()
    taken.count()
    for status in ("active", "completed", "dropped"):
        taken.filter(status=status).count()
    taken.filter(progress_percent__gte=50).count()
    taken.aggregate(mean=Avg("progress_percent"))
    Review.objects.filter(state="approved").aggregate(mean=Avg("rating"))
    Review.objects.filter(state="pending").count()
    Certificate.objects.count()
    Subscription.objects.filter(monthly_minor__gt=0).count()
    Course.objects.filter(status="published").count()
    list(
        taken.values("course")
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(status="completed")))
        .order_by("-n")[:5]
    )
