"""Counting figures: everything, what was touched, one grouped statement by hand, and a loop over the courses."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.db import connection, transaction

from apps.accounts.models import User
from apps.audit.recording import change_set
from apps.audit.set_based import record_history
from apps.catalog.models import Category, Course
from apps.enrollments.models import Enrollment
from apps.reviews.models import Review
from apps.statistics.figures import COURSE
from apps.statistics.models import CourseStats
from apps.statistics.services import check_figures, refresh_everything, refresh_touched
from apps.statistics.services.fresh import held
from apps.statistics.services.refreshing import count_all
from bench.measuring import Queries, peak_megabytes, resident_megabytes
from bench.scopes_data import fill, moment

ROUNDS = 3
LOOPED = 300
TOUCHED_OF_A_COURSE = 10
BY_HAND = """
    INSERT INTO bench_by_hand
    SELECT course.id, COALESCE(e.learners, 0), COALESCE(e.active, 0), COALESCE(e.completed, 0), COALESCE(e.waiting, 0),
           COALESCE(e.dropped, 0), e.last_enrolled_at, COALESCE(e.progress, 0), COALESCE(e.seconds, 0),
           COALESCE(r.reviews, 0), COALESCE(r.stars, 0)
    FROM catalog_course AS course
    LEFT JOIN (
        SELECT course_id, COUNT(*) FILTER (WHERE status NOT IN ('waitlisted', 'dropped')) AS learners,
               COUNT(*) FILTER (WHERE status = 'active') AS active,
               COUNT(*) FILTER (WHERE status = 'completed') AS completed,
               COUNT(*) FILTER (WHERE status = 'waitlisted') AS waiting,
               COUNT(*) FILTER (WHERE status = 'dropped') AS dropped, MAX(enrolled_at) AS last_enrolled_at,
               SUM(progress_percent) FILTER (WHERE status NOT IN ('waitlisted', 'dropped')) AS progress,
               SUM({seconds}) FILTER (WHERE status = 'completed' AND completed_at IS NOT NULL) AS seconds
        FROM enrollments_enrollment WHERE archived_at IS NULL GROUP BY course_id
    ) AS e ON e.course_id = course.id
    LEFT JOIN (
        SELECT course_id, COUNT(*) AS reviews, SUM(rating) AS stars FROM reviews_review
        WHERE archived_at IS NULL AND state = 'approved' GROUP BY course_id
    ) AS r ON r.course_id = course.id
"""
TABLE = """
    CREATE TABLE bench_by_hand (course_id BIGINT PRIMARY KEY, learners BIGINT, active BIGINT, completed BIGINT,
        waiting BIGINT, dropped BIGINT, last_enrolled_at {moment}, progress BIGINT, seconds BIGINT,
        reviews BIGINT, stars BIGINT)
"""
SECONDS = {
    "postgresql": "EXTRACT(EPOCH FROM completed_at)::bigint - EXTRACT(EPOCH FROM enrolled_at)::bigint",
    "sqlite": "CAST(strftime('%%s', completed_at) AS INTEGER) - CAST(strftime('%%s', enrolled_at) AS INTEGER)",
}


def seed(number: int) -> None:
    """So many enrollments, a hundred to a course and ten to a learner, and three reviews to ten of them."""
    courses, learners, reviews = number // 100, number // 10, number * 3 // 10
    course = f"((n - 1) % {learners} * 37 + (n - 1) / {learners} * 4001) % {courses} + 1"
    with transaction.atomic():
        fill(User, learners, email="'sam.' || n || '@school.example.org'", first_name="'Sam'", last_name="'No ' || n")
        fill(Category, 10, name="'Category ' || n", slug="'category-' || n", path="'/' || n || '/'")
        fill(Course, courses, code="'C-' || n", slug="'course-' || n", title="'Course number ' || n",
             category_id="n % 10 + 1", status="'published'")  # fmt: skip
        fill(Enrollment, number, user_id=f"(n - 1) % {learners} + 1", course_id=course,
             status="CASE WHEN n % 10 < 6 THEN 'active' WHEN n % 10 < 9 THEN 'completed' ELSE 'dropped' END",
             progress_percent="n % 101", enrolled_at=moment(f"n * 1009 % {number}"),
             completed_at=f"CASE WHEN n % 10 IN (6, 7, 8) THEN {moment(f'n * 1009 % {number} + 50000')} END"
             )  # fmt: skip
        fill(Review, reviews, user_id=f"(n - 1) % {learners} + 1", rating="n % 5 + 1", course_id=course,
             title="'Review ' || n", text="'It explains every step, and the exercises are worth the time.'",
             state="CASE WHEN n % 10 < 8 THEN 'approved' ELSE 'pending' END")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        cursor.execute(TABLE.format(moment="timestamptz" if connection.vendor == "postgresql" else "datetime"))


def run() -> dict[str, Any]:
    """Medians of rounds, each way in turn; the loop over some courses only, its time scaled by the course."""
    seconds: dict[str, list[float]] = {name: [] for name in ("courses", "by_hand", "all", "touched", "check")}
    refresh_everything()
    idle, queries = resident_megabytes(), Queries()
    for place in range(ROUNDS):
        seconds["by_hand"].append(timed(by_hand))
        seconds["courses"].append(timed(courses_alone))
        with connection.execute_wrapper(queries):
            seconds["all"].append(timed(refresh_everything))
        touch(place)
        seconds["touched"].append(timed(refresh_touched))
    drift: list[Any] = []
    seconds["check"].append(timed(lambda: drift.extend(check_figures())))
    wrong = [one for one in drift if "lists" not in one.subject]
    looped = timed(lambda: loop(LOOPED)) * Course.objects.count() / LOOPED
    found: dict[str, Any] = {name: median(each) for name, each in seconds.items()}
    grown = peak_megabytes() - idle
    return found | {"loop": looped, "queries": queries.number / ROUNDS, "drift": len(wrong), "megabytes": grown}


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def by_hand() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM bench_by_hand")
        cursor.execute(BY_HAND.format(seconds=SECONDS[connection.vendor]), [])


def courses_alone() -> None:
    """Figures and the row of the day of every course, as the full count writes them."""
    with held(COURSE.key) as now:
        count_all(COURSE, now)


def touch(place: int) -> None:
    """Ten enrollments each of one course in a hundred change, with their history, as an import would do it."""
    courses = list(Course.objects.order_by("pk").values_list("pk", flat=True))[place::100]
    with change_set(title="Touched"):
        ids = []
        for course in courses:
            rows = Enrollment.objects.filter(course=course, status="active").order_by("pk")
            ids += list(rows.values_list("pk", flat=True)[:TOUCHED_OF_A_COURSE])
        Enrollment.objects.filter(pk__in=ids).update(progress_percent=99)
        record_history(Enrollment, ids, "~")


def loop(number: int) -> None:
    """One course after the other, as one writes it first: with the aggregates of the same figures."""
    for course in Course.objects.order_by("pk")[:number]:
        values: dict[str, Any] = {}
        for source in COURSE.sources:
            found = source.rows().filter(**{source.key: course.pk}).order_by()
            counted = found.aggregate(**{f"figure_{figure.name}": figure.value for figure in source.figures})
            values |= {figure.name: counted[f"figure_{figure.name}"] or figure.empty for figure in source.figures}
        CourseStats.objects.update_or_create(course=course, defaults=values)
