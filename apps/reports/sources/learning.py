"""What learners do: enrollments, progress, certificates and reviews."""

from apps.certificates.models import Certificate
from apps.enrollments.models import Enrollment, LessonProgress
from apps.reports.sources.base import Col, Source
from apps.reviews.models import Review


def learner(before: str = "user") -> tuple[Col, ...]:
    """Who it is about; to whoever knows people by name only there is no address."""
    return (
        Col(f"{before}__email", "Learner's e-mail"),
        Col(f"{before}__first_name", "First name"),
        Col(f"{before}__last_name", "Last name"),
    )


def course(before: str = "course") -> tuple[Col, ...]:
    return (
        Col(f"{before}__code", "Course code"),
        Col(f"{before}__title", "Course"),
        Col(f"{before}__category__name", "Category"),
        Col(f"{before}__level", "Level"),
        Col(f"{before}__language", "Language"),
    )


LEARNING_SOURCES = (
    Source(
        "enrollments",
        "Enrollments",
        Enrollment,
        (
            *learner(),
            Col("user__status", "Learner's status"),
            *course(),
            Col("status"),
            Col("source"),
            Col("enrolled_at"),
            Col("completed_at"),
            Col("access_ends_at"),
            Col("progress_percent", "Progress (%)"),
            Col("last_accessed_at"),
        ),
        first=("user_email", "course_code", "course_title", "status", "enrolled_at", "progress_percent"),
    ),
    Source(
        "progress",
        "Progress in lessons",
        LessonProgress,
        (
            *learner("enrollment__user"),
            *course("enrollment__course"),
            Col("lesson__code", "Lesson code"),
            Col("lesson__title", "Lesson"),
            Col("lesson__type", "Type of lesson"),
            Col("is_completed"),
            Col("completed_at"),
            Col("progress_percent", "Progress (%)"),
            Col("seconds_spent", "Time spent (seconds)"),
            Col("last_accessed_at"),
        ),
        first=("enrollment_user_email", "enrollment_course_code", "lesson_title", "is_completed", "seconds_spent"),
    ),
    Source(
        "certificates",
        "Certificates",
        Certificate,
        (
            Col("number"),
            Col("learner_name", "Learner"),
            Col("user__email", "Learner's e-mail"),
            *course(),
            Col("state"),
            Col("completed_at"),
            Col("issued_at"),
            Col("valid_until"),
            Col("revoked_at"),
            Col("revocation_reason", "Revoked because"),
        ),
        first=("number", "learner_name", "course_title", "state", "issued_at", "valid_until"),
    ),
    Source(
        "reviews",
        "Reviews",
        Review,
        (
            *course(),
            *learner(),
            Col("rating"),
            Col("title"),
            Col("text"),
            Col("state"),
            Col("rejection_reason"),
            Col("reported_count", "Reports"),
            Col("created_at", "Written"),
            Col("decided_at"),
            Col("moderator__first_name", "Moderator's first name"),
            Col("moderator__last_name", "Moderator's last name"),
        ),
        first=("course_title", "user_last_name", "rating", "title", "state", "created_at"),
    ),
)
