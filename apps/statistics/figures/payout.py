"""What instructors get: the money of each subscriber goes to the courses in which they learned, month by month."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, IntegerField, QuerySet, Sum, Value

from apps.enrollments.models import LessonProgress
from apps.statistics.figures.defining import Figure, Kind, MonthNumber, Trail, start_of
from apps.statistics.models import Payout
from apps.subscriptions.models import Payment, Plan

LONGEST = max(Plan.Period)
"""Months the longest period of a plan has."""

PAYOUT = Kind(
    key="payout",
    model=Payout,
    subject="course",
    subjects=Payout.objects.all,
    sources=(),
    follows=(
        Figure("learners", "Learners", "Subscribers whose money went to this course in this month (UTC)."),
        Figure("lessons", "Lessons completed", "The lessons of the course they completed in this month."),
        Figure(
            "revenue_minor",
            "Revenue of the course",
            "What a subscriber pays for several months counts in equal parts in each of them; refunds are taken off "
            "the months that are left. What one subscriber paid for a month is divided among the courses in which "
            "they completed lessons in it, by the number of lessons. Whoever completed none pays for no course, and "
            "fractions of a hundredth stay with the platform.",
            "money",
        ),
        Figure(
            "share_percent",
            "Revenue share",
            "The share of the instructor when the month was over. Where the shares of a course are more than 100 "
            "together, they are taken in relation to each other.",
            "percent",
        ),
        Figure("amount_minor", "Payout", "The share of the instructor in the revenue of the course.", "money"),
    ),
    trails=(
        Trail(Payment, MonthNumber("paid_at")),
        Trail(LessonProgress, MonthNumber("completed_at")),
    ),
)


@dataclass(frozen=True)
class Earned:
    """What one course brought in one month and one currency, in hundredths."""

    course: int
    currency: str
    learners: int
    lessons: int
    minor: int


def paid_for(number: int) -> QuerySet[Any]:
    """By subscriber and currency what was paid for the month with this number.

    The parts of an amount that cannot be divided evenly differ by a hundredth, and add up to it exactly.
    """
    ended = F("amount_minor") * (F("passed") + 1) / F("months")
    begun = F("amount_minor") * F("passed") / F("months")
    passed = ExpressionWrapper(Value(number) - MonthNumber("paid_at"), output_field=IntegerField())
    return (
        Payment.objects.filter(paid_at__gte=start_of(number - LONGEST + 1), paid_at__lt=start_of(number + 1))
        .annotate(passed=passed)
        .filter(months__gt=F("passed"))
        .order_by()
        .values("currency", subscriber=F("subscription__user"))
        .annotate(minor=Sum(ended - begun))
        .exclude(minor=0)
    )


def learned_in(number: int) -> QuerySet[Any]:
    """By learner and course how many lessons were completed in the month with this number."""
    return (
        LessonProgress.objects.filter(
            is_completed=True, completed_at__gte=start_of(number), completed_at__lt=start_of(number + 1)
        )
        .order_by()
        .values(learner=F("enrollment__user"), course=F("enrollment__course"))
        .annotate(lessons=Count("pk"))
    )
