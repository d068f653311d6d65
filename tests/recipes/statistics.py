"""Figures as they are after somebody counted."""

from datetime import date

from django.utils import timezone
from model_bakery.recipe import Recipe, foreign_key

from apps.statistics.models import (
    Arrangement,
    CohortStats,
    CourseStats,
    Freshness,
    InstructorStats,
    LearnerStats,
    Payout,
    PlatformStats,
    StatSnapshot,
)
from tests.recipes.accounts import person
from tests.recipes.catalog import course

course_stats = Recipe(CourseStats, course=foreign_key(course), as_of=timezone.now, learners=4, completed=1)
instructor_stats = Recipe(InstructorStats, user=foreign_key(person), as_of=timezone.now, courses=1, learners=4)
learner_stats = Recipe(LearnerStats, user=foreign_key(person), as_of=timezone.now, courses=2, completed_courses=1)
platform_stats = Recipe(PlatformStats, pk=1, as_of=timezone.now, courses=2, enrollments=4)
stat_snapshot = Recipe(
    StatSnapshot, course=foreign_key(course), instructor=None, day=date(2026, 3, 2), month=date(2026, 3, 1), learners=4
)
cohort_stats = Recipe(
    CohortStats, month=date(2026, 3, 1), as_of=timezone.now, learners=4, opened=[2, 1, 1, 0], completed=[0, 1, 1, 1]
)
payout = Recipe(
    Payout,
    month=date(2026, 3, 1),
    course=foreign_key(course),
    instructor=foreign_key(person),
    as_of=timezone.now,
    currency="EUR",
    learners=1,
    lessons=3,
    revenue_minor=2000,
    share_percent=70,
    amount_minor=1400,
)
arrangement = Recipe(Arrangement, user=foreign_key(person), order=["growth"], hidden=["cohorts"])
freshness = Recipe(Freshness, kind="course", as_of=timezone.now)
