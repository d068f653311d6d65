"""The figures of a course."""

from django.db.models import Count, F, Max, Q, Sum

from apps.assessments.models import Assessment, Attempt
from apps.assessments.states import AttemptState
from apps.catalog.models import Course, Lesson
from apps.certificates.models import Certificate
from apps.certificates.states import CertificateState
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.states import LEARNING, EnrollmentStatus
from apps.records.seconds import Seconds
from apps.reviews.models import Review
from apps.reviews.states import ReviewState
from apps.statistics.figures.defining import Figure, Kind, Source, Trail
from apps.statistics.models import CourseStats

Status = EnrollmentStatus
LEARNERS = Q(status__in=sorted(LEARNING))
COMPLETED = Q(status=Status.COMPLETED)
STARTED = LEARNERS & (COMPLETED | Q(progress_percent__gt=0))
HALFWAY = LEARNERS & (COMPLETED | Q(progress_percent__gte=50))
GRADED = Q(state=AttemptState.GRADED)

enrolled = Source(
    rows=Enrollment.objects.all,
    key="course",
    figures=(
        Figure(
            "learners",
            "Learners",
            "Everybody who began the course and has not left it, whatever became of them since. Whoever waits for a "
            "seat or dropped out does not count; neither do archived enrollments.",
            value=Count("pk", filter=LEARNERS),
        ),
        Figure(
            "active_learners",
            "Active",
            "Learners who are in the middle of it: not completed, suspended or expired.",
            value=Count("pk", filter=Q(status=Status.ACTIVE)),
        ),
        Figure(
            "started",
            "Started",
            "Learners who have some progress, or have completed it.",
            value=Count("pk", filter=STARTED),
        ),
        Figure(
            "halfway",
            "Half way",
            "Learners with half of it or more behind them, or who have completed it.",
            value=Count("pk", filter=HALFWAY),
        ),
        Figure("completed", "Completed", "Learners who have completed it.", value=Count("pk", filter=COMPLETED)),
        Figure(
            "waiting", "Waiting", "People on the waiting list.", value=Count("pk", filter=Q(status=Status.WAITLISTED))
        ),
        Figure("dropped", "Dropped out", "People who left it.", value=Count("pk", filter=Q(status=Status.DROPPED))),
        Figure(
            "last_enrolled_at",
            "Last enrollment",
            "When somebody enrolled last, also if they left since.",
            "moment",
            value=Max("enrolled_at"),
        ),
        Figure(
            "progress_sum",
            "Progress, added up",
            "The progress of all learners in percent, added up.",
            value=Sum("progress_percent", filter=LEARNERS),
            is_shown=False,
        ),
        Figure(
            "completion_seconds",
            "Time to complete, added up",
            "From the enrollment to the completion, of all who completed it.",
            "seconds",
            value=Sum(
                Seconds(F("completed_at")) - Seconds(F("enrolled_at")), filter=COMPLETED & Q(completed_at__isnull=False)
            ),
            is_shown=False,
        ),
    ),
)
studied = Source(
    rows=lambda: LessonProgress.objects.filter(enrollment__archived_at=None),
    key="enrollment__course",
    figures=(
        Figure(
            "lessons_completed",
            "Lessons completed",
            "Lessons that learners have completed, each learner's by itself; also of those who dropped out.",
            value=Count("pk", filter=Q(is_completed=True)),
        ),
        Figure(
            "seconds_spent",
            "Time spent",
            "The time that learners spent in its lessons, taken together.",
            "seconds",
            value=Sum("seconds_spent"),
        ),
    ),
)
examined = Source(
    rows=lambda: Attempt.objects.filter(GRADED),
    key="assessment__lesson__course",
    figures=(
        Figure("attempts", "Attempts", "Attempts at its assessments that are graded.", value=Count("pk")),
        Figure(
            "attempts_passed",
            "Attempts passed",
            "Graded attempts that were passed.",
            value=Count("pk", filter=Q(is_passed=True)),
        ),
        Figure("points", "Points", "Points reached in all graded attempts.", value=Sum("score"), is_shown=False),
        Figure(
            "points_possible",
            "Points possible",
            "Points that could be reached in them.",
            value=Sum("max_score"),
            is_shown=False,
        ),
    ),
)
reviewed = Source(
    rows=lambda: Review.objects.filter(state=ReviewState.APPROVED),
    key="course",
    figures=(
        Figure("reviews", "Reviews", "Approved reviews.", value=Count("pk")),
        Figure("rating_sum", "Stars", "The stars of approved reviews, added up.", value=Sum("rating"), is_shown=False),
    ),
)
certified = Source(
    rows=Certificate.objects.all,
    key="course",
    figures=(
        Figure(
            "certificates",
            "Certificates",
            "Certificates issued that were neither revoked nor replaced; also those whose time has run out.",
            value=Count("pk", filter=Q(state=CertificateState.VALID)),
        ),
        Figure(
            "certificates_revoked",
            "Certificates revoked",
            "Certificates that were taken back.",
            value=Count("pk", filter=Q(state=CertificateState.REVOKED)),
        ),
    ),
)

COURSE = Kind(
    key="course",
    model=CourseStats,
    subject="course",
    subjects=Course.with_archived.all,
    sources=(enrolled, studied, examined, reviewed, certified),
    follows=(
        Figure("completion_percent", "Completion", "Of all learners, those who have completed it.", "percent"),
        Figure(
            "average_progress_percent",
            "Average progress",
            "How far learners are on average; whoever completed it counts as they are.",
            "percent",
        ),
        Figure(
            "average_completion_days",
            "Days to complete",
            "From the enrollment to the completion, on average of those who completed it.",
            "days",
        ),
        Figure("passed_percent", "Pass rate", "Of all graded attempts, those that were passed.", "percent"),
        Figure(
            "average_score_percent",
            "Average score",
            "Points reached in graded attempts, of all that could be reached.",
            "percent",
        ),
        Figure("average_rating", "Rating", "The average of the stars of approved reviews, of 5.", "stars"),
    ),
    trails=(
        Trail(Course, "id"),
        Trail(Enrollment, "course"),
        Trail(LessonProgress, "enrollment__course"),
        Trail(Attempt, "assessment__lesson__course"),
        Trail(Assessment, "lesson__course"),
        Trail(Lesson, "course"),
        Trail(Review, "course"),
        Trail(Certificate, "course"),
    ),
    series="course",
    daily=("learners", "active_learners", "completed", "reviews", "rating_sum", "certificates"),
)
