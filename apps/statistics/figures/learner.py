"""The figures of one learner."""

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, Max, OuterRef, Q, Sum

from apps.assessments.models import Attempt
from apps.certificates.models import Certificate
from apps.certificates.states import CertificateState
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.states import EnrollmentStatus
from apps.reviews.models import Review
from apps.statistics.figures.course import COMPLETED, GRADED, LEARNERS
from apps.statistics.figures.defining import Figure, Kind, Source, Trail
from apps.statistics.models import LearnerStats

LEARNER = Kind(
    key="learner",
    model=LearnerStats,
    subject="user",
    subjects=lambda: get_user_model()._base_manager.filter(
        Exists(Enrollment.with_archived.filter(user=OuterRef("pk")))
    ),
    sources=(
        Source(
            rows=Enrollment.objects.all,
            key="user",
            figures=(
                Figure(
                    "courses",
                    "Courses",
                    "Courses they began and have not left. Those they wait for do not count.",
                    value=Count("pk", filter=LEARNERS),
                ),
                Figure(
                    "active_courses",
                    "Under way",
                    "Courses they are in the middle of.",
                    value=Count("pk", filter=Q(status=EnrollmentStatus.ACTIVE)),
                ),
                Figure(
                    "completed_courses",
                    "Completed",
                    "Courses they have completed.",
                    value=Count("pk", filter=COMPLETED),
                ),
            ),
        ),
        Source(
            rows=lambda: LessonProgress.objects.filter(enrollment__archived_at=None),
            key="enrollment__user",
            figures=(
                Figure(
                    "lessons_completed",
                    "Lessons completed",
                    "Lessons they have completed, in all their courses.",
                    value=Count("pk", filter=Q(is_completed=True)),
                ),
                Figure(
                    "seconds_spent",
                    "Time spent",
                    "The time they spent in lessons, in all their courses.",
                    "seconds",
                    value=Sum("seconds_spent"),
                ),
                Figure(
                    "last_active_at",
                    "Last active",
                    "When they last opened a lesson.",
                    "moment",
                    value=Max("last_accessed_at"),
                ),
            ),
        ),
        Source(
            rows=lambda: Attempt.objects.filter(GRADED),
            key="user",
            figures=(
                Figure("attempts", "Attempts", "Their attempts at assessments that are graded.", value=Count("pk")),
                Figure(
                    "attempts_passed",
                    "Attempts passed",
                    "Graded attempts they passed.",
                    value=Count("pk", filter=Q(is_passed=True)),
                ),
                Figure("points", "Points", "Points reached in graded attempts.", value=Sum("score"), is_shown=False),
                Figure(
                    "points_possible",
                    "Points possible",
                    "Points that could be reached in them.",
                    value=Sum("max_score"),
                    is_shown=False,
                ),
            ),
        ),
        Source(
            rows=lambda: Certificate.objects.filter(state=CertificateState.VALID),
            key="user",
            figures=(
                Figure(
                    "certificates",
                    "Certificates",
                    "Certificates they hold: neither revoked nor replaced, also when their time has run out.",
                    value=Count("pk"),
                ),
            ),
        ),
        Source(
            rows=Review.objects.all,
            key="user",
            figures=(Figure("reviews", "Reviews", "Reviews they wrote, whatever was decided.", value=Count("pk")),),
        ),
    ),
    follows=(
        Figure("completion_percent", "Completion", "Of their courses, those they have completed.", "percent"),
        Figure(
            "average_score_percent",
            "Average score",
            "Points reached in graded attempts, of all that could be reached.",
            "percent",
        ),
    ),
    trails=(
        Trail(Enrollment, "user"),
        Trail(LessonProgress, "enrollment__user"),
        Trail(Attempt, "user"),
        Trail(Certificate, "user"),
        Trail(Review, "user"),
    ),
)
