"""Figures of courses, learners, instructors and the platform, their series by day, and how fresh they are.

Each figure is defined in words, with its unit and where it comes from, in `figures/`; nothing is written here by hand.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import NullIf, Round

from apps.catalog.models import Course


def ratio(above: str, below: str, *, times: int = 1, per: int = 1, digits: int = 1, whole_digits: int = 3) -> Any:
    """A column the database keeps: one figure in relation to another; nothing where there is nothing to relate to."""
    share = F(above) * Value(float(times)) / NullIf(F(below), Value(0)) / Value(float(per))
    column: Any = models.DecimalField(max_digits=whole_digits + digits, decimal_places=digits, null=True)
    return models.GeneratedField(
        expression=Round(share, precision=digits, output_field=column), output_field=column, db_persist=True
    )


def percent(above: str, below: str) -> Any:
    return ratio(above, below, times=100)


class Figures(models.Model):
    """The base of all figures of one subject."""

    as_of = models.DateTimeField("counted", help_text="When these figures were last counted anew.")

    class Meta:
        abstract = True


class CourseStats(Figures):
    """What became of one course and its learners."""

    course = models.OneToOneField(Course, models.CASCADE, related_name="stats")
    learners = models.PositiveIntegerField(default=0)
    active_learners = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    started = models.PositiveIntegerField(default=0)
    halfway = models.PositiveIntegerField(default=0)
    progress_sum = models.PositiveBigIntegerField(default=0)
    completion_seconds = models.BigIntegerField(default=0)
    last_enrolled_at = models.DateTimeField(null=True)
    lessons_completed = models.PositiveIntegerField(default=0)
    seconds_spent = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    attempts_passed = models.PositiveIntegerField(default=0)
    points = models.PositiveBigIntegerField(default=0)
    points_possible = models.PositiveBigIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveBigIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)
    certificates_revoked = models.PositiveIntegerField(default=0)
    completion_percent = percent("completed", "learners")
    average_progress_percent = ratio("progress_sum", "learners")
    average_completion_days = ratio("completion_seconds", "completed", per=86_400, whole_digits=6)
    passed_percent = percent("attempts_passed", "attempts")
    average_score_percent = percent("points", "points_possible")
    average_rating = ratio("rating_sum", "reviews", digits=2, whole_digits=1)

    class Meta:
        verbose_name = "course in figures"
        verbose_name_plural = "courses in figures"
        ordering = ["-learners", "course_id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["-learners", "course"], name="courses_by_learners")]

    def __str__(self) -> str:
        return str(self.course)


class LearnerStats(Figures):
    """What one person has learned so far."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="learning_stats", verbose_name="learner"
    )
    courses = models.PositiveIntegerField(default=0)
    active_courses = models.PositiveIntegerField(default=0)
    completed_courses = models.PositiveIntegerField(default=0)
    lessons_completed = models.PositiveIntegerField(default=0)
    seconds_spent = models.PositiveBigIntegerField(default=0)
    last_active_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    attempts_passed = models.PositiveIntegerField(default=0)
    points = models.PositiveBigIntegerField(default=0)
    points_possible = models.PositiveBigIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    completion_percent = percent("completed_courses", "courses")
    average_score_percent = percent("points", "points_possible")

    class Meta:
        verbose_name = "learner in figures"
        verbose_name_plural = "learners in figures"
        ordering = ["-seconds_spent", "user_id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["-seconds_spent", "user"], name="learners_by_time_spent")]

    def __str__(self) -> str:
        return self.user.get_full_name() or f"Learner {self.user_id}"


class InstructorStats(Figures):
    """The courses of one instructor taken together."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="teaching_stats", verbose_name="instructor"
    )
    courses = models.PositiveIntegerField(default=0)
    published_courses = models.PositiveIntegerField(default=0)
    learners = models.PositiveIntegerField(default=0)
    active_learners = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    lessons_completed = models.PositiveBigIntegerField(default=0)
    seconds_spent = models.PositiveBigIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveBigIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)
    completion_percent = percent("completed", "learners")
    average_rating = ratio("rating_sum", "reviews", digits=2, whole_digits=1)

    class Meta:
        verbose_name = "instructor in figures"
        verbose_name_plural = "instructors in figures"
        ordering = ["-learners", "user_id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.user.get_full_name() or f"Person {self.user_id}"


class PlatformStats(Figures):
    """Everything taken together, in one row. Money is in hundredths, by currency."""

    ONLY = 1

    courses = models.PositiveIntegerField(default=0)
    published_courses = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    learners = models.PositiveIntegerField(default=0)
    instructors = models.PositiveIntegerField(default=0)
    enrollments = models.PositiveIntegerField(default=0)
    active_enrollments = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    started = models.PositiveIntegerField(default=0)
    halfway = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    lessons_completed = models.PositiveBigIntegerField(default=0)
    seconds_spent = models.PositiveBigIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveBigIntegerField(default=0)
    waiting_reviews = models.PositiveIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)
    certificates_revoked = models.PositiveIntegerField(default=0)
    subscribers = models.PositiveIntegerField(default=0)
    monthly_minor = models.JSONField(default=dict)
    received_minor = models.JSONField(default=dict)
    completion_percent = percent("completed", "enrollments")
    average_rating = ratio("rating_sum", "reviews", digits=2, whole_digits=1)

    class Meta:
        verbose_name = "platform in figures"
        verbose_name_plural = "platform in figures"
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_row_for_the_platform")]

    def __str__(self) -> str:
        return "The platform"


class CohortStats(Figures):
    """What became of everybody who enrolled in one month (UTC); the lists hold one number for each of `MARKS`."""

    MARKS = (1, 3, 6, 12)

    month = models.DateField(unique=True, help_text="Its first day.")
    learners = models.PositiveIntegerField(default=0)
    opened = models.JSONField(default=list)
    completed = models.JSONField(default=list)

    class Meta:
        verbose_name = "learners of a month"
        verbose_name_plural = "learners by month"
        ordering = ["month"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class Payout(Figures):
    """What one instructor gets for one course and what was learned in it in one month (UTC); money in hundredths.

    What the shares of a course were when its month was over holds for the month, also when it is counted again.
    """

    month = models.DateField(help_text="Its first day.")
    course = models.ForeignKey(Course, models.CASCADE, related_name="payouts")
    instructor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="payouts")
    currency = models.CharField(max_length=3)
    learners = models.PositiveIntegerField(default=0)
    lessons = models.PositiveIntegerField("lessons completed", default=0)
    revenue_minor = models.BigIntegerField("revenue of the course (hundredths)", default=0)
    share_percent = models.DecimalField("revenue share (%)", max_digits=5, decimal_places=2)
    amount_minor = models.BigIntegerField("payout (hundredths)", default=0)

    class Meta:
        ordering = ["-month", "-amount_minor", "pk"]
        default_permissions = ("view", "export")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "course", "instructor", "currency"],
                name="one_payout_per_month_course_instructor_and_currency",
            ),
        ]
        indexes = [models.Index(fields=["-month", "-amount_minor", "id"], name="payouts_newest")]

    def __str__(self) -> str:
        return f"{self.instructor_name}, {self.month:%B %Y}"

    @property
    def instructor_name(self) -> str:
        """The name without the address, which not everybody may see."""
        return self.instructor.get_full_name() or f"Person {self.instructor_id}"


class Arrangement(models.Model):
    """How one person has arranged their overview; without a row it is as their rights and role suggest."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    order = models.JSONField(default=list, help_text="Keys of cards; those that are not named follow in their order.")
    hidden = models.JSONField(default=list, help_text="Keys of cards.")
    period = models.CharField(max_length=10, blank=True)
    compare = models.CharField("compared with", max_length=10, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"The overview of {self.user}"


class StatSnapshot(models.Model):
    """What some figures were at the end of one day (UTC); of a course, of an instructor, or of the platform.

    A subject has a row for each day on which something about it changed: on a day without one it was as on the last
    day that has one. Of what is older than some months only the last row of each month is kept.
    """

    course = models.ForeignKey(Course, models.CASCADE, null=True, related_name="+")
    instructor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    month = models.DateField(help_text="The first day of its month.")
    courses = models.PositiveIntegerField(default=0)
    learners = models.PositiveIntegerField(default=0)
    active_learners = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveBigIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)
    monthly_minor = models.JSONField(default=dict)

    class Meta:
        verbose_name = "figures of a day"
        verbose_name_plural = "figures of days"
        ordering = ["day", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(course=None) | Q(instructor=None), name="series_of_one_subject"),
            models.UniqueConstraint(
                fields=["course", "day"], condition=Q(course__isnull=False), name="one_row_per_course_and_day"
            ),
            models.UniqueConstraint(
                fields=["instructor", "day"],
                condition=Q(instructor__isnull=False),
                name="one_row_per_instructor_and_day",
            ),
            models.UniqueConstraint(
                fields=["day"], condition=Q(course=None, instructor=None), name="one_row_per_day_of_the_platform"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="series_by_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class Freshness(models.Model):
    """Up to when the changes of the platform are in the figures of one kind of subject.

    `trails` says for each table of changes how far it has been read (`touched.py`).
    """

    kind = models.CharField(max_length=20, primary_key=True)
    as_of = models.DateTimeField(null=True)
    trails = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.as_of}"
