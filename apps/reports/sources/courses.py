"""What is taught: courses, their lessons, and who teaches them."""

from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.reports.sources.base import Col, Source
from apps.reports.sources.learning import course

COURSE_SOURCES = (
    Source(
        "courses",
        "Courses",
        Course,
        (
            Col("code"),
            Col("title"),
            Col("category__name", "Category"),
            Col("status"),
            Col("level"),
            Col("language"),
            Col("price", currency="currency"),
            Col("discount_price", currency="currency"),
            Col("currency"),
            Col("duration_minutes", "Duration (minutes)"),
            Col("seats"),
            Col("enrolled_count", "Learners"),
            Col("has_certificate"),
            Col("starts_on"),
            Col("published_at"),
            Col("created_at"),
        ),
        first=("code", "title", "category_name", "status", "enrolled_count", "published_at"),
    ),
    Source(
        "lessons",
        "Lessons",
        Lesson,
        (
            *course(),
            Col("module__title", "Module"),
            Col("code", "Lesson code"),
            Col("title", "Lesson"),
            Col("type"),
            Col("access_level"),
            Col("duration_minutes", "Duration (minutes)"),
            Col("is_free_preview"),
            Col("created_at"),
        ),
        first=("course_code", "module_title", "title", "type", "access_level", "duration_minutes"),
    ),
    Source(
        "course-instructors",
        "Who teaches what",
        CourseInstructor,
        (
            *course(),
            Col("user__email", "Instructor's e-mail"),
            Col("user__first_name", "First name"),
            Col("user__last_name", "Last name"),
            Col("role"),
            Col("is_active"),
            Col("revenue_share_percent", "Revenue share (%)"),
            Col("course__enrolled_count", "Learners"),
            Col("joined_at"),
            Col("expires_on"),
        ),
        first=("course_title", "user_last_name", "role", "revenue_share_percent", "course_enrolled_count"),
    ),
)
