"""The figures of one instructor: those of the courses they teach, taken together."""

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, Sum

from apps.catalog.models import CourseInstructor
from apps.catalog.states import CourseStatus
from apps.statistics.figures.defining import Figure, Kind, Source, Trail
from apps.statistics.models import InstructorStats


def of_courses(name: str, title: str, words: str, unit: str = "number", *, is_shown: bool = True) -> Figure:
    """The same figure of all their courses, added up."""
    return Figure(name, title, words, unit, Sum(f"course__stats__{name}"), is_shown)  # type: ignore[arg-type]


INSTRUCTOR = Kind(
    key="instructor",
    model=InstructorStats,
    subject="user",
    subjects=lambda: get_user_model()._base_manager.filter(
        Exists(CourseInstructor.objects.filter(user=OuterRef("pk")))
    ),
    sources=(
        Source(
            rows=lambda: CourseInstructor.objects.filter(is_active=True, course__archived_at=None),
            key="user",
            figures=(
                Figure(
                    "courses",
                    "Courses",
                    "Courses they are an active instructor of, also after their last day there. Archived ones and "
                    "those where they were set inactive do not count.",
                    value=Count("pk"),
                ),
                Figure(
                    "published_courses",
                    "Published",
                    "Those of them that are in the catalog.",
                    value=Count("pk", filter=Q(course__status=CourseStatus.PUBLISHED)),
                ),
                of_courses("learners", "Learners", "Learners of these courses; whoever takes two counts twice."),
                of_courses("active_learners", "Active", "Learners who are in the middle of one of these courses."),
                of_courses("completed", "Completed", "How often one of these courses was completed."),
                of_courses("lessons_completed", "Lessons completed", "Lessons completed in these courses."),
                of_courses("seconds_spent", "Time spent", "The time learners spent in these courses.", "seconds"),
                of_courses("reviews", "Reviews", "Approved reviews of these courses."),
                of_courses("rating_sum", "Stars", "The stars of these reviews, added up.", is_shown=False),
                of_courses("certificates", "Certificates", "Certificates of these courses that stand."),
            ),
        ),
    ),
    follows=(
        Figure("completion_percent", "Completion", "Of the learners, those who have completed the course.", "percent"),
        Figure("average_rating", "Rating", "The average of the stars of these reviews, of 5.", "stars"),
    ),
    trails=(Trail(CourseInstructor, "user"),),
    series="instructor",
    daily=("courses", "learners", "active_learners", "completed", "reviews", "rating_sum", "certificates"),
)
